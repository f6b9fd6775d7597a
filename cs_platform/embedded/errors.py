class EmbeddedError(RuntimeError):
    """An embedded server cannot be had; the message is one that a person can act on."""

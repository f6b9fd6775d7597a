class BackupError(Exception):
    """Why it was not done, for the person at the terminal."""

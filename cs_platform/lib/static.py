from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed file names; a file that nothing collected yet is served by its plain name."""

    manifest_strict = False

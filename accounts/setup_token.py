"""The token that shows that whoever sets an installation up also runs its server."""

import contextlib
import logging
import os
import secrets
from pathlib import Path

from django.conf import settings


def wanted_token() -> str:
    """The token to ask for, or nothing where only the own machine's people come to: DEBUG, an embedded database.

    SETUP_TOKEN says it; without that it is made once and stands in VAR/setup_token, readable by its owner.
    """
    if settings.SETUP_IS_OPEN:
        return ""
    return settings.SETUP_TOKEN or _kept(Path(settings.VAR) / "setup_token")


def _kept(file: Path) -> str:
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as made:
            made.write(secrets.token_urlsafe(24))
        logging.getLogger(__name__).warning("To set this installation up, use the token in %s", file)
    return file.read_text().strip()

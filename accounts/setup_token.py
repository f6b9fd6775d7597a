"""The token that shows that whoever sets an installation up also runs its server."""

import contextlib
import logging
import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


def wanted_token() -> str | None:
    """The token to ask for; None with DEBUG, where only the own machine's people come.

    SETUP_TOKEN says it; without that it is made once and stands in VAR/setup_token, readable by its owner. An empty
    answer comes from an empty file: it opens nothing.
    """
    if settings.SETUP_IS_OPEN:
        return None
    return settings.SETUP_TOKEN.strip() or _kept(Path(settings.VAR) / "setup_token")


def renew() -> None:
    """Another token for an installation from which the last company was removed: many may know the old one."""
    (Path(settings.VAR) / "setup_token").unlink(missing_ok=True)
    wanted_token()


def _kept(file: Path) -> str:
    if not file.exists():
        _make(file)
    token = file.read_text().strip()
    if not token:
        log.error("%s is empty, so nobody can set this installation up. Delete it; a new one is made.", file)
    return token


def _make(file: Path) -> None:
    # Made aside and linked in: nobody reads half a token, and of two visits at once both ask for the same.
    handle, aside = tempfile.mkstemp(prefix="setup_token-", dir=file.parent)
    try:
        with os.fdopen(handle, "w") as made:
            made.write(secrets.token_urlsafe(24))
        with contextlib.suppress(FileExistsError):
            os.link(aside, file)
            log.warning("To set this installation up, use the token in %s", file)
    finally:
        os.unlink(aside)

"""A file that came with a form which is shown once more: held for an hour, so that nobody has to choose it again.

It belongs to nobody yet, so no row names it. It lies in the private folder of files, under a name by chance that only a
signed token of the same person leads to; of each person the newest few are held.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core import signing
from django.core.files.base import ContentFile, File

from accounts.models import Member
from cs_platform.lib import clock

from .files import checked_kind, path_of, safe_name, write

HELD_FOR = timedelta(hours=1)
MOST_EACH = 3
SIGNER = signing.TimestampSigner(salt="hiring.held")


@dataclass(frozen=True)
class Held:
    """token: what a form sends to get the file back."""

    token: str
    name: str
    path: Path

    def file(self) -> File:
        return ContentFile(self.path.read_bytes(), name=self.name)


def hold(*, actor: Member, upload: File) -> Held:
    """Raises ValidationError for what would not be kept either."""
    checked_kind(upload)
    drop_old()
    mine = sorted(_folder().glob(f"{actor.id}-*"), key=lambda path: path.stat().st_mtime)
    for path in mine[: 1 - MOST_EACH]:
        path.unlink(missing_ok=True)
    name, at = safe_name(upload.name or ""), secrets.token_hex(20)
    path = _folder() / f"{actor.id}-{at}"
    write(upload, path)
    return Held(SIGNER.sign_object([actor.id, at, name]), name, path)


def find_held(actor: Member, token: str) -> Held | None:
    """What the token of the same person leads to, as long as it is there."""
    try:
        member_id, at, name = SIGNER.unsign_object(token, max_age=HELD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    path = _folder() / f"{member_id}-{at}"
    return Held(token, name, path) if member_id == actor.id and path.is_file() else None


def let_go(*, actor: Member, token: str) -> None:
    if found := find_held(actor, token):
        found.path.unlink(missing_ok=True)


def drop_old() -> int:
    """Removes what was held for longer than that."""
    before, dropped = (clock.now() - HELD_FOR).timestamp(), 0
    for path in _folder().glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _folder() -> Path:
    return path_of("held")

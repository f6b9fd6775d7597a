"""CVs and other files of candidates: under names by chance in a private folder, shown as text, handed out as
attachments. The text is read by a worker, in a process of its own (see `hiring.cv`)."""

import logging
import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from hiring import cv
from hiring.models import Candidate, CandidateFile

from .people import check_stands

logger = logging.getLogger(__name__)
MOST_BYTES = 10 * 1024**2
MOST_FILES = 20
# Signs that no name of a file needs: controls, and those that turn the direction of what follows.
STRANGE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\]+")


@transaction.atomic
def keep_file(*, actor: Member | None, candidate: Candidate, upload: File) -> CandidateFile:
    """Keeps what somebody handed in. Raises ValidationError for another kind, a larger one, or one too many."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(id=candidate.id)
    kind = checked_kind(upload)
    check_stands(candidate)
    if candidate.files.count() >= MOST_FILES:
        raise ValidationError(
            {"file": _("At most %(most)s files are kept of a person.") % {"most": MOST_FILES}}
        )
    place = f"{candidate.company_id}/{secrets.token_hex(20)}"
    write(upload, path_of(place))
    kept = CandidateFile.objects.create(
        company_id=candidate.company_id,
        candidate=candidate,
        name=safe_name(upload.name or ""),
        kind=kind,
        size=upload.size,
        place=place,
        added_by=actor,
    )
    activity.record("candidate_file.added", kept, actor=actor, candidate=candidate.id)
    transaction.on_commit(lambda: _send("hiring.tasks.read_file", kept.id))
    return kept


@transaction.atomic
def remove_file(*, actor: Member, kept: CandidateFile) -> None:
    activity.record("candidate_file.removed", kept, actor=actor, candidate=kept.candidate_id)
    place = kept.place
    kept.delete()
    transaction.on_commit(lambda: forget_places([place]))


def read_text(kept: CandidateFile) -> None:
    """Reads a file's text. Outside of any transaction, since it may take seconds; twice is once."""
    if kept.text or kept.fault:
        return
    path = path_of(kept.place)
    text, fault = cv.text_of(path, kept.kind) if path.is_file() else ("", cv.UNREADABLE)
    CandidateFile.objects.filter(id=kept.id).update(text=text, fault=fault)


def forget_places(places: Collection[str]) -> None:
    """Takes files off the disk; one that is gone already is gone."""
    for place in places:
        path_of(place).unlink(missing_ok=True)


def sweep() -> int:
    """Removes files that no row names: of deeds that were cut off between the disk and the database."""
    before = (clock.now() - timedelta(days=1)).timestamp()
    swept = 0
    for folder in sorted(_folder().glob("*")):
        files = {f"{folder.name}/{file.name}": file for file in folder.glob("*")}
        known = set(CandidateFile.objects.filter(place__in=files).values_list("place", flat=True))
        for place, file in files.items():
            if place not in known and file.stat().st_mtime < before:
                file.unlink(missing_ok=True)
                swept += 1
    return swept


def path_of(place: str) -> Path:
    return _folder() / place


def checked_kind(upload: Any) -> str:
    """Raises ValidationError for what is no PDF, DOCX or text, whatever its name says."""
    if not upload.size:
        raise ValidationError({"file": _("The file is empty.")})
    if upload.size > MOST_BYTES:
        raise ValidationError({"file": too_large()})
    upload.seek(0)
    kind = cv.kind_of(upload.name or "", upload.read(2048))
    upload.seek(0)
    if not kind:
        raise ValidationError({"file": _("Choose a PDF, a Word file (DOCX) or a text file.")})
    return kind


def too_large() -> str:
    return _("The file is larger than 10 MB. Choose a smaller one.")


def safe_name(name: str) -> str:
    return STRANGE.sub("", name).strip(". ")[-200:] or "file"


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "candidates"


def write(upload: File, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    with path.open("wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)


def _send(task: str, *arguments: int) -> None:
    """Without a broker nothing is lost: beat looks every half minute."""
    try:
        current_app.send_task(task, args=arguments, retry=False)
    except (RedisError, OperationalError, OSError):
        logger.warning("The broker is away; beat will see to %s %s", task, arguments)

"""Tables that an admin hands in: put into a folder of their own, tried without writing, imported, and taken away.

What is done is in the row, so each step may be cut off, done twice or come late. One import is one transaction.
"""

import re
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.uploads import send
from customers.imports.engine import Busy, one_at_a_time
from customers.imports.intake import plain
from customers.imports.readers import SUFFIXES, Unreadable
from hiring.actions.takeovers import AT_WORK, OVER, WAITING, receive_takeover
from hiring.models import Takeover

from . import greenhouse, lever
from .engine import Report, import_folder

State = Takeover.State
FOLDER = Path("hiring/imports")
TABLES = {"greenhouse": greenhouse.TABLES, "lever": lever.TABLES}
NAME = re.compile(rf"([a-z_]{{1,60}}?)(?:_data)?({'|'.join(map(re.escape, SUFFIXES))})(\.gz)?")
MOST_UNPACKED = 500_000_000
MOST_ENTRIES = 500
MOST_SHOWN = 200
MOST_TRIES = 5
STALE = timedelta(seconds=30)
FORGOTTEN = timedelta(days=2)
BLANKED = timedelta(days=14)


def receive(actor: Member, format: str, files: Iterable[Any]) -> Takeover:
    """Keeps the tables of a format, from single files or out of a ZIP. Raises ValidationError and keeps nothing."""
    folder = FOLDER / secrets.token_hex(16)
    whole = Path(settings.VAR) / folder
    whole.mkdir(parents=True, mode=0o700)
    try:
        left_out = [name for file in files for name in _unpacked(file, whole, TABLES[format])]
        kept = sorted(path.name for path in whole.iterdir())
        if not kept:
            words = _("None of these files is a table of %(format)s. It has: %(tables)s.")
            said = {"format": Takeover.Format(format).label, "tables": ", ".join(TABLES[format])}
            raise ValidationError({"file": words % said})
        return receive_takeover(
            actor=actor,
            format=format,
            path=str(folder),
            files=kept,
            size=sum(path.stat().st_size for path in whole.iterdir()),
            report={"left_out": sorted(left_out)},
        )
    except BaseException:
        shutil.rmtree(whole, ignore_errors=True)
        raise


def _unpacked(file: Any, folder: Path, tables: Iterable[str]) -> list[str]:
    """Puts tables into the folder; returns the names of what is none of them."""
    if not zipfile.is_zipfile(file) or (file.name or "").lower().endswith(".xlsx"):
        file.seek(0)
        return [] if _kept(file.name or "", file, folder, tables) else [plain(file.name or "")[:100]]
    left_out = []
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
                raise ValidationError({"file": _("The ZIP holds more than is taken at once.")})
            for entry in entries:
                name = entry.filename.rpartition("/")[2]
                with archive.open(entry) as source:
                    if not _kept(name, source, folder, tables):
                        left_out.append(plain(name)[:100])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ValidationError({"file": _("The ZIP cannot be read.")}) from error
    return left_out


def _kept(name: str, source: IO[bytes], folder: Path, tables: Iterable[str]) -> bool:
    """Written under a name that is made of what is known, never of what was sent."""
    match = NAME.fullmatch(name.lower())
    if match is None or match[1] not in tables:
        return False
    path = folder / f"{match[1]}{match[2]}{match[3] or ''}"
    if any(path.name.split(".")[0] == other.name.split(".")[0] for other in folder.iterdir()):
        raise ValidationError({"file": _("The table %(name)s is there twice.") % {"name": match[1]}})
    with path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return True


def work_on(takeover_id: int) -> None:
    """Tries or imports one, whatever it waits for. While another import of the company runs, beat comes again."""
    takeover = Takeover.objects.select_related("company", "actor__user").filter(id=takeover_id).first()
    if takeover is None:
        return
    try:
        with one_at_a_time(takeover.company_id, wait=False), _language(takeover):
            if _is_begun(takeover):
                _do(takeover)
    except Busy:
        return


def _is_begun(takeover: Takeover) -> bool:
    """Shows that somebody is at it. Not if it was cancelled, or was begun too often without getting anywhere."""
    mine = Takeover.objects.filter(id=takeover.id, state__in=AT_WORK)
    mine.filter(state=State.QUEUED).update(state=State.RUNNING)
    if not mine.update(tries=F("tries") + 1, beat_at=clock.now()):
        return False
    takeover.refresh_from_db(fields=["state", "tries"])
    if takeover.tries > MOST_TRIES:
        words = _(
            "This failed again and again, and not because of the file. The log of the worker says more."
        )
        _settle(takeover, State.FAILED, takeover.report, words)
        return False
    return True


def _do(takeover: Takeover) -> None:
    is_trial = takeover.state == State.CHECKING
    try:
        report = import_folder(
            takeover.company,
            Path(settings.VAR) / takeover.path,
            takeover.format,
            dry_run=is_trial,
            actor=takeover.actor,
            progress=_Progress(takeover.id),
        )
    except (Unreadable, OSError) as error:
        # Its folder may have gone: then it was cancelled, and stays so.
        _settle(takeover, State.FAILED, takeover.report, str(error))
        return
    kept = {"left_out": takeover.report.get("left_out", [])} | _told(report)
    _settle(takeover, State.CHECKED if is_trial else State.DONE, kept)


def _settle(takeover: Takeover, state: str, report: dict[str, Any], message: str = "") -> None:
    """One that was cancelled meanwhile stays so."""
    is_over = state in OVER
    path = "" if is_over else takeover.path
    mine = Takeover.objects.filter(id=takeover.id, state=takeover.state)
    ended = clock.now() if is_over else None
    if (
        mine.update(state=state, report=report, message=message, path=path, tries=0, finished_at=ended)
        and is_over
    ):
        remove_folder(takeover.path)


def continue_stale() -> None:
    """Sends workers to what nobody seems to be at: a lost message, a killed worker, a company that was busy."""
    at_work = Takeover.objects.filter(state__in=AT_WORK).exclude(beat_at__gt=clock.now() - STALE)
    for takeover_id in at_work.values_list("id", flat=True):
        send("hiring.tasks.work_on_takeover", takeover_id)


def forget_old() -> None:
    """Tables tell of people: they go after two days at the latest, words of refused rows after two weeks."""
    now = clock.now()
    for takeover in Takeover.objects.filter(state__in=WAITING, created_at__lt=now - FORGOTTEN):
        _settle(takeover, State.CANCELLED, takeover.report, _("Nobody imported it within two days."))
    over = Takeover.objects.filter(state__in=OVER, finished_at__lt=now - BLANKED, report__has_key="refused")
    for takeover in over:
        takeover.report.pop("refused")
        Takeover.objects.filter(id=takeover.id).update(report=takeover.report)
    known = set(Takeover.objects.exclude(path="").values_list("path", flat=True))
    for folder in (Path(settings.VAR) / FOLDER).glob("*"):
        is_old = folder.stat().st_mtime < (now - timedelta(days=1)).timestamp()
        if is_old and str(FOLDER / folder.name) not in known:
            shutil.rmtree(folder, ignore_errors=True)


def remove_folder(path: str) -> None:
    folder = Path(settings.VAR) / path
    if path and folder.parent == Path(settings.VAR) / FOLDER:
        shutil.rmtree(folder, ignore_errors=True)


def percent_of(takeover: Takeover) -> int:
    """How much of the records is done; nobody knows while the cache is away."""
    try:
        return int(100 * (cache.get(_key(takeover.id)) or 0))
    except (RedisError, OSError):
        return 0


class _Progress:
    """Beside the transaction, in which nobody would see it; a word a second."""

    def __init__(self, takeover_id: int):
        self.id, self.told_at = takeover_id, 0.0

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.told_at < 1:
            return
        self.told_at = time.monotonic()
        try:
            cache.set(_key(self.id), share, 600)
        except (RedisError, OSError):
            return


def _key(takeover_id: int) -> str:
    return f"hiring.takeover:{takeover_id}"


def _told(report: Report) -> dict[str, Any]:
    """As pages show it."""
    shown = sorted(report.refused, key=lambda each: (each.place.file, each.place.line))[:MOST_SHOWN]
    return {
        "counts": {
            noun: {"added": each.added, "changed": each.changed} for noun, each in report.counts.items()
        },
        "n_refused": len(report.refused),
        "refused": [
            {
                "file": each.place.file,
                "line": each.place.line,
                "column": each.column,
                "reason": plain(each.reason),
            }
            for each in shown
        ],
        "remarks": report.remarks,
        "stub_people": report.stub_people,
    }


def _language(takeover: Takeover) -> Any:
    """Reasons are told in the language of who handed it in."""
    user = takeover.actor.user if takeover.actor else None
    return translation.override(user.language if user and user.language else "en")

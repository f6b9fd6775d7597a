"""Reads of imports."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import ImportRun, Upload

STALLED_AFTER = timedelta(seconds=60)
MOST_SHOWN = 200
State = Upload.State
OPEN = (State.UPLOADED, State.CHECKING, State.CHECKED, State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Progress:
    """How far an import is. The rate is rows a second; seconds_left is None as long as nobody can tell."""

    rows: int
    refused: int
    percent: int
    rate: float
    seconds_left: float | None
    ahead: int  # imports of the company that come first
    is_stalled: bool


def import_running_since() -> datetime | None:
    """Since when an import runs; one that has not moved for a minute was killed and counts no more."""
    alive = ImportRun.objects.filter(state=ImportRun.State.RUNNING, beat_at__gt=clock.now() - STALLED_AFTER)
    return alive.order_by("started_at").values_list("started_at", flat=True).first()


def sources(member: Member) -> list[ImportRun]:
    """The newest run of each file that ever came in, by kind and name, also of those begun by command."""
    runs = ImportRun.objects.visible_to(member).select_related("actor")
    newest = runs.order_by("kind", "file_name", "-id").distinct("kind", "file_name")
    found = ImportRun.objects.filter(id__in=newest.values("id")).select_related("actor")
    return list(found.order_by("-started_at", "-id")[:MOST_SHOWN])


def open_uploads(member: Member) -> QuerySet[Upload]:
    """Uploads that are waiting for somebody or at work, the newest first."""
    uploads = Upload.objects.visible_to(member).filter(state__in=OPEN)
    return uploads.select_related("actor", "run").order_by("-id")[:MOST_SHOWN]


def progress_of(upload: Upload) -> Progress:
    now = clock.now()
    began = upload.run.started_at if upload.run else upload.started_at or now
    spent = max((now - began).total_seconds(), 0.001)
    left = spent / upload.share - spent if upload.share > 0.01 else None
    ahead = 0
    if upload.state == State.QUEUED:
        queue = Upload.objects.filter(company_id=upload.company_id, state__in=(State.QUEUED, State.RUNNING))
        ahead = queue.filter(started_at__lt=upload.started_at).count()
    return Progress(
        rows=upload.rows_done,
        refused=upload.run.rows_refused if upload.run else 0,
        percent=min(int(upload.share * 100), 100),
        rate=upload.rows_done / spent,
        seconds_left=left,
        ahead=ahead,
        is_stalled=(upload.beat_at or upload.started_at or now) < now - STALLED_AFTER,
    )

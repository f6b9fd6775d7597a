"""Uploads at work: the trial of a file, and its import in pieces that end within a minute.

What is done is in the rows (upload and run), so each piece may be cut off, done twice or come late.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from customers.actions.uploads import OVER, WAITING, send
from customers.models import ImportRun, Upload

from .engine import Busy, Paused, Report, Stopped, import_file, one_at_a_time
from .intake import file_of, plain, remove_file
from .matching import lay_out, mapping_of

State = Upload.State
# A trial holds the company's other writers up, so of a big file it takes the beginning.
MOST_TRIED = 5_000
PIECE = 40.0  # seconds; a batch more may follow
MOST_TRIES = 5
STALE = timedelta(seconds=30)
KEPT = timedelta(days=2)
FORGOTTEN = timedelta(days=14)


def try_out(upload: Upload) -> None:
    """What an import would do, without doing it. Raises Busy while another import of the company runs."""
    with _language(upload), one_at_a_time(upload.company_id, wait=False):
        if not _is_wanted(upload, (State.CHECKING,), State.CHECKING):
            return
        report = _imported(upload, dry_run=True, most=MOST_TRIED)
        if report.error_file:
            Path(report.error_file).unlink(missing_ok=True)
        upload.report |= _kept(report)
        # A file that breaks off somewhere may be imported up to there; one that cannot be read may not.
        state = State.UPLOADED if report.failure and not report.read else State.CHECKED
        tried = Upload.objects.filter(id=upload.id, state=State.CHECKING)
        tried.update(state=state, report=upload.report, message=report.failure, beat_at=clock.now())


def import_next(company_id: int) -> bool:
    """Imports a piece of the company's next upload; returns whether there is more to do."""
    try:
        with one_at_a_time(company_id, wait=False):
            upload = _waiting(company_id).select_related("company", "actor__user").first()
            if upload is None:
                return False
            _try_waiting(company_id)
            _import_piece(upload)
    except Busy:
        return False  # whoever is at it goes on, or beat looks again
    return _waiting(company_id).exists()


def continue_stale() -> None:
    """Sends workers to what nobody seems to be at: a killed worker, a lost message, a broker that was away."""
    before = clock.now() - STALE
    quiet = Upload.objects.exclude(beat_at__gt=before)
    for upload_id in quiet.filter(state=State.CHECKING).values_list("id", flat=True):
        send("customers.tasks.check_upload", upload_id)
    at_work = Upload.objects.filter(state__in=(State.QUEUED, State.RUNNING))
    fresh = at_work.filter(state=State.RUNNING, beat_at__gt=before)
    companies = at_work.exclude(company_id__in=fresh.values("company_id"))
    for company_id in companies.values_list("company_id", flat=True).distinct():
        send("customers.tasks.import_uploads", company_id)


def forget_old() -> None:
    """Files of finished uploads go after two days; those that nobody ever imported, after two weeks."""
    now = clock.now()
    left = Upload.objects.filter(state__in=WAITING, created_at__lt=now - FORGOTTEN)
    left.update(state=State.CANCELLED, finished_at=now, message=_("Nobody imported it within two weeks."))
    over = Upload.objects.filter(state__in=OVER, finished_at__lt=now - KEPT).exclude(path="")
    for upload in over.iterator():
        beside = Upload.objects.filter(path__startswith=f"{upload.path.rpartition('/')[0]}/")
        if beside.exclude(state__in=OVER).exists():
            continue  # it may be looked up yet
        remove_file(upload)
        upload.report.pop("columns", None)  # their samples go with the file
        Upload.objects.filter(id=upload.id).update(path="", report=upload.report)


def _waiting(company_id: int):
    """The uploads to import: the one begun first, then in the order of arrival."""
    waiting = Upload.objects.filter(company_id=company_id, state__in=(State.QUEUED, State.RUNNING))
    return waiting.order_by("-state", "started_at", "id")  # running before queued


def _try_waiting(company_id: int) -> None:
    """A trial does not wait until a long import is over, only until its next piece."""
    waiting = Upload.objects.filter(company_id=company_id, state=State.CHECKING)
    for upload in waiting.select_related("company", "actor__user").order_by("id")[:1]:
        try_out(upload)


def _import_piece(upload: Upload) -> None:
    if not _is_wanted(upload, (State.QUEUED, State.RUNNING), State.RUNNING):
        return
    with _language(upload):
        report = _imported(upload, progress=_Progress(upload))
    if report.is_paused:
        return
    state = State.FAILED if report.failure else State.DONE
    running = Upload.objects.filter(id=upload.id, state=State.RUNNING)
    running.update(
        state=state,
        message=report.failure,
        report=upload.report | _kept(report),
        rows_done=report.read,
        share=1,
        finished_at=clock.now(),
    )


def _imported(upload: Upload, **options) -> Report:
    path = file_of(upload)
    try:
        mapping = mapping_of(upload)
        lay_out(upload)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        return Report(path, upload.kind, failure=_("The mapping cannot be used: %(why)s.") % {"why": error})
    return import_file(
        upload.company, path, upload.kind, actor=upload.actor, mapping=mapping, upload=upload, **options
    )


def _is_wanted(upload: Upload, states: tuple[str, ...], becomes: str) -> bool:
    """Shows that somebody is at it; no if it was cancelled, or was begun too often without getting anywhere."""
    upload.report["tries"] = upload.report.get("tries", 0) + 1
    wanted = Upload.objects.filter(id=upload.id, state__in=states)
    if upload.report["tries"] > MOST_TRIES:
        wanted.update(
            state=State.FAILED,
            message=_(
                "This failed again and again, and not because of the file. The log of the worker says more."
            ),
            finished_at=clock.now(),
        )
        return False
    return bool(wanted.update(state=becomes, report=upload.report, beat_at=clock.now()))


class _Progress:
    """Keeps the upload's row up to date, and ends the piece when its time is over or the upload was cancelled."""

    def __init__(self, upload: Upload):
        self.upload = upload
        self.end = time.monotonic() + PIECE

    def __call__(self, run: ImportRun, share: float) -> None:
        running = Upload.objects.filter(id=self.upload.id, state=State.RUNNING)
        self.upload.report["tries"] = 0
        if not running.update(
            share=share, rows_done=run.rows_read, report=self.upload.report, beat_at=clock.now()
        ):
            self.upload.refresh_from_db(fields=["message"])
            raise Stopped(self.upload.message)
        if time.monotonic() > self.end:
            raise Paused


def _kept(report: Report) -> dict:
    """What the pages and the API show of a report, as JSON."""
    return {
        "read": report.read,
        "added": report.added,
        "changed": report.changed,
        "refused": report.refused,
        "unknown_columns": report.unknown_columns,
        "remarks": report.remarks,
        "stub_people": report.stub_people,
        "stub_customers": report.stub_customers,
        "is_partial": report.is_partial,
        "tries": 0,
        "first_refused": [
            {"line": refusal.line, "column": refusal.column, "reason": plain(refusal.reason)}
            for refusal in report.first_refused
        ],
    }


@contextmanager
def _language(upload: Upload) -> Iterator[None]:
    """Reasons are told in the language of who handed the file in."""
    user = upload.actor.user if upload.actor else None
    with translation.override(user.language if user and user.language else "en"):
        yield

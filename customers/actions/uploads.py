"""Files that people hand in, from receipt to the decision to import them. The import itself is in `imports`."""

import logging
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import ImportRun, ImportSeen, Upload

logger = logging.getLogger(__name__)
State = Upload.State
WAITING = (State.UPLOADED, State.CHECKED)
AT_WORK = (State.CHECKING, State.QUEUED, State.RUNNING)
OVER = (State.DONE, State.FAILED, State.CANCELLED)


@transaction.atomic
def receive_upload(*, actor: Member, file_name: str, path: str, size: int, **fields: Any) -> Upload:
    """A file that lies at VAR/path now."""
    upload = Upload.objects.create(
        company_id=actor.company_id, actor=actor, file_name=file_name[:300], path=path, size=size, **fields
    )
    activity.record("upload.received", upload, actor=actor, file=upload.file_name)
    return upload


@transaction.atomic
def map_upload(*, actor: Member, upload: Upload, kind: str, mapping: dict[str, Any]) -> Upload:
    """Says what a file holds and which of its columns is which of ours; what was tried before counts no more."""
    upload = _locked(actor, upload, WAITING)
    upload.kind, upload.mapping, upload.state = kind, mapping, State.CHECKING
    upload.report = {name: upload.report[name] for name in ("columns",) if name in upload.report}
    upload.message, upload.beat_at = "", None
    upload.save()
    activity.record("upload.mapped", upload, actor=actor, kind=kind)
    _queue("customers.tasks.check_upload", upload.id)
    return upload


@transaction.atomic
def remap_upload(*, actor: Member, upload: Upload) -> Upload:
    """Back to the choice of columns."""
    upload = _locked(actor, upload, (*WAITING, State.CHECKING))
    upload.state = State.UPLOADED
    upload.save(update_fields=["state"])
    return upload


@transaction.atomic
def queue_upload(*, actor: Member, upload: Upload) -> Upload:
    """To be imported as soon as it is the company's turn."""
    upload = _locked(actor, upload, (State.CHECKED,))
    upload.state, upload.started_at, upload.beat_at = State.QUEUED, clock.now(), None
    upload.save()
    activity.record("upload.queued", upload, actor=actor, kind=upload.kind)
    _queue("customers.tasks.import_uploads", upload.company_id)
    return upload


@transaction.atomic
def take_upload(*, actor: Member, upload: Upload, kind: str, mapping: dict[str, Any]) -> Upload:
    """To be imported without a trial, as a command does it."""
    upload = _locked(actor, upload, (State.UPLOADED,))
    upload.kind, upload.mapping, upload.state = kind, mapping, State.QUEUED
    upload.started_at = clock.now()
    upload.save()
    activity.record("upload.queued", upload, actor=actor, kind=kind)
    _queue("customers.tasks.import_uploads", upload.company_id)
    return upload


@transaction.atomic
def cancel_upload(*, actor: Member, upload: Upload) -> Upload:
    """No more of this file. Rows that are in stay; a worker who is at it stops behind its batch."""
    upload = _locked(actor, upload, (*WAITING, *AT_WORK))
    upload.state, upload.finished_at = State.CANCELLED, clock.now()
    upload.message = _("Cancelled by %(name)s.") % {"name": actor.name}
    upload.save()
    # The worker ends the run. It may be dead, so the run is ended here as well.
    running = ImportRun.objects.filter(uploads=upload, state=ImportRun.State.RUNNING)
    running.update(state=ImportRun.State.FAILED, message=upload.message, finished_at=clock.now())
    ImportSeen.objects.filter(run__uploads=upload).delete()
    activity.record("upload.cancelled", upload, actor=actor)
    return upload


def _locked(actor: Member, upload: Upload, states: tuple[str, ...]) -> Upload:
    """The row as it stands now. Raises ValidationError if things have moved on since it was shown."""
    upload = Upload.objects.visible_to(actor).select_for_update(of=("self",)).get(id=upload.id)
    if upload.state not in states:
        raise ValidationError(
            _("This cannot be done with a file whose state is “%(state)s”.")
            % {"state": State(upload.state).label}
        )
    return upload


def _queue(task: str, *arguments: int) -> None:
    """After commit, by name. Without a broker nothing is lost: beat looks every half minute."""
    transaction.on_commit(lambda: send(task, *arguments))


def send(task: str, *arguments: int) -> None:
    try:
        current_app.send_task(task, args=arguments, retry=False)
    except (RedisError, OperationalError, OSError):
        logger.warning("The broker is away; beat will see to %s %s", task, arguments)

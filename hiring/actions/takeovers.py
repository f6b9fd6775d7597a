"""Tables of another program, from receipt to the decision to import them. The import itself is in `hiring.imports`."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.uploads import send
from hiring.models import Takeover

State = Takeover.State
WAITING = (State.CHECKED,)
AT_WORK = (State.CHECKING, State.QUEUED, State.RUNNING)
OVER = (State.DONE, State.FAILED, State.CANCELLED)


@transaction.atomic
def receive_takeover(*, actor: Member, format: str, path: str, **fields: Any) -> Takeover:
    """Tables that lie in the folder VAR/path now; a worker tries them."""
    takeover = Takeover.objects.create(
        company_id=actor.company_id, actor=actor, format=format, path=path, **fields
    )
    activity.record("takeover.received", takeover, actor=actor, of=format)
    _send(takeover)
    return takeover


@transaction.atomic
def queue_takeover(*, actor: Member, takeover: Takeover) -> Takeover:
    """To be imported. Twice is once."""
    takeover = _locked(takeover)
    if takeover.state in (State.QUEUED, State.RUNNING, State.DONE):
        return takeover
    if takeover.state != State.CHECKED:
        raise ValidationError(_("These tables have moved on since you opened the page."))
    takeover.state, takeover.beat_at, takeover.tries = State.QUEUED, None, 0
    takeover.save(update_fields=["state", "beat_at", "tries"])
    activity.record("takeover.queued", takeover, actor=actor, of=takeover.format)
    _send(takeover)
    return takeover


@transaction.atomic
def cancel_takeover(*, actor: Member, takeover: Takeover) -> str:
    """No more of these tables; returns the path of their folder, which can go. Twice is once."""
    takeover = _locked(takeover)
    if takeover.state == State.CANCELLED:
        return ""
    if takeover.state not in (State.CHECKING, State.CHECKED, State.QUEUED):
        raise ValidationError(_("The import is at work or over; it is done whole or not at all."))
    path = takeover.path
    takeover.state, takeover.path, takeover.finished_at = State.CANCELLED, "", clock.now()
    takeover.message = _("Cancelled by %(name)s.") % {"name": actor.name}
    takeover.save(update_fields=["state", "path", "finished_at", "message"])
    activity.record("takeover.cancelled", takeover, actor=actor)
    return path


def _locked(takeover: Takeover) -> Takeover:
    return Takeover.objects.select_for_update(no_key=True).get(id=takeover.id)


def _send(takeover: Takeover) -> None:
    """Without a broker nothing is lost: beat looks every half minute."""
    transaction.on_commit(partial(send, "hiring.tasks.work_on_takeover", takeover.id))

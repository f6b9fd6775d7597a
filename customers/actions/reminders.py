"""Promises are brought back to mind: on the morning they are due, and on the first one after."""

from datetime import time, timedelta

from accounts.models import Company
from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from customers.models import Note, Status
from customers.notices import url_of_note

MORNING = time(8)
# A promise that is late for longer has been brought to mind often enough.
LOOKED_BACK = timedelta(days=14)


def remind_of_promises(company: Company) -> None:
    """Tells authors of what they promised, once it is morning in the company. May run at any hour, and again."""
    now = clock.now()
    zone = company.zones().at(now)
    local = now.astimezone(zone)
    if local.time() < MORNING:
        return
    today = local.date()
    due = (
        Note.objects.due()
        .filter(company_id=company.id, due_on__gt=today - LOOKED_BACK, due_on__lte=today)
        .exclude(ticket__status=Status.DELETED)
    )
    notify(company.id, [_reminder(note, is_late=note.due_on != today) for note in due])


def _reminder(note: Note, *, is_late: bool) -> Notice:
    verb = "promise.late" if is_late else "promise.due"
    return Notice(
        member_id=note.author_id,
        verb=verb,
        # Another day promised is another promise.
        key=f"{verb}:{note.id}:{note.due_on}",
        url=url_of_note(note),
        detail={"note": note.id, "customer": note.customer_id},
    )

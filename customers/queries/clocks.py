"""What a ticket's deadlines say: met, late, stopped, or how long there is left."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from cs_platform.lib.words import duration
from customers.models import UNRESOLVED, Status, Ticket

NEAR = 0.7  # of the time that was given has passed

# When an open ticket's next clock ends. A first response is given once, so a ticket that is reopened has only the
# clock of its resolution. The indexes of migration 0006 hold this very expression; `next_of` says the same of a row.
NEXT_CLOCK = """least(
  CASE WHEN customers_ticket.first_response_at IS NULL THEN customers_ticket.first_response_due_at END,
  customers_ticket.resolution_due_at)"""


@dataclass(frozen=True, slots=True)
class Clock:
    """share: of the time given, how much has passed in percent; None when it does not run any more."""

    title: str
    words: str
    tone: str = ""
    icon: str = ""
    share: int | None = None
    due_at: datetime | None = None


def stopped_words(status: str) -> str:
    """Why the clocks of a ticket stand still, or nothing. They run only while it is open."""
    return {
        Status.PENDING.value: _("Stopped, with the customer"),
        Status.ON_HOLD.value: _("Stopped, on hold"),
    }.get(status, "")


def next_clock() -> RawSQL:
    """NEXT_CLOCK of each ticket of a query."""
    return RawSQL(NEXT_CLOCK, [], output_field=DateTimeField())


def next_of(
    first_response_at: datetime | None, first_due: datetime | None, due: datetime | None
) -> datetime | None:
    """NEXT_CLOCK of one ticket."""
    return min(filter(None, (first_due if first_response_at is None else None, due)), default=None)


def clocks_of(ticket: Ticket) -> list[Clock]:
    """First response, then resolution; without a deadline only what has happened is said.

    Of a ticket that was reopened the resolution's clock runs again, as it does in the queue.
    """
    resolved_at = None if ticket.status in UNRESOLVED else ticket.resolved_at
    responded = _clock(ticket, _("First response"), ticket.first_response_at, ticket.first_response_due_at)
    resolved = _clock(ticket, _("Resolution"), resolved_at, ticket.resolution_due_at)
    return [found for found in (responded, resolved) if found]


def _clock(ticket: Ticket, title: str, at: datetime | None, due: datetime | None) -> Clock | None:
    if at is not None:
        return _ended(ticket, title, at, due)
    if due is None:
        return None
    if stopped := stopped_words(ticket.status):
        return Clock(title, stopped, due_at=due)
    if ticket.status != Status.OPEN:
        return None
    now = clock.now()
    left = (due - now).total_seconds()
    if left < 0:
        return Clock(
            title, _("Late by %(time)s") % {"time": duration(-left)}, "watch", "alert-triangle", 100, due
        )
    given = (due - ticket.opened_at).total_seconds()
    passed = 1 - left / given if given > 0 else 1.0
    words = _("Due in %(time)s") % {"time": duration(left)}
    near = passed >= NEAR
    return Clock(title, words, "watch" if near else "", "clock", round(min(max(passed, 0), 1) * 100), due)


def _ended(ticket: Ticket, title: str, at: datetime, due: datetime | None) -> Clock:
    took = duration((at - ticket.opened_at).total_seconds())
    if due is None:
        return Clock(title, _("After %(time)s") % {"time": took})
    if at <= due:
        return Clock(title, _("Met in %(time)s") % {"time": took}, "good", "check", due_at=due)
    late = duration((at - due).total_seconds())
    return Clock(title, _("Late by %(time)s") % {"time": late}, "watch", "alert-triangle", due_at=due)

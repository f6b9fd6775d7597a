"""A state of a ticket taken back by whoever set it, as long as it is the newest.

To wait and to be set aside leave no mark in any figure, so another event takes them back at any time. A resolution
counts from when it happens (docs/decisions/0015-a-slip-is-no-resolution.md): for a minute, and only while nothing
has happened to the ticket since, it is a slip, and the event becomes mere work on the ticket.
"""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import derive_tickets
from customers.models import Event, Status, Ticket, TicketEvent
from customers.queries.ticket_states import newest_events, newest_states, state_before

from .ticket_events import happen, locked
from .ticket_states import restore_ticket

SLIP = timedelta(seconds=60)
# The event that leads back to a state, and its verb in the ledger.
BACK_TO = {
    Status.OPEN: (Event.RESTORED, "ticket.resumed"),
    Status.PENDING: (Event.PENDING, "ticket.pended"),
    Status.ON_HOLD: (Event.HELD, "ticket.held"),
}
UNDONE = {Event.RESOLVED: "ticket.resolution_undone", Event.CLOSED: "ticket.closure_undone"}


@transaction.atomic
def undo_state(*, actor: Member, ticket: Ticket, event_id: int) -> Ticket:
    """Takes back an event of one's own that set the ticket's state. Raises ValidationError if it changed since."""
    ticket = locked(actor, ticket)
    event = newest_states([ticket.id]).get(ticket.id)
    if event is None or event.id != event_id or event.actor_id != actor.id:
        raise ValidationError(changed_since())
    if event.event in (Event.MERGED, Event.SPAM, Event.DELETED):
        return restore_ticket(actor=actor, ticket=ticket)
    if event.event in (Event.PENDING, Event.HELD):
        back, verb = BACK_TO[Status(state_before(actor, event))]
        return happen(actor, ticket, back, verb, None)
    if event.event not in UNDONE:
        raise ValidationError(changed_since())
    if why_not := no_slip([event]).get(ticket.id):
        raise ValidationError(why_not)
    withdraw(actor, [event])
    ticket.refresh_from_db()
    return ticket


def no_slip(events: Collection[TicketEvent]) -> dict[int, str]:
    """Of which tickets the resolution or closing stands, and why."""
    now, newest = clock.now(), newest_events([event.ticket_id for event in events])
    why = {
        event.ticket_id: _("More than a minute has passed, so this counts. You can reopen it instead.")
        for event in events
        if not timedelta(0) <= now - event.occurred_at <= SLIP
    }
    return why | {event.ticket_id: changed_since() for event in events if newest[event.ticket_id] != event.id}


def withdraw(actor: Member, events: Collection[TicketEvent]) -> None:
    """Makes resolutions or closings unhappened: the time that they brought stays, the facts go."""
    ids, tickets = [event.id for event in events], [event.ticket_id for event in events]
    TicketEvent.objects.filter(id__in=ids).update(event=Event.NOTED, is_public=False)
    for kind, verb in UNDONE.items():
        told = [(event.ticket_id, {"event": event.id}) for event in events if event.event == kind]
        activity.record_many(verb, "ticket", told, actor=actor, company_id=actor.company_id)
    derive_tickets(actor.company_id, tickets)


def changed_since() -> str:
    return _("It has changed since, so nothing was taken back.")

"""Which event put a ticket where it stands: what an undo may take back."""

from collections.abc import Collection

from accounts.models import Activity, Member
from customers.models import Event, TicketEvent

# Everything else is somebody's word, or a change of hands.
STATES = tuple(
    event
    for event in Event
    if event not in (Event.ASSIGNED, Event.REPLIED, Event.NOTED, Event.CUSTOMER_REPLIED)
)


def newest_states(ticket_ids: Collection[int]) -> dict[int, TicketEvent]:
    """The newest event of each ticket that changed its state."""
    rows = TicketEvent.objects.filter(ticket_id__in=ticket_ids, event__in=STATES)
    newest = rows.order_by("ticket_id", "-occurred_at", "-id").distinct("ticket_id")
    return {row.ticket_id: row for row in newest}


def newest_events(ticket_ids: Collection[int]) -> dict[int, int]:
    """The id of the newest event of each ticket, whatever it is."""
    rows = TicketEvent.objects.filter(ticket_id__in=ticket_ids)
    newest = rows.order_by("ticket_id", "-occurred_at", "-id").distinct("ticket_id")
    return dict(newest.values_list("ticket_id", "id"))


def state_before(member: Member, event: TicketEvent) -> str:
    """Where a ticket stood before an event, as the ledger has it."""
    rows = Activity.objects.filter(
        company_id=member.company_id,
        subject_type="ticket",
        subject_id=event.ticket_id,
        detail__event=event.id,
    )
    detail = rows.order_by("-id").values_list("detail", flat=True).first() or {}
    return detail.get("was", "open")

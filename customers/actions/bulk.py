"""One deed on many tickets, with a report of what was refused and why."""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Member
from customers.models import UNRESOLVED, Category, Event, Priority, Status, Ticket

from .bulk_events import Deed, Report, change_field, do_state, happen_to, locked_many, refused_ids
from .ticket_events import COUNTED

STATES = {
    "pending": Deed(Event.PENDING, "ticket.pended", UNRESOLVED),
    "on_hold": Deed(Event.HELD, "ticket.held", UNRESOLVED),
    "resolved": Deed(Event.RESOLVED, "ticket.resolved", UNRESOLVED),
    "closed": Deed(Event.CLOSED, "ticket.closed", (*UNRESOLVED, Status.RESOLVED)),
}
SPAM = Deed(Event.SPAM, "ticket.marked_spam", COUNTED)
DELETE = Deed(Event.DELETED, "ticket.deleted", COUNTED)


@transaction.atomic
def assign_tickets(*, actor: Member, ids: Collection[int], assignee: Member | None) -> Report:
    """Gives tickets to somebody, or to nobody. Who has one already keeps it, and nothing is recorded."""
    if assignee is not None and (assignee.company_id != actor.company_id or not assignee.is_active):
        raise ValidationError({"assignee": _("There is no such person here.")})
    tickets, report = locked_many(actor, ids)
    new = assignee.id if assignee else None
    kept = [ticket for ticket in tickets if ticket.assignee_id != new]
    details = {ticket.id: {"assignee": new, "former": ticket.assignee_id} for ticket in kept}
    happen_to(actor, kept, Event.ASSIGNED, "ticket.assigned", report, details=details, assignee=assignee)
    report.done = [ticket.id for ticket in tickets if ticket.id not in refused_ids(report, tickets)]
    return report


@transaction.atomic
def set_states(*, actor: Member, ids: Collection[int], state: str) -> Report:
    """state: pending, on_hold, resolved or closed."""
    return do_state(actor, ids, STATES[state])


@transaction.atomic
def mark_spam_tickets(*, actor: Member, ids: Collection[int]) -> Report:
    return do_state(actor, ids, SPAM)


@transaction.atomic
def delete_tickets(*, actor: Member, ids: Collection[int]) -> Report:
    """Out of sight and out of every figure, until `undo_bulk`."""
    return do_state(actor, ids, DELETE)


@transaction.atomic
def set_categories(*, actor: Member, ids: Collection[int], category: Category | None) -> Report:
    if category is not None and category.company_id != actor.company_id:
        raise ValidationError({"category": _("There is no such category.")})
    new = category.id if category else None
    return change_field(actor, ids, "category_id", lambda ticket: new)


@transaction.atomic
def set_priorities(*, actor: Member, ids: Collection[int], priority: str) -> Report:
    if priority not in Priority.values:
        raise ValidationError({"priority": _("There is no such priority.")})
    return change_field(actor, ids, "priority", lambda ticket: priority)


@transaction.atomic
def change_tags(
    *, actor: Member, ids: Collection[int], add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Report:
    def tags(ticket: Ticket) -> list[str]:
        kept = [tag for tag in ticket.tags if tag not in remove]
        return kept + [tag for tag in dict.fromkeys(add) if tag not in kept]

    return change_field(actor, ids, "tags", tags)

"""Where a ticket stands: it waits, is resolved, reopened or closed, or is set aside and counts in no figure."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from customers.models import UNCOUNTED, UNRESOLVED, Event, Status, Ticket
from metrics.facts import queue_up

from .ticket_events import COUNTED, check_company, happen


def pend_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Waits for the customer."""
    return happen(actor, ticket, Event.PENDING, "ticket.pended", at, needs=UNRESOLVED)


def hold_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Waits for somebody else."""
    return happen(actor, ticket, Event.HELD, "ticket.held", at, needs=UNRESOLVED)


def resolve_ticket(
    *, actor: Member, ticket: Ticket, seconds: int | None = None, at: datetime | None = None, body: str = ""
) -> Ticket:
    return happen(
        actor, ticket, Event.RESOLVED, "ticket.resolved", at, needs=UNRESOLVED, seconds=seconds, body=body
    )


def reopen_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    return happen(
        actor, ticket, Event.REOPENED, "ticket.reopened", at, needs=(Status.RESOLVED, Status.CLOSED)
    )


def resume_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Work goes on after a wait. Nothing was resolved, so no figure counts a reopening."""
    needs = (Status.PENDING, Status.ON_HOLD)
    return happen(actor, ticket, Event.RESTORED, "ticket.resumed", at, needs=needs)


def close_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Closes for good; an unresolved ticket is resolved by that."""
    needs = (*UNRESOLVED, Status.RESOLVED)
    return happen(actor, ticket, Event.CLOSED, "ticket.closed", at, needs=needs)


@transaction.atomic
def merge_ticket(*, actor: Member, ticket: Ticket, into: Ticket, at: datetime | None = None) -> Ticket:
    """Folds a ticket into another; from then on it counts in no metric."""
    check_company(actor, into=into)
    queue_up(actor.company_id)
    # What the caller holds may be old: somebody may have set the other one aside in the meantime.
    pair = Ticket.objects.of(actor).filter(id__in=[ticket.id, into.id])
    statuses = {row.id: row.status for row in pair.order_by("id").select_for_update(no_key=True)}
    if into.id == ticket.id or statuses[into.id] in UNCOUNTED:
        raise ValidationError({"into": _("Choose another ticket that is neither merged nor spam.")})
    merged = happen(actor, ticket, Event.MERGED, "ticket.merged", at, needs=COUNTED, told={"into": into.id})
    merged.merged_into = into
    merged.save(update_fields=["merged_into"])
    activity.record("ticket.took_in", into, actor=actor, ticket=merged.id, number=merged.external_id)
    return merged


def mark_spam(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    return happen(actor, ticket, Event.SPAM, "ticket.marked_spam", at, needs=COUNTED)


def delete_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Puts a ticket out of sight and out of every figure; `restore_ticket` takes it back, text and all."""
    return happen(actor, ticket, Event.DELETED, "ticket.deleted", at, needs=COUNTED)


@transaction.atomic
def restore_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Takes back a merge, a spam mark or a deletion: the ticket stands where it stood."""
    restored = happen(actor, ticket, Event.RESTORED, "ticket.restored", at, needs=UNCOUNTED)
    if restored.merged_into:
        into, number = restored.merged_into, restored.external_id
        activity.record("ticket.gave_back", into, actor=actor, ticket=restored.id, number=number)
        restored.merged_into = None
        restored.save(update_fields=["merged_into"])
    return restored

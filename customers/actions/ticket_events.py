"""How a deed is done to a ticket: an event, its ledger row and the derived facts, in one transaction."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import MatchKey, derive_tickets
from customers.models import UNCOUNTED, UNRESOLVED, Event, Status, Ticket, TicketEvent
from metrics.facts import queue_up

COUNTED = tuple(status for status in Status.values if status not in UNCOUNTED)


@transaction.atomic
def happen(
    actor: Member,
    ticket: Ticket,
    event: Event,
    verb: str,
    at: datetime | None,
    *,
    needs: tuple[str, ...] = (),
    also: tuple[Event, str] | None = None,
    told: dict[str, Any] | None = None,
    once: str = "",
    **fields: Any,
) -> Ticket:
    """also: an event and its verb that follow if the ticket is unresolved. told: more for the ledger."""
    ticket = locked(actor, ticket)
    if needs and ticket.status not in needs:
        raise impossible(ticket)
    at = time_of(ticket, at)
    fields["identity"] = identity_of(ticket, once, fields.get("body", ""))
    written = write(ticket, event, actor, at=at, **fields)
    activity.record(verb, ticket, actor=actor, event=written.id, was=ticket.status, **(told or {}))
    if also and ticket.status in UNRESOLVED:
        following, its_verb = also
        written = write(ticket, following, actor, at=at)
        activity.record(its_verb, ticket, actor=actor, event=written.id, was=ticket.status)
    derive_tickets(ticket.company_id, [ticket.id], [MatchKey.of(ticket)])
    ticket.refresh_from_db()
    return ticket


def impossible(ticket: Ticket) -> ValidationError:
    if ticket.status == Status.MERGED and ticket.merged_into:
        return ValidationError(
            _("This ticket is merged into %(number)s. Go on there.")
            % {"number": ticket.merged_into.external_id}
        )
    return ValidationError(
        _("This cannot be done with a ticket that is %(status)s.")
        % {"status": Status(ticket.status).label.lower()}
    )


def time_of(ticket: Ticket, at: datetime | None) -> datetime:
    """When something happens to the ticket: now, if nothing else is said."""
    at = at or clock.now()
    if at < ticket.opened_at:
        raise ValidationError({"at": _("This would lie before the ticket was opened.")})
    return at


def locked(actor: Member, ticket: Ticket) -> Ticket:
    queue_up(actor.company_id)
    return Ticket.objects.of(actor).select_for_update(no_key=True).get(id=ticket.id)


def write(ticket: Ticket, event: Event, actor: Member | None, *, at: datetime, **fields: Any) -> TicketEvent:
    return TicketEvent.objects.create(
        company_id=ticket.company_id,
        ticket=ticket,
        occurred_at=at,
        event=event,
        actor=actor,
        **{"identity": _fresh(), **fields},
    )


def identity_of(ticket: Ticket, once: str, body: str) -> str:
    """Names an event. A form brings `once`: the same text from it a second time is refused, another is not."""
    if not once:
        return _fresh()
    identity = f"live:{once}"
    known = TicketEvent.objects.filter(company_id=ticket.company_id, identity=identity)
    sent = known.values_list("ticket_id", "body").first()
    if sent == (ticket.id, body):
        raise ValidationError(_("This was sent already. It stands below, once."), code="sent")
    return _fresh() if sent else identity


def _fresh() -> str:
    return f"live:{uuid4().hex}"


def check_company(actor: Member, **rows: Any) -> None:
    """No link may leave the company, whatever ids a form or a key brings."""
    for field, row in rows.items():
        if row is not None and row.company_id != actor.company_id:
            raise ValidationError({field: _("There is no such row in this company.")})

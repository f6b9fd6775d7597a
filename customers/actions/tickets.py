"""A ticket's life, live: each deed is an event, its ledger row and the derived facts in one transaction."""

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
from customers.queries.changes import as_text
from customers.queries.people import mentioned
from metrics.facts import queue_up

from .conflict import check_version

# Links are looked up within the company before; to look them up once more would only cost time.
LINKS = {"company", "customer", "category", "merged_into", "assignee", "first_responder", "resolver"}
# What may follow a reply in the same breath.
AFTER_REPLY = {
    "resolve": (Event.RESOLVED, "ticket.resolved"),
    "pend": (Event.PENDING, "ticket.pended"),
}


@transaction.atomic
def log_ticket(
    *, actor: Member, assignee: Member | None = None, opened_at: datetime | None = None, **fields: Any
) -> Ticket:
    """A new ticket, open, with its assignee from the start. Raises ValidationError that names the field."""
    queue_up(actor.company_id)
    ticket = Ticket(company_id=actor.company_id, opened_at=opened_at or clock.now(), **fields)
    ticket.external_id = ticket.external_id or f"T-{uuid4().hex[:12]}"
    ticket.requester_email = ticket.requester_email.strip().lower()
    _check_company(actor, customer=ticket.customer, category=ticket.category, assignee=assignee)
    ticket.clean_fields(exclude=LINKS)
    ticket.validate_constraints()
    ticket.save()
    # Without an event an imported statement would decide; a logged ticket has a life of its own from here.
    _write(ticket, Event.ASSIGNED, actor, at=ticket.opened_at, assignee=assignee)
    activity.record("ticket.logged", ticket, actor=actor, assignee=assignee.id if assignee else None)
    derive_tickets(ticket.company_id, [ticket.id])
    ticket.refresh_from_db()
    return ticket


@transaction.atomic
def change_ticket(*, actor: Member, ticket: Ticket, version: int | None = None, **changes: Any) -> Ticket:
    """Changes subject, category, customer, requester, priority, channel, tags or deadlines.

    version: the one that the editor saw. Raises EditConflict if it is not the newest. The ledger keeps what
    stood before and after, as text.
    """
    ticket = _locked(actor, ticket)
    check_version(ticket, version)
    former = MatchKey.of(ticket)
    before = {field: as_text(getattr(ticket, field)) for field in changes}
    for field, value in changes.items():
        setattr(ticket, field, value)
    _check_company(actor, customer=ticket.customer, category=ticket.category)
    ticket.version += 1
    ticket.clean_fields(exclude=LINKS)
    ticket.save(update_fields=[*changes, "version"])
    after = {field: as_text(value) for field, value in changes.items()}
    activity.record("ticket.changed", ticket, actor=actor, before=before, after=after)
    derive_tickets(ticket.company_id, [ticket.id], [former])
    return ticket


def assign_ticket(
    *, actor: Member, ticket: Ticket, assignee: Member | None, at: datetime | None = None
) -> Ticket:
    """Gives the ticket to somebody, or to nobody. Credit that was fixed before stays."""
    _check_company(actor, assignee=assignee)
    told = {"assignee": assignee.id if assignee else None}
    return _happen(actor, ticket, Event.ASSIGNED, "ticket.assigned", at, told=told, assignee=assignee)


def reply_to_ticket(
    *,
    actor: Member,
    ticket: Ticket,
    body: str,
    seconds: int | None = None,
    at: datetime | None = None,
    then: str = "",
    once: str = "",
) -> Ticket:
    """A public reply by a person of the team.

    then: "resolve" or "pend" the ticket too, if it is not resolved already. once: see `_identity`.
    """
    return _happen(
        actor,
        ticket,
        Event.REPLIED,
        "ticket.replied",
        at,
        also=AFTER_REPLY.get(then),
        once=once,
        body=body,
        seconds=seconds,
    )


def note_on_ticket(
    *,
    actor: Member,
    ticket: Ticket,
    body: str,
    seconds: int | None = None,
    at: datetime | None = None,
    once: str = "",
) -> Ticket:
    """An internal note, never shown to the customer. Who is named in it by @ is told."""
    return _happen(
        actor,
        ticket,
        Event.NOTED,
        "ticket.noted",
        at,
        told={"mentions": mentioned(actor, body)},
        once=once,
        body=body,
        seconds=seconds,
        is_public=False,
    )


@transaction.atomic
def receive_reply(
    *, ticket: Ticket, body: str, at: datetime | None = None, actor: Member | None = None, once: str = ""
) -> Ticket:
    """The customer wrote; a reply to a resolved ticket reopens it. actor: who entered it by hand, if anybody.

    Raises ValidationError for a deleted ticket, and for a time before it was opened.
    """
    queue_up(ticket.company_id)
    ticket = Ticket.objects.select_for_update(no_key=True).get(id=ticket.id)
    if ticket.status == Status.DELETED:
        raise _impossible(ticket)
    was_resolved = ticket.status in (Status.RESOLVED, Status.CLOSED)
    at = _time_of(ticket, at)
    identity = _identity(ticket, once, body)
    _write(ticket, Event.CUSTOMER_REPLIED, None, at=at, body=body, by_requester=True, identity=identity)
    if was_resolved:
        _write(ticket, Event.REOPENED, None, at=at, by_requester=True)
    activity.record("ticket.reopened" if was_resolved else "ticket.customer_replied", ticket, actor=actor)
    derive_tickets(ticket.company_id, [ticket.id])
    ticket.refresh_from_db()
    return ticket


def pend_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Waits for the customer."""
    return _happen(actor, ticket, Event.PENDING, "ticket.pended", at, needs=UNRESOLVED)


def hold_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Waits for somebody else."""
    return _happen(actor, ticket, Event.HELD, "ticket.held", at, needs=UNRESOLVED)


def resolve_ticket(
    *, actor: Member, ticket: Ticket, seconds: int | None = None, at: datetime | None = None, body: str = ""
) -> Ticket:
    return _happen(
        actor, ticket, Event.RESOLVED, "ticket.resolved", at, needs=UNRESOLVED, seconds=seconds, body=body
    )


def reopen_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    return _happen(
        actor, ticket, Event.REOPENED, "ticket.reopened", at, needs=(Status.RESOLVED, Status.CLOSED)
    )


def resume_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Work goes on after a wait. Nothing was resolved, so no figure counts a reopening."""
    needs = (Status.PENDING, Status.ON_HOLD)
    return _happen(actor, ticket, Event.RESTORED, "ticket.resumed", at, needs=needs)


def close_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Closes for good; an unresolved ticket is resolved by that."""
    needs = (*UNRESOLVED, Status.RESOLVED)
    return _happen(actor, ticket, Event.CLOSED, "ticket.closed", at, needs=needs)


@transaction.atomic
def merge_ticket(*, actor: Member, ticket: Ticket, into: Ticket, at: datetime | None = None) -> Ticket:
    """Folds a ticket into another; from then on it counts in no metric."""
    _check_company(actor, into=into)
    queue_up(actor.company_id)
    # What the caller holds may be old: somebody may have set the other one aside in the meantime.
    pair = Ticket.objects.of(actor).filter(id__in=[ticket.id, into.id])
    statuses = {row.id: row.status for row in pair.order_by("id").select_for_update(no_key=True)}
    if into.id == ticket.id or statuses[into.id] in UNCOUNTED:
        raise ValidationError({"into": _("Choose another ticket that is neither merged nor spam.")})
    Ticket.objects.filter(id=ticket.id, company_id=actor.company_id).update(merged_into=into)
    return _happen(actor, ticket, Event.MERGED, "ticket.merged", at, needs=_counted())


def mark_spam(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    return _happen(actor, ticket, Event.SPAM, "ticket.marked_spam", at, needs=_counted())


def delete_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Puts a ticket out of sight and out of every figure; `restore_ticket` takes it back, text and all."""
    return _happen(actor, ticket, Event.DELETED, "ticket.deleted", at, needs=_counted())


@transaction.atomic
def restore_ticket(*, actor: Member, ticket: Ticket, at: datetime | None = None) -> Ticket:
    """Takes back a merge, a spam mark or a deletion."""
    queue_up(actor.company_id)
    Ticket.objects.filter(id=ticket.id, company_id=actor.company_id).update(merged_into=None)
    return _happen(actor, ticket, Event.RESTORED, "ticket.restored", at, needs=UNCOUNTED)


def _counted() -> tuple[str, ...]:
    return tuple(status for status in Status.values if status not in UNCOUNTED)


@transaction.atomic
def _happen(
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
    ticket = _locked(actor, ticket)
    if needs and ticket.status not in needs:
        raise _impossible(ticket)
    at = _time_of(ticket, at)
    fields["identity"] = _identity(ticket, once, fields.get("body", ""))
    written = _write(ticket, event, actor, at=at, **fields)
    activity.record(verb, ticket, actor=actor, event=written.id, **(told or {}))
    if also and ticket.status in UNRESOLVED:
        following, its_verb = also
        written = _write(ticket, following, actor, at=at)
        activity.record(its_verb, ticket, actor=actor, event=written.id)
    derive_tickets(ticket.company_id, [ticket.id], [MatchKey.of(ticket)])
    ticket.refresh_from_db()
    return ticket


def _impossible(ticket: Ticket) -> ValidationError:
    return ValidationError(
        _("This cannot be done with a ticket that is %(status)s.")
        % {"status": Status(ticket.status).label.lower()}
    )


def _time_of(ticket: Ticket, at: datetime | None) -> datetime:
    """When something happens to the ticket: now, if nothing else is said."""
    at = at or clock.now()
    if at < ticket.opened_at:
        raise ValidationError({"at": _("This would lie before the ticket was opened.")})
    return at


def _locked(actor: Member, ticket: Ticket) -> Ticket:
    queue_up(actor.company_id)
    return Ticket.objects.of(actor).select_for_update(no_key=True).get(id=ticket.id)


def _write(ticket: Ticket, event: Event, actor: Member | None, *, at: datetime, **fields: Any) -> TicketEvent:
    return TicketEvent.objects.create(
        company_id=ticket.company_id,
        ticket=ticket,
        occurred_at=at,
        event=event,
        actor=actor,
        **{"identity": _fresh(), **fields},
    )


def _identity(ticket: Ticket, once: str, body: str) -> str:
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


def _check_company(actor: Member, **rows: Any) -> None:
    """No link may leave the company, whatever ids a form or a key brings."""
    for field, row in rows.items():
        if row is not None and row.company_id != actor.company_id:
            raise ValidationError({field: _("There is no such row in this company.")})

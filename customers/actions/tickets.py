"""A ticket logged, changed and given to somebody, and what is written on it."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import MatchKey, derive_tickets
from customers.models import UNCOUNTED, Event, Status, Ticket
from customers.models.rules import check_days
from customers.queries.changes import as_text
from customers.queries.people import mentioned
from metrics.facts import queue_up

from .conflict import check_version
from .ticket_events import COUNTED, check_company, happen, identity_of, impossible, locked, time_of, write

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
    check_company(actor, customer=ticket.customer, category=ticket.category, assignee=assignee)
    check_days(fields)
    ticket.clean_fields(exclude=LINKS)
    ticket.validate_constraints()
    ticket.save()
    # Without an event an imported statement would decide; a logged ticket has a life of its own from here.
    write(ticket, Event.ASSIGNED, actor, at=ticket.opened_at, assignee=assignee)
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
    ticket = locked(actor, ticket)
    check_version(ticket, version)
    former = MatchKey.of(ticket)
    before = {field: as_text(getattr(ticket, field)) for field in changes}
    for field, value in changes.items():
        setattr(ticket, field, value)
    check_company(actor, customer=ticket.customer, category=ticket.category)
    check_days(changes)
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
    check_company(actor, assignee=assignee)
    told = {"assignee": assignee.id if assignee else None}
    return happen(actor, ticket, Event.ASSIGNED, "ticket.assigned", at, told=told, assignee=assignee)


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
    """A public reply by a person of the team. Raises ValidationError for a ticket that was set aside.

    then: "resolve" or "pend" the ticket too, if it is not resolved already. once: see `identity_of`.
    """
    return happen(
        actor,
        ticket,
        Event.REPLIED,
        "ticket.replied",
        at,
        needs=COUNTED,
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
    return happen(
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

    Raises ValidationError for a ticket that was set aside, and for a time before it was opened.
    """
    queue_up(ticket.company_id)
    ticket = Ticket.objects.select_for_update(no_key=True).get(id=ticket.id)
    if ticket.status in UNCOUNTED:
        raise impossible(ticket)
    was_resolved = ticket.status in (Status.RESOLVED, Status.CLOSED)
    at = time_of(ticket, at)
    identity = identity_of(ticket, once, body)
    write(ticket, Event.CUSTOMER_REPLIED, None, at=at, body=body, by_requester=True, identity=identity)
    if was_resolved:
        write(ticket, Event.REOPENED, None, at=at, by_requester=True)
    activity.record("ticket.reopened" if was_resolved else "ticket.customer_replied", ticket, actor=actor)
    derive_tickets(ticket.company_id, [ticket.id])
    ticket.refresh_from_db()
    return ticket

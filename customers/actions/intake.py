"""Writes that a desk makes in one go: a ticket with what it needs, a typed note with the time it took."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Member
from customers.models import Category, Customer, Note, Ticket
from metrics.facts import queue_up

from .customers import enter_customer
from .notes import add_note, sent_note
from .ticket_states import resolve_ticket
from .tickets import change_ticket, log_ticket, note_on_ticket


@transaction.atomic
def take_in_ticket(
    *,
    actor: Member,
    external_id: str,
    new_customer: str = "",
    category_name: str = "",
    is_resolved: bool = False,
    seconds: int | None = None,
    **fields: Any,
) -> Ticket:
    """Logs a ticket, enters its customer and category if they are new, and resolves it at once if asked.

    A form that is sent twice logs one ticket: the second call finds the first one's by its external id.
    The same form with another text (somebody went back and wrote on) logs another ticket.
    """
    queue_up(actor.company_id)
    known = Ticket.objects.of(actor).filter(external_id=external_id).first()
    if known is not None:
        if (known.subject, known.body) == (fields.get("subject", ""), fields.get("body", "")):
            return known
        external_id = f"T-{uuid4().hex[:12]}"
    if new_customer:
        fields["customer"] = _enter(actor, new_customer)
    fields["category"] = category_named(actor, category_name)
    ticket = log_ticket(actor=actor, external_id=external_id, **fields)
    if is_resolved:
        ticket = resolve_ticket(actor=actor, ticket=ticket, seconds=seconds)
    return ticket


@transaction.atomic
def set_properties(
    *,
    actor: Member,
    ticket: Ticket,
    version: int,
    category_name: str | None = None,
    new_customer: str = "",
    **changes: Any,
) -> Ticket:
    """Changes a ticket's fields; a category is given by name and may be new. None leaves it."""
    queue_up(actor.company_id)
    if new_customer:
        changes["customer"] = _enter(actor, new_customer)
    if category_name is not None:
        changes["category"] = category_named(actor, category_name)
    return change_ticket(actor=actor, ticket=ticket, version=version, **changes)


@transaction.atomic
def write_note(
    *,
    actor: Member,
    ticket: Ticket,
    body: str,
    kind: str = Note.Type.NOTE,
    due_on: date | None = None,
    seconds: int | None = None,
    once: str = "",
) -> None:
    """A note in the conversation, or one of another type, which its customer's page shows too."""
    if kind == Note.Type.NOTE:
        note_on_ticket(actor=actor, ticket=ticket, body=body, seconds=seconds, once=once)
        return
    queue_up(actor.company_id)
    if sent_note(actor, once, body):
        raise ValidationError(_("This was sent already. It stands below, once."), code="sent")
    # The event carries the time.
    note_on_ticket(actor=actor, ticket=ticket, body="", seconds=seconds)
    add_note(
        actor=actor, body=body, key=once, ticket=ticket, customer=ticket.customer, type=kind, due_on=due_on
    )


def _enter(actor: Member, name: str) -> Customer:
    return enter_customer(actor=actor, external_id=f"C-{uuid4().hex[:12]}", name=name)


def category_named(actor: Member, name: str) -> Category | None:
    """The category of that name whatever its case, else a new one; nothing for no name."""
    if not name:
        return None
    known = Category.objects.visible_to(actor).filter(name__iexact=name).order_by("id").first()
    return known or Category.objects.create(company_id=actor.company_id, name=name)

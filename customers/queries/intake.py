"""What the form for a new ticket asks: which customer, and what is known of them."""

import re
from dataclasses import dataclass
from datetime import date

from accounts.models import Member
from customers.models import Contact, Customer, Note, Ticket

from .customer_names import LONG_ENOUGH, by_name, by_whole_name, contacts_by_name
from .ticket import Fact, facts_of

MOST = 8
MANY_OPEN = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A customer that fits what was typed, and the contact if it was they who fitted."""

    customer: Customer
    contact: Contact | None = None

    @property
    def email(self) -> str:
        return self.contact.email if self.contact else ""


@dataclass(frozen=True, slots=True)
class Peek:
    """What is known of the customer chosen: their open tickets, the one that is alike, their last notes."""

    customer: Customer
    facts: list[Fact]
    open: list[Ticket]
    alike: Ticket | None
    notes: list[Note]


def customers_like(member: Member, words: str) -> list[Found]:
    """Customers by name or number, then those whose contacts fit by name, number or e-mail; at most 8."""
    words = words.replace("\0", "").strip()[:200]
    if not words:
        return []
    customers = by_name(_choosable(member), words)
    found = [Found(row) for row in customers.order_by("name", "id")[:MOST]]
    found.sort(key=lambda each: not each.customer.name.lower().startswith(words.lower()))
    if len(found) < MOST and len(words) >= LONG_ENOUGH:
        found += _by_contact(member, words, found)
    return found


def _by_contact(member: Member, words: str, found: list[Found]) -> list[Found]:
    contacts = contacts_by_name(member, words).filter(
        left_at__isnull=True, customer__merged_into__isnull=True, customer__erased_at__isnull=True
    )
    contacts = contacts.exclude(customer_id__in=[each.customer.id for each in found])
    rows = contacts.select_related("customer__owner").order_by("name", "id")[: MOST - len(found)]
    return [Found(row.customer, row) for row in rows if row.customer]


def customers_named(member: Member, name: str) -> list[Customer]:
    """Customers of exactly that name, whatever the case, or of that number: what a typed name means."""
    rows = by_whole_name(_choosable(member), name)
    return list(rows.order_by("name", "id")[: MOST + 1])


def customer_of(member: Member, customer_id: int) -> Customer | None:
    return _choosable(member).filter(id=customer_id).first()


def _choosable(member: Member):
    rows = Customer.objects.visible_to(member).standing().filter(erased_at__isnull=True)
    return rows.select_related("owner")


def peek_at(member: Member, customer: Customer, subject: str, category: str, today: date) -> Peek:
    mine = Ticket.objects.visible_to(member).unresolved().filter(customer_id=customer.id)
    open_ones = list(mine.select_related("category", "assignee").order_by("-opened_at")[:MANY_OPEN])
    notes = Note.objects.visible_to(member).filter(customer_id=customer.id).select_related("author")
    return Peek(
        customer,
        facts_of(member, customer.id, today),
        open_ones[:5],
        _alike(open_ones, subject, category),
        list(notes.order_by("-noted_at", "-id")[:3]),
    )


def _alike(tickets: list[Ticket], subject: str, category: str) -> Ticket | None:
    """An open ticket of the same category, or that shares at least half of the subject's longer words."""
    words = _long_words(subject)
    for ticket in tickets:
        same = category and ticket.category and ticket.category.name.lower() == category.lower()
        shared = words & _long_words(ticket.subject)
        if same or (words and len(shared) * 2 >= len(words)):
            return ticket
    return None


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}

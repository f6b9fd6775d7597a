"""What the page of a ticket shows."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Category, CustomerFact, Note, Priority, Ticket

from .clocks import Clock, clocks_of
from .people import colleagues
from .search import found_tickets
from .search_words import terms_of
from .stream import Stream, stream_of

LINKED = ("customer", "category", "assignee", "merged_into")
MOST_CATEGORIES = 300
MOST_TARGETS = 20


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    verified_on: date | None
    is_old: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    ticket: Ticket
    clocks: list[Clock]
    stream: Stream
    facts: list[Fact]
    promises: list[Note]
    others: list[Ticket]
    people: list[Member]
    today: date
    priority: str


def ticket_page(member: Member, ticket: Ticket, today: date) -> TicketPage:
    return TicketPage(
        ticket=ticket,
        clocks=clocks_of(ticket),
        stream=stream_of(member, ticket),
        facts=facts_of(member, ticket.customer_id, today),
        promises=promises_of(member, ticket),
        others=other_tickets(member, ticket),
        people=colleagues(member),
        today=today,
        # Imports may bring a priority that is none of ours.
        priority=str(dict(Priority.choices).get(ticket.priority, ticket.priority)),
    )


def tickets_with_links(member: Member) -> QuerySet[Ticket]:
    """Visible tickets with the rows that their page names."""
    return Ticket.objects.visible_to(member).select_related(*LINKED)


def facts_of(member: Member, customer_id: int | None, today: date) -> list[Fact]:
    """Quick facts of a customer; what nobody made sure of lately is old."""
    if customer_id is None:
        return []
    rows = CustomerFact.objects.visible_to(member).filter(customer_id=customer_id)[:5]
    return [
        Fact(
            row.label,
            row.value,
            row.verified_on,
            row.is_old(today),
        )
        for row in rows
    ]


def promises_of(member: Member, ticket: Ticket) -> list[Note]:
    """Promises on the ticket or its customer that are open, and those on the ticket kept of late; at most 12."""
    lately = clock.now() - timedelta(days=7)
    on_ticket = Q(ticket_id=ticket.id)
    where = on_ticket
    if ticket.customer_id:
        where |= Q(customer_id=ticket.customer_id, kept_at__isnull=True)
    rows = Note.objects.visible_to(member).filter(where, type=Note.Type.PROMISE)
    rows = rows.filter(Q(kept_at__isnull=True) | Q(kept_at__gte=lately)).select_related("author")
    return sorted(
        rows.order_by("-noted_at", "-id")[:12],
        key=lambda note: (note.kept_at is not None, note.due_on or date.max, note.id),
    )


def other_tickets(member: Member, ticket: Ticket) -> list[Ticket]:
    """The newest other tickets of the same customer, else of the same requester."""
    rows = Ticket.objects.visible_to(member).exclude(id=ticket.id)
    if ticket.customer_id:
        rows = rows.filter(customer_id=ticket.customer_id)
    elif ticket.requester_email:
        rows = rows.filter(requester_email=ticket.requester_email)
    else:
        return []
    return list(rows.only("id", "external_id", "subject", "status", "opened_at").order_by("-opened_at")[:5])


def category_names(member: Member) -> list[str]:
    names = Category.objects.visible_to(member).order_by("name").values_list("name", flat=True)
    return list(names[:MOST_CATEGORIES])


def merge_targets(member: Member, ticket: Ticket, words: str) -> list[Ticket]:
    """Tickets to fold this one into, at most 20: what a search finds, else the newest of the same people."""
    rows = Ticket.objects.visible_to(member).counted().exclude(id=ticket.id)
    if terms := terms_of(words):
        return _searched(member, rows, words, terms)
    near = Q()
    if ticket.customer_id:
        near |= Q(customer_id=ticket.customer_id)
    if ticket.requester_email:
        near |= Q(requester_email=ticket.requester_email)
    if not near:
        return []
    return list(rows.filter(near).select_related("customer").order_by("-opened_at", "-id")[:MOST_TARGETS])


def _searched(member: Member, rows: QuerySet[Ticket], words: str, terms: list[str]) -> list[Ticket]:
    """The ticket of that very number first."""
    exact = list(rows.filter(external_id=words.strip()).select_related("customer"))
    ids = found_tickets(member, rows, terms, MOST_TARGETS)
    found = rows.filter(id__in=ids).exclude(id__in=[row.id for row in exact]).select_related("customer")
    return [*exact, *found.order_by("-opened_at", "-id")]


def target_of(member: Member, ticket: Ticket, target_id: str) -> Ticket | None:
    """The ticket that somebody chose to merge into, if there is one."""
    if not target_id.isdecimal() or len(target_id) > 18:
        return None
    rows = Ticket.objects.visible_to(member).counted().exclude(id=ticket.id)
    return rows.select_related(*LINKED).filter(id=int(target_id)).first()

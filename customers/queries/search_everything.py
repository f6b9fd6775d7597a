"""What the palette finds: customers, contacts and tickets that hold what somebody typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import Member
from customers.models import Ticket

from .search import found_tickets
from .search_words import PREFIX_FROM, marked, terms_of

SHOWN = 8  # of each kind


@dataclass(frozen=True)
class Line:
    """A row that a higher app found. shown: its name with the words marked, as HTML. about: what stands beside it."""

    url: str
    shown: str
    about: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """What a higher app found, best first. all_url: where the rest of it is."""

    title: str
    icon: str
    lines: list[Line]
    all_url: str
    all_words: str


Search = Callable[[Member, str, list[str], bool], Elsewhere | None]
_searches: list[Search] = []


def register(search: Search) -> None:
    """A higher app is asked, too: search(member, line, words, nothing yet) gives what it found, or None for nothing.

    Only where nothing else was found is what is merely like the words of use.
    """
    _searches.append(search)


@dataclass(frozen=True)
class Found:
    """What one typed line leads to, best first; at most eight of each."""

    q: str
    terms: list[str]
    customers: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.customers or self.contacts or self.tickets or self.elsewhere)


# Names that begin with the line come first; then every name that holds all its words somewhere. Of those the first
# two hundred are put in order, so that a word in every name costs no more than a rare one.
_CUSTOMERS = """
SELECT id, name, segment FROM (
  (SELECT id, name, segment, 0 AS rank FROM customers_customer
    WHERE company_id = %(company)s AND plain_name(name) LIKE plain_name(%(begin)s)
      AND merged_into_id IS NULL AND erased_at IS NULL
    ORDER BY plain_name(name) USING ~<~ LIMIT %(most)s)
  UNION ALL
  (SELECT id, name, segment, 1 FROM customers_customer
    WHERE company_id = %(company)s AND {each} AND plain_name(name) NOT LIKE plain_name(%(begin)s)
      AND merged_into_id IS NULL AND erased_at IS NULL LIMIT 200)) c
 ORDER BY rank, length(name), name, id LIMIT %(most)s
"""
_CONTACTS = """
SELECT c.id, c.name, c.email, c.customer_id, k.name AS customer FROM (
  SELECT id, name, email, customer_id FROM customers_contact
   WHERE company_id = %(company)s AND customer_id IS NOT NULL AND {each} LIMIT 200) c
  JOIN customers_customer k ON k.id = c.customer_id
 ORDER BY length(c.name), c.name, c.id LIMIT %(most)s
"""


def search_everything(member: Member, q: str) -> Found:
    terms = terms_of(q)
    if not terms:
        return Found(q, terms)
    customers = _named(member, _CUSTOMERS, "plain_name(name)", terms)
    contacts = _named(member, _CONTACTS, "plain_name(name || ' ' || email)", terms)
    tickets = _newest(member, terms)
    is_nothing = not (customers or contacts or tickets)
    elsewhere = [found for search in _searches if (found := search(member, q, terms, is_nothing))]
    return Found(q, terms, customers, contacts, tickets, elsewhere)


def _named(member: Member, sql: str, column: str, terms: Sequence[str]) -> list[dict[str, Any]]:
    # Two letters are too few for trigrams: then only a name that begins with them is found.
    long_enough = [term for term in terms if len(term) >= PREFIX_FROM]
    each = " AND ".join(f"{column} LIKE plain_name(%({f'term_{n}'})s)" for n in range(len(long_enough)))
    given: dict[str, Any] = {f"term_{n}": f"%{term}%" for n, term in enumerate(long_enough)}
    with connection.cursor() as cursor:
        cursor.execute(
            sql.format(each=each or "false"),
            given | {"company": member.company_id, "begin": " ".join(terms) + "%", "most": SHOWN},
        )
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"shown": marked(_first(row), terms)} for row in rows]


def _first(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["name"], row.get("email"))))


def _newest(member: Member, terms: Sequence[str]) -> list[dict[str, Any]]:
    ids = found_tickets(member, Ticket.objects.visible_to(member), terms, SHOWN)
    # By id alone: they are the company's already, and its number would only lead the planner to another index.
    rows = Ticket.objects.filter(id__in=ids).order_by("-opened_at", "-id")
    found = rows.values("id", "subject", "external_id", "customer__name")
    return [row | {"shown": marked(row["subject"] or row["external_id"], terms)} for row in found]

"""Full text: which tickets, customers and contacts hold what somebody typed (docs/decisions/0011-search.md).

Every word has to be found, as the beginning of a word from three letters on, without regard to case and accents.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Ticket

MOST_LETTERS = 200
MOST_TERMS = 8
PREFIX_FROM = 3
WALKED = 3_000  # so many of the newest tickets are looked at one by one before the index is asked
SHOWN = 8  # of each kind in the palette
RARE = 2


# --- Words --------------------------------------------------------------------------------------------------------


def terms_of(text: str) -> list[str]:
    """The words of what somebody typed, as the index has them but for accents; at most eight."""
    kept = "".join(char if _is_of_a_word(char) else " " for char in text[:MOST_LETTERS])
    return list(dict.fromkeys(kept.lower().split()))[:MOST_TERMS]


def _is_of_a_word(char: str) -> bool:
    # Marks too: vowel signs of Devanagari are no letters of their own.
    return unicodedata.category(char)[0] in "LNM"


def folded(text: str) -> str:
    """Without case and accents, letter for letter: the same length."""
    return text.lower() if text.isascii() else "".join(_fold(char) for char in text)


def _fold(char: str) -> str:
    if char < "\x80":
        return char.lower()
    plain = unicodedata.normalize("NFKD", char)[0].lower()
    return plain if len(plain) == 1 else char


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """The text with <mark> around every beginning of a word that a term is; everything else is escaped."""
    plain, pieces, done = folded(text), list[str](), 0
    for start, end in sorted(span for term in terms for span in _spans(plain, folded(term))):
        # Of two terms that begin alike the longer one comes last; what is marked already is not marked again.
        if start >= done:
            pieces += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    return mark_safe("".join(pieces) + escape(text[done:]))  # noqa: S308 - every piece of text is escaped


def _spans(plain: str, term: str) -> Iterator[tuple[int, int]]:
    """Where the term begins a word of a folded text."""
    at = plain.find(term)
    while at >= 0:
        if at == 0 or not _is_of_a_word(plain[at - 1]):
            yield at, at + len(term)
        at = plain.find(term, at + len(term))


def holds(text: str, terms: Sequence[str]) -> bool:
    """Whether every term begins some word of the text."""
    plain = folded(text)
    return all(any(_spans(plain, folded(term))) for term in terms)


def tsqueries(terms: Sequence[str]) -> list[str]:
    """Each term for to_tsquery('plain_words', ...). A short word is meant whole, for too much begins with "a"; the
    last one may still be on its way."""
    last = len(terms) - 1
    return [
        f"'{term}':*" if len(term) >= PREFIX_FROM or number == last else f"'{term}'"
        for number, term in enumerate(terms)
    ]


def tsquery(terms: Sequence[str]) -> str:
    """All terms."""
    return " & ".join(tsqueries(terms))


# --- Tickets ------------------------------------------------------------------------------------------------------

# The newest tickets, one by one: a common word fills the page from a few of them, and a list of filters that
# has no more tickets than that is searched to its end.
_WALK = """
SELECT f.id, f.opened_at, w.words @@ q.words AS hit, {each}
  FROM (SELECT to_tsquery('plain_words', %s) AS words) q
  CROSS JOIN ({newest}) f
  JOIN customers_ticketwords w ON w.ticket_id = f.id
"""
_WALKED = """
SELECT count(*), array_agg(id ORDER BY opened_at DESC, id DESC) FILTER (WHERE hit), {sums} FROM ({walk}) walk
"""
# By the rarest term through the index; the others are looked for in the rows that it finds (as a function, which
# no index serves). The company stands in the index as a word, and so does the quarter of the opening.
_FOUND = """
SELECT t.id FROM customers_ticketwords w JOIN ({tickets}) t ON t.id = w.ticket_id
 WHERE w.words @@ (to_tsquery('plain_words', %s) && %s::tsquery) AND w.company_id + 0 = %s
   AND ts_match_vq(w.words, to_tsquery('plain_words', %s)) {older}
 ORDER BY w.opened_at DESC, w.ticket_id DESC LIMIT %s
"""


def found_tickets(
    member: Member,
    tickets: QuerySet,
    terms: Sequence[str],
    limit: int,
    after: tuple[datetime, int] | None = None,
) -> list[int]:
    """Ids of those of `tickets` that hold all terms, newest first, at most `limit`, behind `after`."""
    if not terms:
        return []
    behind = tickets
    if after:
        opened_at, last = after
        behind = tickets.filter(Q(opened_at__lt=opened_at) | Q(id__lt=last), opened_at__lte=opened_at)
    try:
        walked, hits, counts = _walk(behind, terms)
    except EmptyResultSet:  # filters that nothing can pass, such as the team of somebody without one
        return []
    if walked < WALKED or len(hits) >= limit:
        return hits[:limit]
    rarest = min(range(len(terms)), key=lambda number: counts[number])
    marks = [] if counts[rarest] <= RARE else [_recent(member.company_id, after[0] if after else clock.now())]
    found: list[int] = []
    for mark in [*marks, f"'~{member.company_id}'"]:
        found = _by_index(member, tickets, terms, rarest, mark, limit, after)
        if len(found) >= limit:
            break
    return found


@contextmanager
def in_index_order() -> Iterator[None]:
    """For a list of which the beginning is read: along an index, never by sorting all there is.

    Without statistics of the company (decision 9) the planner takes every company for a small one, and sorts.
    """
    nested = connection.in_atomic_block
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        yield
        if nested:
            cursor.execute("RESET enable_sort; RESET enable_bitmapscan")


def _walk(tickets: QuerySet, terms: Sequence[str]) -> tuple[int, list[int], list[int]]:
    """(how many were looked at, ids of hits, how many held each term)."""
    newest, given = (
        tickets.order_by("-opened_at", "-id").values("id", "opened_at")[:WALKED].query.sql_with_params()
    )
    each = ", ".join(f"w.words @@ to_tsquery('plain_words', %s) AS has_{n}" for n in range(len(terms)))
    sums = ", ".join(f"count(*) FILTER (WHERE has_{n})" for n in range(len(terms)))
    sql = _WALKED.format(sums=sums, walk=_WALK.format(each=each, newest=newest))
    with in_index_order(), connection.cursor() as cursor:
        cursor.execute(sql, [*tsqueries(terms), tsquery(terms), *given])
        walked, hits, *counts = cursor.fetchone()
    return walked, hits or [], counts


def _by_index(member, tickets, terms, rarest, mark, limit, after) -> list[int]:
    inner, given = tickets.order_by().values("id").query.sql_with_params()
    older = "AND (w.opened_at, w.ticket_id) < (%s, %s)" if after else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND.format(tickets=inner, older=older),
            [
                *given,
                tsqueries(terms)[rarest],
                mark,
                member.company_id,
                tsquery(terms),
                *(after or ()),
                limit,
            ],
        )
        return [ticket_id for (ticket_id,) in cursor.fetchall()]


def _recent(company_id: int, at: datetime) -> str:
    """The half-year before an instant: its quarter and the one before."""
    quarter = at.year * 4 + (at.month - 1) // 3
    return f"'~{company_id}.{quarter}' | '~{company_id}.{quarter - 1}'"


def holding(terms: Sequence[str]) -> RawSQL:
    """A condition over tickets for lists without an end (CSV): holds all terms."""
    return RawSQL(
        "EXISTS (SELECT FROM customers_ticketwords w WHERE w.ticket_id = customers_ticket.id"
        " AND w.words @@ to_tsquery('plain_words', %s))",
        [tsquery(terms)],
        output_field=BooleanField(),
    )


_SNIPPETS = """
SELECT DISTINCT ON (ticket_id) ticket_id, event, occurred_at, actor_id,
       substr(body, greatest(place - 60, 1), 160), place > 61
  FROM (SELECT e.ticket_id, e.event, e.occurred_at, e.actor_id, e.body, e.id,
               (SELECT min(nullif(position(term IN lower(e.body)), 0)) FROM unnest(%(terms)s::text[]) term) AS place
          FROM customers_ticketevent e
         WHERE e.ticket_id = ANY(%(ids)s) AND e.company_id + 0 = %(company)s AND e.body <> ''
        UNION ALL
        SELECT t.id, '', t.opened_at, NULL, t.body, 0,
               (SELECT min(nullif(position(term IN lower(t.body)), 0)) FROM unnest(%(terms)s::text[]) term)
          FROM customers_ticket t
         WHERE t.id = ANY(%(ids)s) AND t.company_id + 0 = %(company)s) b
 WHERE place IS NOT NULL ORDER BY ticket_id, id DESC
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where a term was found outside the subject: event "" is the ticket's own text."""

    event: str
    at: datetime
    text: str
    is_cut: bool


def snippets(member: Member, ticket_ids: Sequence[int], terms: Sequence[str]) -> dict[int, Snippet]:
    """The newest text of each ticket that holds a term; one query, however many."""
    if not ticket_ids or not terms:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SNIPPETS, {"ids": list(ticket_ids), "terms": list(terms), "company": member.company_id}
        )
        return {row[0]: Snippet(row[1], row[2], row[4], row[5]) for row in cursor.fetchall()}


# --- A typo -------------------------------------------------------------------------------------------------------

_CORRECTED = """
WITH vocabulary AS (
  SELECT DISTINCT lexeme FROM (
    SELECT words FROM customers_ticketwords WHERE company_id = %(company)s
     ORDER BY opened_at DESC, ticket_id DESC LIMIT 2000) newest,
    LATERAL unnest(ts_filter(newest.words, '{a,b}'))
  UNION
  SELECT lexeme FROM unnest(%(terms)s::text[]) term
    CROSS JOIN LATERAL (SELECT name FROM customers_customer
                         WHERE company_id = %(company)s AND plain_name(name) %%> term LIMIT 50) named
    CROSS JOIN LATERAL unnest(plain_words(named.name, 300)))
SELECT term, (SELECT lexeme FROM vocabulary
               WHERE length(lexeme) BETWEEN length(term) - 2 AND length(term) + 2
                 AND similarity(lexeme, plain_name(term)) >= 0.25
               ORDER BY similarity(lexeme, plain_name(term)) DESC, lexeme LIMIT 1)
  FROM unnest(%(terms)s::text[]) term
"""


def corrected(member: Member, terms: Sequence[str]) -> list[str]:
    """The terms with likely typos put right by words of new subjects and of customers; [] if there is nothing to."""
    long_enough = [term for term in terms if len(term) >= 4]
    if not long_enough:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTED, {"company": member.company_id, "terms": long_enough})
        better = {term: lexeme for term, lexeme in cursor.fetchall() if lexeme}
    result = [better.get(term, term) for term in terms]
    return result if result != list(terms) else []


# --- Everything, for the palette ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What one typed line leads to, best first; at most eight of each."""

    q: str
    terms: list[str]
    customers: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.customers or self.contacts or self.tickets)


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
    return Found(
        q,
        terms,
        customers=_named(member, _CUSTOMERS, "plain_name(name)", terms),
        contacts=_named(member, _CONTACTS, "plain_name(name || ' ' || email)", terms),
        tickets=_newest(member, terms),
    )


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

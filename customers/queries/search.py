"""Full text: which tickets hold what somebody typed (docs/decisions/0011-search.md).

Every word has to be found, as the beginning of a word from three letters on, without regard to case and accents.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Member
from cs_platform.lib import clock

from .search_words import tsqueries, tsquery

WALKED = 3_000  # so many of the newest tickets are looked at one by one before the index is asked
RARE = 2

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

"""Facts of tickets. One way for all: live writes, imports and timers derive here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Company, Member
from cs_platform.lib import clock
from customers.life import NOBODY, Happening, Life, Statement, live
from customers.models import Survey, Ticket, TicketEvent, TicketStatement
from metrics.facts import FactRow, TimerRow, queue_up, record_facts
from metrics.kinds import TICKET_KINDS, Kind

from .surveys import derive_surveys


@dataclass(frozen=True, slots=True)
class MatchKey:
    """What makes a ticket the follow-up of an earlier one."""

    ticket_id: int
    opened_at: datetime
    requester_email: str
    customer_id: int | None
    category_id: int | None

    @classmethod
    def of(cls, ticket: Ticket) -> "MatchKey":
        return cls(
            ticket.id, ticket.opened_at, ticket.requester_email, ticket.customer_id, ticket.category_id
        )


@transaction.atomic
def derive_tickets(
    company_id: int, ticket_ids: Collection[int], former_keys: Iterable[MatchKey] = ()
) -> None:
    """Derives tickets again: their derived columns, facts and timers, and what depends on these.

    former_keys: of tickets whose requester, customer, category or opening was another before.
    """
    queue_up(company_id)
    window = timedelta(days=Company.objects.only("follow_up_days").get(id=company_id).follow_up_days)
    keys = [*_derive(company_id, ticket_ids, window), *former_keys]
    earlier = _earlier_matches(company_id, keys, set(ticket_ids), window)
    if earlier:
        _derive(company_id, earlier, window)


def _derive(company_id: int, ticket_ids: Collection[int], window: timedelta) -> list[MatchKey]:
    # The row lock comes first: of two writers the second derives from what the first has left.
    tickets = list(
        Ticket.objects.filter(company_id=company_id, id__in=ticket_ids)
        .order_by("id")
        .select_for_update(no_key=True)
    )
    lives = _lives(company_id, tickets)
    _save(tickets, lives)
    now = clock.now()
    matured = [
        t.id
        for t in tickets
        if (at := lives[t.id].resolved_at) is not None and lives[t.id].is_counted and at + window <= now
    ]
    followed = _followed_up(company_id, matured, window)
    facts: list[FactRow] = []
    timers: list[TimerRow] = []
    for ticket in tickets:
        _facts_of(ticket, lives[ticket.id], window, now, followed, facts, timers)
    record_facts(company_id=company_id, kinds=TICKET_KINDS, source_ids=ticket_ids, facts=facts, timers=timers)
    # Answers take their credit, category and channel from the ticket.
    surveys = Survey.objects.filter(company_id=company_id, ticket_id__in=ticket_ids)
    if survey_ids := list(surveys.values_list("id", flat=True)):
        derive_surveys(company_id, survey_ids)
    return [MatchKey.of(ticket) for ticket in tickets]


def _lives(company_id: int, tickets: list[Ticket]) -> dict[int, Life]:
    ids = [ticket.id for ticket in tickets]
    bots = set(Member.objects.filter(company_id=company_id, is_bot=True).values_list("id", flat=True))
    happenings: dict[int, list[Happening]] = {}
    rows = TicketEvent.objects.filter(ticket_id__in=ids).order_by("ticket_id", "occurred_at", "id")
    for ticket_id, at, event, actor, by_requester, assignee, seconds, is_public in rows.values_list(
        "ticket_id", "occurred_at", "event", "actor_id", "by_requester", "assignee_id", "seconds", "is_public"
    ):
        happenings.setdefault(ticket_id, []).append(
            Happening(at, event, actor or NOBODY, by_requester, assignee or NOBODY, seconds, is_public)
        )
    statements = {row.ticket_id: _said(row) for row in TicketStatement.objects.filter(ticket_id__in=ids)}
    return {t.id: live(t.opened_at, happenings.get(t.id, ()), statements.get(t.id), bots) for t in tickets}


_PEOPLE = {"assignee", "first_responder", "resolver"}
_SAID = [(f.name, f"{f.name}_id" if f.name in _PEOPLE else f.name) for f in fields(Statement)]


def _said(row: TicketStatement) -> Statement:
    said: dict[str, Any] = {name: getattr(row, column) for name, column in _SAID}
    return Statement(**(said | {name: said[name] or NOBODY for name in _PEOPLE}))


_DERIVED = {
    "status": "text",
    "assignee": "bigint",
    "first_response_at": "timestamptz",
    "first_responder": "bigint",
    "resolved_at": "timestamptz",
    "resolver": "bigint",
    "last_resolved_at": "timestamptz",
    "reopened_count": "int",
    "closed_at": "timestamptz",
    "handle_seconds": "bigint",
}
_COLUMNS = [f"{name}_id" if name in _PEOPLE else name for name in _DERIVED]
_SAVE = f"""
UPDATE customers_ticket t SET {", ".join(f"{column} = u.{column}" for column in _COLUMNS)}
  FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in _DERIVED.values())}) AS u (id, {", ".join(_COLUMNS)})
 WHERE t.id = u.id AND ({", ".join("t." + column for column in _COLUMNS)})
    IS DISTINCT FROM ({", ".join("u." + column for column in _COLUMNS)})
"""


def _save(tickets: list[Ticket], lives: dict[int, Life]) -> None:
    ids = [ticket.id for ticket in tickets]
    values = []
    for name in _DERIVED:
        column = [getattr(lives[ticket_id], name) for ticket_id in ids]
        values.append([value or None for value in column] if name in _PEOPLE else column)
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [ids, *values])


def _facts_of(
    ticket, life: Life, window: timedelta, now: datetime, followed: set[int], facts: list, timers: list
) -> None:
    """Appends the facts and timers of one ticket; a merged ticket or spam has none."""
    if not life.is_counted:
        return

    def fact(kind: Kind, at: datetime, rep: int, v1: int, v2: int = 0, seq: int = 0) -> None:
        facts.append(
            FactRow(
                kind,
                ticket.id,
                seq,
                rep,
                at,
                v1,
                v2,
                ticket.customer_id or 0,
                ticket.category_id or 0,
                ticket.channel,
            )
        )

    fact(Kind.OPENED, ticket.opened_at, life.assignee_at_opening, 1)
    for seq, (at, rep, change) in enumerate(life.backlog):
        fact(Kind.BACKLOG, at, rep, change, seq=seq)
    for seq, handled in enumerate(life.handled):
        fact(Kind.HANDLE, handled.at, handled.rep, handled.seconds, handled.counts, seq)
    if life.first_response_at:
        seconds = _seconds(life.first_response_at - ticket.opened_at)
        fact(Kind.FIRST_RESPONSE, life.first_response_at, life.first_responder, seconds)
    if life.resolved_at:
        fact(Kind.RESOLVED, life.resolved_at, life.resolver, _seconds(life.resolved_at - ticket.opened_at))
        if life.resolved_at + window <= now:
            reopened = life.is_reopened_within(window)
            solved = not reopened and ticket.id not in followed
            fact(Kind.OUTCOME, life.resolved_at, life.resolver, int(solved), int(reopened))
        else:
            timers.append(TimerRow(Kind.OUTCOME, ticket.id, life.resolved_at + window))
    _service_level(ticket, life, now, fact, timers)


def _service_level(ticket, life: Life, now: datetime, fact, timers: list) -> None:
    """Met at the reply, or missed at the deadline: whichever comes first."""
    due = ticket.first_response_due_at
    if due is None:
        return
    if life.first_response_at and life.first_response_at <= due:
        fact(Kind.SERVICE_LEVEL, life.first_response_at, life.first_responder, 1)
    elif due <= now:
        fact(Kind.SERVICE_LEVEL, due, life.assignee_by(due), 0)
    else:
        timers.append(TimerRow(Kind.SERVICE_LEVEL, ticket.id, due))


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


# A look-up by requester when both have one, else by customer; each an index range of the window. LATERAL with
# a bound keeps it a look-up even for a company of which the planner knows nothing yet.
_MATCH = """
SELECT {result} FROM {given} CROSS JOIN LATERAL (
  SELECT o.id FROM customers_ticket o
   WHERE o.company_id = %(company)s AND o.requester_email = g.requester_email AND {window} AND {same} {bound}) o
 WHERE g.requester_email <> ''
UNION
SELECT {result} FROM {given} CROSS JOIN LATERAL (
  SELECT o.id FROM customers_ticket o
   WHERE o.company_id = %(company)s AND o.customer_id = g.customer_id AND {window} AND {same}
     AND (g.requester_email = '' OR o.requester_email = '') {bound}) o
 WHERE g.customer_id IS NOT NULL
"""
_SAME = "o.id <> g.id AND o.category_id IS NOT DISTINCT FROM g.category_id"
_FOLLOWED = _MATCH.format(
    result="g.id",
    given="(SELECT * FROM customers_ticket WHERE id = ANY(%(ids)s::bigint[])) g",
    window="o.opened_at > g.resolved_at AND o.opened_at <= g.resolved_at + make_interval(secs => %(window)s)",
    same=f"{_SAME} AND o.status NOT IN ('merged', 'spam', 'deleted')",
    bound="LIMIT 1",
)
_EARLIER = _MATCH.format(
    result="o.id",
    given="""unnest(%(ids)s::bigint[], %(opened)s::timestamptz[], %(requester)s::text[], %(customer)s::bigint[],
                    %(category)s::bigint[]) AS g (id, opened_at, requester_email, customer_id, category_id)""",
    window="o.resolved_at < g.opened_at AND o.resolved_at >= g.opened_at - make_interval(secs => %(window)s)",
    same=_SAME,
    bound="OFFSET 0",
)


def _followed_up(company_id: int, ticket_ids: list[int], window: timedelta) -> set[int]:
    """Which of these resolved tickets have a matching other ticket opened in their window."""
    if not ticket_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, {"company": company_id, "ids": ticket_ids, "window": _seconds(window)})
        return {ticket_id for (ticket_id,) in cursor.fetchall()}


def _earlier_matches(company_id: int, keys: list[MatchKey], known: set[int], window: timedelta) -> list[int]:
    """Earlier tickets in whose window one of these was opened: their outcome may be another now."""
    with connection.cursor() as cursor:
        cursor.execute(
            _EARLIER,
            {
                "company": company_id,
                "ids": [key.ticket_id for key in keys],
                "opened": [key.opened_at for key in keys],
                "requester": [key.requester_email for key in keys],
                "customer": [key.customer_id for key in keys],
                "category": [key.category_id for key in keys],
                "window": _seconds(window),
            },
        )
        return sorted({ticket_id for (ticket_id,) in cursor.fetchall()} - known)

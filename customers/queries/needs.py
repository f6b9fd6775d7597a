"""What waits for somebody: a member's own tickets and promises, and what a team or a company has to see to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Least

from accounts.models import Member
from customers.models import UNRESOLVED, Event, Note, Shift, Status, Survey, Ticket, TicketEvent
from metrics.scores import DETRACTOR, DISSATISFIED

from .clocks import NEXT_CLOCK, next_clock

# The highest score that is low: somebody should call.
LOW = {Survey.Kind.CSAT: DISSATISFIED, Survey.Kind.NPS: DETRACTOR}
AHEAD = timedelta(days=7)
COUNTED = 1000  # more unassigned tickets than these are not told apart


def is_low(kind: str, score: int) -> bool:
    return kind in LOW and score <= LOW[Survey.Kind(kind)]


# --- A member's own -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """A member's unresolved tickets: all, those that wait for the customer, and those whose clock has run out."""

    open: int
    waiting: int
    late: int


@dataclass(frozen=True)
class TicketDue:
    """An open ticket that waits for a member. clock: when its next clock ends. is_waiting: the last word is the
    customer's. since: when that was said, or the ticket opened."""

    ticket: Ticket
    clock: datetime | None
    is_waiting: bool
    since: datetime


def load_of(member: Member, now: datetime) -> Load:
    """Clocks run only while a ticket is open: not while it is pending or on hold."""
    late = Q(status=Status.OPEN, clock__lt=now)
    found = (
        _own_tickets(member)
        .annotate(clock=next_clock())
        .aggregate(
            open=Count("id"),
            waiting=Count("id", filter=Q(status=Status.PENDING)),
            late=Count("id", filter=late),
        )
    )
    return Load(**found)


def tickets_due(member: Member, now: datetime, tonight: datetime, most: int) -> list[TicketDue]:
    """The member's open tickets with a clock that ends soon, or that wait for an answer, most urgent first.

    tonight: the end of the reader's day. What waits for an answer is due by then, whatever its clock says.
    """
    said = TicketEvent.objects.filter(
        ticket=OuterRef("pk"), event__in=(Event.REPLIED, Event.CUSTOMER_REPLIED)
    ).order_by("-occurred_at", "-id")
    from_customer = Q(event=Event.CUSTOMER_REPLIED) | Q(by_requester=True)
    last = said.annotate(from_customer=from_customer).values("from_customer")[:1]
    is_waiting = Q(first_response_at__isnull=True) | Q(last_is_customers=True)
    found = (
        _own_tickets(member)
        .filter(status=Status.OPEN)
        .annotate(clock=next_clock(), last_is_customers=Subquery(last))
        .filter(is_waiting | Q(reopened_count__gt=0) | Q(clock__lt=now + AHEAD))
        .annotate(
            is_waiting=Case(When(is_waiting, then=True), default=False),
            by=Case(When(is_waiting, then=Least("clock", tonight)), default=Coalesce("clock", tonight)),
            said_at=Subquery(said.values("occurred_at")[:1]),
        )
        .select_related("customer")
        .only(
            "external_id",
            "subject",
            "opened_at",
            "requester_email",
            "first_response_at",
            "reopened_count",
            "customer__name",
        )
        .order_by("by", "opened_at", "id")[:most]
    )
    return [TicketDue(row, row.clock, row.is_waiting, row.said_at or row.opened_at) for row in found]


def promises_of(member: Member, today: date, most: int) -> list[Note]:
    """What the member promised and has not kept: late, due today, or in the next days."""
    mine = Note.objects.visible_to(member).filter(
        author=member, kept_at__isnull=True, due_on__lte=today + AHEAD
    )
    seen = mine.exclude(ticket__status=Status.DELETED).select_related("customer", "ticket__customer")
    return list(seen.order_by("due_on", "id")[:most])


def shift_of(member: Member, now: datetime, tonight: datetime) -> Shift | None:
    """The shift that the member is on, else the next one that begins today."""
    left = Shift.objects.visible_to(member).filter(member=member, ended_at__gt=now, started_at__lt=tonight)
    return left.order_by("started_at").first()


def _own_tickets(member: Member) -> Any:
    return Ticket.objects.visible_to(member).filter(status__in=UNRESOLVED, assignee=member)


# --- A team's or a company's --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """How many, since when, and the first of them: what noun it is, its id, and what it says."""

    count: int
    since: datetime | None
    noun: str
    ref: int | None
    text: str


# Whose: of the team, or with no team of the whole company. Every piece gives (kind, count, since, noun, ref, text).
_TEAM = "(%(team)s::bigint[] IS NULL OR {} = ANY(%(team)s))"
_OPEN = "company_id = %(company)s AND status = 'open'"
_UNRESOLVED = "t.company_id = %(company)s AND t.status IN ('open', 'pending', 'on_hold')"
_PIECES = {
    "late": f"""
        SELECT 'late', count(*), min(clock), '', count(*) FILTER (WHERE first_response_at IS NULL), ''
          FROM (SELECT first_response_at, {NEXT_CLOCK} AS clock
                  FROM customers_ticket WHERE {_OPEN} AND {_TEAM.format("assignee_id")}) running
         WHERE clock < %(now)s""",
    "unassigned": f"""
        SELECT 'unassigned', count(*), min(opened_at), '', NULL::bigint, ''
          FROM (SELECT opened_at FROM customers_ticket WHERE {_OPEN} AND assignee_id IS NULL
                 LIMIT %(counted)s) waiting""",
    "reopened": f"""
        SELECT 'reopened', count(*), min(t.opened_at), '', NULL::bigint, ''
          FROM customers_ticket t
         WHERE {_UNRESOLVED} AND {_TEAM.format("t.assignee_id")} AND t.reopened_count > 0""",
    "oldest": f"""
        SELECT 'oldest', o.n, o.since, 'member', m.id, m.name FROM (
          SELECT t.assignee_id, count(*) AS n, min(t.opened_at) AS since FROM customers_ticket t
           WHERE {_UNRESOLVED} AND {_TEAM.format("t.assignee_id")} AND t.assignee_id IS NOT NULL
           GROUP BY t.assignee_id ORDER BY since LIMIT 1) o
          JOIN accounts_member m ON m.id = o.assignee_id WHERE o.since < %(week)s""",
    "promises": f"""
        SELECT 'promises', p.n, p.due_on::timestamptz, p.noun, p.ref, p.body FROM (
          SELECT count(*) OVER () AS n, n.due_on, n.body, coalesce(n.customer_id, n.ticket_id) AS ref,
                 CASE WHEN n.customer_id IS NULL THEN 'ticket' ELSE 'customer' END AS noun
            FROM customers_note n LEFT JOIN customers_ticket t ON t.id = n.ticket_id
           WHERE n.company_id = %(company)s AND n.kept_at IS NULL AND n.deleted_at IS NULL AND n.due_on < %(today)s
             AND {_TEAM.format("n.author_id")} AND t.status IS DISTINCT FROM 'deleted'
           ORDER BY n.due_on, n.id LIMIT 1) p""",
    "low": f"""
        SELECT 'low', l.n, l.first_answered_at, l.noun, l.ref, l.comment FROM (
          SELECT count(*) OVER () AS n, s.first_answered_at, s.comment,
                 coalesce(s.ticket_id, s.customer_id) AS ref,
                 CASE WHEN s.ticket_id IS NULL THEN 'customer' ELSE 'ticket' END AS noun
            FROM customers_survey s LEFT JOIN customers_ticket t ON t.id = s.ticket_id
            LEFT JOIN customers_customer c ON c.id = s.customer_id
           WHERE s.company_id = %(company)s AND s.first_answered_at >= %(week)s AND s.comment <> ''
             AND (s.kind = 'csat' AND s.score <= %(csat)s OR s.kind = 'nps' AND s.score <= %(nps)s)
             AND {_TEAM.format("coalesce(s.stated_rep_id, t.resolver_id, t.assignee_id, c.owner_id)")}
             AND t.status IS DISTINCT FROM 'deleted'
           ORDER BY s.first_answered_at DESC LIMIT 1) l""",
    "imports": """
        SELECT 'imports', r.rows_refused, r.started_at, 'import', r.id, r.file_name FROM (
          SELECT * FROM customers_importrun WHERE company_id = %(company)s ORDER BY started_at DESC LIMIT 1) r
         WHERE r.rows_refused > 0 OR r.state = 'failed'""",
}


def needs(
    company_id: int,
    kinds: Collection[str],
    *,
    now: datetime,
    today: date,
    team: Collection[int] | None = None,
) -> dict[str, Found]:
    """What of these kinds there is to see to, in one statement; a kind of which there is nothing is left out.

    "late": open tickets whose clock has run out; ref is how many of them nobody has answered.
    "low": answers of the last seven days with a comment, the newest first. "promises": late ones, the oldest first;
    noun and ref are the ticket or customer. "oldest": whose oldest open ticket is more than a week old.
    """
    values = {
        "company": company_id,
        "team": None if team is None else sorted(team),
        "now": now,
        "today": today,
        "week": now - timedelta(days=7),
        "counted": COUNTED,
        "csat": LOW[Survey.Kind.CSAT],
        "nps": LOW[Survey.Kind.NPS],
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({_PIECES[kind]})" for kind in kinds), values)
        return {kind: Found(*rest) for kind, *rest in cursor.fetchall() if rest[0] or kind == "imports"}

"""The queue: which tickets stand in it, in which order, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib import clock
from customers.models import UNRESOLVED, Status, Ticket

from .clocks import NEXT_CLOCK
from .queue_rows import QueueRow, Wording
from .search import corrected, found_tickets, holding, in_index_order
from .search_words import terms_of

PAGE = 50
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DONE = (Status.RESOLVED, Status.CLOSED)
SEEN = {*Status.values} - {Status.DELETED}
# As the indexes of migration 0006 have it: a clock that stands comes last.
DUE = f"""coalesce(CASE WHEN customers_ticket.status = 'open' THEN {NEXT_CLOCK} END,
  '9999-01-01 00:00:00+00'::timestamptz)"""
_RANK = (
    "(CASE customers_ticket.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'low' THEN 3 ELSE 2 END)"
)


@dataclass(frozen=True)
class Sort:
    title: Any
    column: str
    is_falling: bool = False
    # The indexes of some orders hold unresolved tickets only.
    needs: tuple[str, ...] = tuple(Status.values)


SORTS = {
    "clock": Sort(gettext_lazy("Nearest clock"), "due", needs=UNRESOLVED),
    "priority": Sort(gettext_lazy("Priority"), "rank", needs=UNRESOLVED),
    "newest": Sort(gettext_lazy("Newest"), "opened_at", True),
    "oldest": Sort(gettext_lazy("Oldest"), "opened_at"),
    "resolved": Sort(gettext_lazy("Last resolved"), "last_resolved_at", True, needs=DONE),
}


@dataclass(frozen=True)
class Filters:
    """What is asked of the queue; every empty field asks nothing."""

    states: tuple[str, ...] = UNRESOLVED
    q: str = ""
    assignee: int | None = None
    is_unassigned: bool = False
    team: int | None = None
    category: int | None = None
    customer: int | None = None
    priority: str = ""
    channel: int | None = None
    tag: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    due: str = ""  # "late" or "today"
    is_reopened: bool = False
    resolved_days: int = 0
    sort: str = ""
    after: tuple[int, int] | None = None  # the sort key and the id of the last row of the page before

    @property
    def order(self) -> str:
        """The order that the rows have: of a search always the newest first."""
        if self.terms:
            return "newest"
        return self.sort or ("clock" if set(self.states) <= set(UNRESOLVED) else "newest")

    @property
    def terms(self) -> list[str]:
        return terms_of(self.q)

    def sorts(self) -> dict[str, Sort]:
        if self.terms:
            return {"newest": SORTS["newest"]}
        return {key: sort for key, sort in SORTS.items() if set(self.states) <= set(sort.needs)}


# --- Which tickets ------------------------------------------------------------------------------------------------


def tickets_in(member: Member, filters: Filters) -> QuerySet:
    """The tickets that the filters leave, but for the words that are looked for; in no order."""
    tickets = Ticket.objects.visible_to(member)
    if set(filters.states) < SEEN:
        tickets = Ticket.objects.of(member).filter(status__in=filters.states)
    same = {
        name: value for name in ("priority", "channel") if (value := getattr(filters, name)) not in ("", None)
    }
    same |= {
        f"{name}_id": value
        for name in ("assignee", "category", "customer")
        if (value := getattr(filters, name)) is not None
    }
    tickets = tickets.filter(**same)
    if filters.is_unassigned:
        tickets = tickets.filter(assignee__isnull=True)
    if filters.team:
        manager = Member.objects.visible_to(member).get(id=filters.team)
        today = member.company.today()
        tickets = tickets.filter(assignee_id__in=sorted({*ids_below(manager, today)}))
    if filters.tag:
        tickets = tickets.filter(tags__contains=[filters.tag])
    if filters.is_reopened:
        tickets = tickets.filter(reopened_count__gt=0)
    return _in_time(member, filters, tickets)


def _in_time(member: Member, filters: Filters, tickets: QuerySet) -> QuerySet:
    now = clock.now()
    if filters.opened_from or filters.opened_to:
        zone = timezone.get_current_timezone()
        if filters.opened_from:
            tickets = tickets.filter(opened_at__gte=_midnight(filters.opened_from, zone))
        if filters.opened_to:
            tickets = tickets.filter(opened_at__lt=_midnight(filters.opened_to + timedelta(days=1), zone))
    if filters.due:
        tickets = tickets.filter(status=Status.OPEN).annotate(due=RawSQL(DUE, []))
        tickets = (
            tickets.filter(due__lt=now)
            if filters.due == "late"
            else tickets.filter(due__gte=now, due__lt=tonight())
        )
    if filters.resolved_days:
        tickets = tickets.filter(last_resolved_at__gte=now - timedelta(days=filters.resolved_days))
    return tickets


def _midnight(day: date, zone: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def tonight() -> datetime:
    """The end of the reader's day."""
    return _midnight(
        timezone.localtime(clock.now()).date() + timedelta(days=1), timezone.get_current_timezone()
    )


def _sorted(filters: Filters, tickets: QuerySet) -> QuerySet:
    sort = SORTS[filters.order]
    if sort.column in ("due", "rank"):
        tickets = tickets.annotate(**{sort.column: RawSQL({"due": DUE, "rank": _RANK}[sort.column], [])})
    if sort.column == "last_resolved_at":
        tickets = tickets.filter(last_resolved_at__isnull=False)
    minus = "-" if sort.is_falling else ""
    return tickets.order_by(f"{minus}{sort.column}", f"{minus}id")


def _behind(filters: Filters, tickets: QuerySet) -> QuerySet:
    """The rows after the last one of the page before: by the key, never by counting."""
    if filters.after is None:
        return tickets
    sort = SORTS[filters.order]
    key, last = filters.after
    value = key if sort.column == "rank" else from_micros(key)
    beyond, up_to = ("lt", "lte") if sort.is_falling else ("gt", "gte")
    tie = Q(**{f"{sort.column}__{beyond}": value}) | Q(**{f"id__{beyond}": last})
    return tickets.filter(tie, **{f"{sort.column}__{up_to}": value})


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)


# --- A page -------------------------------------------------------------------------------------------------------

COLUMNS = (
    "id", "external_id", "subject", "status", "priority", "opened_at", "reopened_count", "last_resolved_at",
    "first_response_at", "first_response_due_at", "resolution_due_at", "assignee_id", "assignee__name",
    "customer_id", "customer__name", "category__name", "requester_email",
)  # fmt: skip


@dataclass(frozen=True)
class QueuePage:
    """At most fifty rows. next_after: what the link to the next page says, "" on the last one. instead: the words
    that were looked for when the ones that were typed are nowhere."""

    rows: list[QueueRow] = field(default_factory=list)
    next_after: str = ""
    instead: list[str] = field(default_factory=list)


def queue_page(member: Member, filters: Filters) -> QueuePage:
    tickets = tickets_in(member, filters)
    terms, instead = filters.terms, list[str]()
    if filters.q and not terms:
        return QueuePage()
    if terms:
        found = _search(member, filters, tickets, terms)
        if not found and filters.after is None and (instead := corrected(member, terms)):
            terms, found = instead, _search(member, filters, tickets, instead)
            instead = instead if found else []
        rows = _by_ids(found)
    else:
        ordered = _behind(filters, _sorted(filters, tickets))
        column = SORTS[filters.order].column
        with in_index_order():
            rows = list(ordered.values(*COLUMNS, *({column} - {*COLUMNS}))[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return QueuePage(Wording(member, terms).rows(rows), _cursor(filters, rows[-1]) if more else "", instead)


def _search(member: Member, filters: Filters, tickets: QuerySet, terms: list[str]) -> list[int]:
    after = (from_micros(filters.after[0]), filters.after[1]) if filters.after else None
    return found_tickets(member, tickets, terms, PAGE + 1, after)


def _by_ids(ids: Sequence[int]) -> list[dict[str, Any]]:
    """By id alone: they are the company's already, and its number would only lead the planner to another index."""
    if not ids:
        return []
    return list(Ticket.objects.filter(id__in=ids).order_by("-opened_at", "-id").values(*COLUMNS))


def _cursor(filters: Filters, row: dict[str, Any]) -> str:
    key = row[SORTS[filters.order].column]
    return f"{key if isinstance(key, int) else micros(key)}.{row['id']}"


def export_rows(member: Member, filters: Filters) -> Iterator[tuple]:
    """All rows of the filters, through a cursor of the server."""
    tickets = tickets_in(member, filters)
    if filters.q:
        tickets = tickets.filter(holding(filters.terms)) if filters.terms else tickets.none()
    columns = (
        "external_id", "subject", "customer__name", "requester_email", "status", "priority", "channel",
        "category__name", "assignee__name", "opened_at", "first_response_at", "first_response_due_at",
        "resolution_due_at", "resolved_at", "reopened_count", "tags",
    )  # fmt: skip
    return _sorted(filters, tickets).values_list(*columns).iterator(chunk_size=2_000)

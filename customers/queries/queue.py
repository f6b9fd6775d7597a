"""The queue: which tickets stand in it, in which order, and what a row says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib import clock
from cs_platform.lib.words import duration
from customers.models import UNRESOLVED, Event, SavedView, Status, Ticket

from .search import corrected, found_tickets, holding, holds, marked, snippets, terms_of

PAGE = 50
COUNTED = 1_000
NEAR = timedelta(hours=1)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DONE = (Status.RESOLVED, Status.CLOSED)
SEEN = {*Status.values} - {Status.DELETED}
# As the indexes of migration 0006 have it: the clock runs while a ticket is open; one that stands comes last.
_DUE = """coalesce(CASE WHEN customers_ticket.status = 'open' THEN least(
  CASE WHEN customers_ticket.first_response_at IS NULL THEN customers_ticket.first_response_due_at END,
  customers_ticket.resolution_due_at) END, '9999-01-01 00:00:00+00'::timestamptz)"""
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
        name: value
        for name in ("priority", "channel")
        if (value := getattr(filters, name)) not in ("", None)
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
        today = member.company.zones().day(clock.now())
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
        tickets = tickets.filter(status=Status.OPEN).annotate(due=RawSQL(_DUE, []))
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
    return _midnight(timezone.localtime(clock.now()).date() + timedelta(days=1), timezone.get_current_timezone())


def _sorted(filters: Filters, tickets: QuerySet) -> QuerySet:
    sort = SORTS[filters.order]
    if sort.column in ("due", "rank"):
        tickets = tickets.annotate(**{sort.column: RawSQL({"due": _DUE, "rank": _RANK}[sort.column], [])})
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


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. hit: where a word was found outside the subject. tone: "near", "stop" or ""."""

    id: int
    number: str
    subject: SafeString
    hit: SafeString | str
    customer: SafeString | str
    state: str
    priority: str
    clock: str
    clock_of: str
    tone: str
    icon: str
    assignee: str
    initials: str
    is_mine: bool
    category: str
    age: str


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
        rows = _by_ids(member, found)
    else:
        ordered = _behind(filters, _sorted(filters, tickets))
        column = SORTS[filters.order].column
        rows = list(ordered.values(*COLUMNS, *({column} - {*COLUMNS}))[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return QueuePage(_in_words(member, rows, terms), _cursor(filters, rows[-1]) if more else "", instead)


def _search(member: Member, filters: Filters, tickets: QuerySet, terms: list[str]) -> list[int]:
    after = (from_micros(filters.after[0]), filters.after[1]) if filters.after else None
    return found_tickets(member, tickets, terms, PAGE + 1, after)


def _by_ids(member: Member, ids: Sequence[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    found = Ticket.objects.visible_to(member).filter(id__in=ids).order_by("-opened_at", "-id")
    return list(found.values(*COLUMNS))


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


# --- In words -----------------------------------------------------------------------------------------------------


def _in_words(member: Member, rows: Sequence[dict[str, Any]], terms: Sequence[str]) -> list[QueueRow]:
    now = clock.now()
    labels = dict(Status.choices)
    hidden = [row["id"] for row in rows if terms and not holds(_shown(row), terms)]
    hits = snippets(member, hidden, terms)
    return [_row(member, row, now, labels, terms, hits) for row in rows]


def _shown(row: dict[str, Any]) -> str:
    return f"{row['subject']} {row['customer__name'] or ''}"


def _row(member, row, now: datetime, labels, terms, hits) -> QueueRow:
    words, clock_of, tone, icon = _clock(row, now)
    subject = row["subject"] or _("No subject")
    customer = row["customer__name"] or row["requester_email"]
    reopened = row["status"] == Status.OPEN and row["reopened_count"]
    name = row["assignee__name"] or ""
    mine = row["assignee_id"] == member.id
    return QueueRow(
        row["id"],
        row["external_id"],
        marked(subject, terms) if terms else subject,
        _hit(hits[row["id"]], terms) if row["id"] in hits else "",
        marked(customer, terms) if terms else customer,
        _("Reopened") if reopened else str(labels[row["status"]]),
        row["priority"] if row["priority"] in ("urgent", "high") else "",
        words,
        clock_of,
        tone,
        icon,
        _("You") if mine else name,
        "".join(word[0] for word in (name.split()[:1] + name.split()[1:][-1:])).upper(),
        mine,
        row["category__name"] or "",
        age(now - row["opened_at"]),
    )


def _clock(row: dict[str, Any], now: datetime) -> tuple[str, str, str, str]:
    """(how long there is, of which clock, tone, icon)."""
    status = row["status"]
    if status == Status.PENDING:
        return _("Stopped, with the customer"), "", "stop", "pause"
    if status == Status.ON_HOLD:
        return _("Stopped, on hold"), "", "stop", "pause"
    if status != Status.OPEN:
        at = row["last_resolved_at"]
        return (date_format(timezone.localtime(at), "j M Y"), _("Resolved"), "", "") if at else ("", "", "", "")
    first = row["first_response_due_at"] if row["first_response_at"] is None else None
    due = min(filter(None, (first, row["resolution_due_at"])), default=None)
    if due is None:
        return _("No deadline"), "", "stop", ""
    which = _("First response") if due == first else _("Resolution")
    if due < now:
        return _("%(time)s late") % {"time": duration((now - due).total_seconds())}, which, "near", "late"
    left = due - now
    if left < NEAR:
        return duration(left.total_seconds()), which, "near", "clock"
    if left < timedelta(hours=12):
        return duration(left.total_seconds()), which, "", ""
    local = timezone.localtime(due)
    return date_format(local, "D H:i" if left < timedelta(days=6) else "j M, H:i"), which, "", ""


def age(span: timedelta) -> str:
    """In one unit: 26 min, 17 h, 3 d."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds >= 86_400:
        return _("%(count)s d") % {"count": seconds // 86_400}
    if seconds >= 3_600:
        return _("%(count)s h") % {"count": seconds // 3_600}
    return _("%(count)s min") % {"count": seconds // 60}


def _hit(snippet, terms: Sequence[str]) -> SafeString:
    labels = {**dict(Event.choices), "": _("Text"), Event.REPLIED: _("Reply"), Event.NOTED: _("Note")}
    where = f"{labels.get(snippet.event, '')}, {date_format(timezone.localtime(snippet.at), 'j M')}"
    text = " ".join(snippet.text.split())
    text = text.partition(" ")[2] if snippet.is_cut and " " in text else text
    return mark_safe(f"{escape(where)}: “{marked(text[:110], terms)}”")  # noqa: S308 - both parts are escaped


# --- Counts beside the views --------------------------------------------------------------------------------------

_UNRESOLVED = "status IN ('open', 'pending', 'on_hold')"
_PLAIN_DUE = _DUE.replace("customers_ticket.", "")
_COUNTS = {
    "mine": f"{_UNRESOLVED} AND assignee_id = %(me)s",
    "unassigned": f"{_UNRESOLVED} AND assignee_id IS NULL",
    "today": f"status = 'open' AND {_PLAIN_DUE} >= %(now)s AND {_PLAIN_DUE} < %(tonight)s",
    "late": f"status = 'open' AND {_PLAIN_DUE} < %(now)s",
    "pending": "status = 'pending'",
    "reopened": f"{_UNRESOLVED} AND reopened_count > 0",
    "resolved": "status IN ('resolved', 'closed') AND last_resolved_at >= %(week)s",
    "open": _UNRESOLVED,
}
_COUNT = ", ".join(
    f"(SELECT count(*) FROM (SELECT FROM customers_ticket WHERE company_id = %(company)s AND {condition}"
    f" LIMIT {COUNTED + 1}) c)"
    for condition in _COUNTS.values()
)


def view_counts(member: Member) -> dict[str, str]:
    """How many tickets each view of the house holds, up to a thousand; one statement, each part by its index."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COUNT}",
            {
                "company": member.company_id,
                "me": member.id,
                "now": now,
                "tonight": tonight(),
                "week": now - timedelta(days=7),
            },
        )
        found = cursor.fetchone()
    return {
        key: str(count) if count <= COUNTED else _("1,000+")
        for key, count in zip(_COUNTS, found, strict=True)
    }


def has_tickets(member: Member) -> bool:
    return Ticket.objects.visible_to(member).exists()


def saved_views_of(member: Member) -> list[SavedView]:
    """One's own and the shared views, by name."""
    return list(SavedView.objects.visible_to(member).order_by("name", "id")[:100])

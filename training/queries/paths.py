"""The paths of many: a row a path, from the counts that are stored with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib.words import day as in_words
from training.calendar import business_days
from training.models import Enrolment, Item, Programme
from training.pace import behind, week_of

from .settings import settings_of
from .signoffs import waiting_for

A_PAGE, MANY = 50, 100


@dataclass(frozen=True)
class Row:
    """behind: by how many required parts, compared with what was due before today. weeks: how many the path takes."""

    enrolment: Enrolment
    week: int
    weeks: int
    behind: int
    has_begun: bool

    @property
    def per_cent(self) -> int:
        total = self.enrolment.total
        return round(100 * self.enrolment.done / total) if total else 0


@dataclass(frozen=True)
class Line:
    """A row as it is drawn, in plain words: so that the same row need not be drawn twice."""

    url: str
    name: str
    sub: str
    start: str
    week: str
    done: str
    per_cent: int
    pace: str
    icon: str
    watch: bool


@dataclass(frozen=True)
class PathsPage:
    """own: the reader's paths. waiting: how much waits for the reader's word, counted up to MANY."""

    rows: Sequence[Row]
    page: Page
    own: Sequence[Row]
    waiting: int
    today: date

    @property
    def is_many(self) -> bool:
        return self.waiting >= MANY

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(_line(row, self.today, row.enrolment.member.name) for row in self.rows)

    @property
    def own_lines(self) -> tuple[Line, ...]:
        return tuple(_line(row, self.today, "") for row in self.own)


def own_paths(member: Member) -> QuerySet[Enrolment]:
    """What goes first, then the newest."""
    rows = Enrolment.objects.filter(company_id=member.company_id, member=member)
    return _whole(rows).order_by("state", "-starts_on", "-id")


def paths_of(member: Member) -> QuerySet[Enrolment]:
    """Of people below; for leaders and admins of everybody."""
    rows = Enrolment.objects.filter(company_id=member.company_id).exclude(member_id=member.id)
    if member.sees_everybody:
        return rows
    below = ids_below(member, member.company.today()) if member.leads_people else set()
    return rows.filter(member_id__in=below)


def filtered(
    member: Member, *, programme: Programme | None = None, state: str = "", q: str = ""
) -> QuerySet[Enrolment]:
    """The newest starters first."""
    rows = paths_of(member)
    if programme is not None:
        rows = rows.filter(version__programme=programme)
    if state:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(member__name__icontains=q)
    return _whole(rows).order_by("-starts_on", "-id")


def paths_page(member: Member, number: str | None, **asked: Any) -> PathsPage:
    page = Paginator(filtered(member, **asked), A_PAGE).get_page(number)
    today = member.company.today()
    found, own = list(page.object_list), list(own_paths(member)[:A_PAGE])
    rows = rows_of([*found, *own], today)
    waiting = waiting_for(member).order_by()[:MANY].count()
    return PathsPage(rows[: len(found)], page, rows[len(found) :], waiting, today)


def rows_of(enrolments: Sequence[Enrolment], today: date) -> list[Row]:
    """In two queries, whatever their number."""
    if not enrolments:
        return []
    company_id = enrolments[0].company_id
    holidays = settings_of(company_id).holidays
    dues, weeks = _dues(company_id, {each.version_id for each in enrolments})
    starts = {each.starts_on for each in enrolments}
    days = {start: business_days(start, today, holidays) for start in starts}
    return [_row(each, days[each.starts_on], dues, weeks) for each in enrolments]


def every_row(rows: QuerySet[Enrolment], today: date) -> Iterator[Row]:
    """For a file, a thousand at a time."""
    batch: list[Enrolment] = []
    for enrolment in rows.iterator(chunk_size=1000):
        batch.append(enrolment)
        if len(batch) == 1000:
            yield from rows_of(batch, today)
            batch = []
    yield from rows_of(batch, today)


def _row(enrolment: Enrolment, day: int, dues: dict[int, list[int]], weeks: dict[int, int]) -> Row:
    version = enrolment.version_id
    late = behind(enrolment.done, dues.get(version, []), day) if enrolment.is_active else 0
    return Row(enrolment, week_of(day), weeks.get(version, 1), late, day > 0)


def _line(row: Row, today: date, name: str) -> Line:
    """name: whose path it is, empty for the reader's own."""
    each, programme = row.enrolment, row.enrolment.version.programme.title
    of = _("%(n)s of %(all)s")
    pace, icon = _("On pace"), "check"
    if not each.is_active:
        pace, icon = each.get_state_display(), "check" if each.completed_at else ""
    elif row.behind:
        behind = ngettext("%(n)s part behind", "%(n)s parts behind", row.behind)
        pace, icon = behind % {"n": row.behind}, "alert-triangle"
    week = of % {"n": row.week, "all": row.weeks} if row.has_begun else _("Not yet")
    return Line(
        url=reverse("training:path", args=[each.id]),
        name=name or programme,
        sub=programme if name else "",
        start=in_words(each.starts_on, today),
        week=week if each.is_active else "–",
        done=of % {"n": each.done, "all": each.total},
        per_cent=row.per_cent,
        pace=pace,
        icon=icon,
        watch=bool(row.behind),
    )


def _dues(company_id: int, versions: Iterable[int]) -> tuple[dict[int, list[int]], dict[int, int]]:
    """Of each version the business days on which its required items are due, in order, and its weeks."""
    rows = Item.objects.filter(company_id=company_id, module__of_id__in=versions)
    dues: dict[int, list[int]] = {}
    weeks: dict[int, int] = {}
    for version, due, is_required, week in rows.order_by("due").values_list(
        "module__of_id", "due", "is_required", "module__week"
    ):
        weeks[version] = max(week, weeks.get(version, 1))
        if is_required:
            dues.setdefault(version, []).append(due)
    return dues, weeks


def _whole(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return rows.select_related("member", "version__programme")

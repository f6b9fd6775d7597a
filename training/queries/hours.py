"""Hours of training by person and quarter, from what happened: entries, rides, sessions. Nothing is typed in here."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)

from accounts.models import Member, Team
from accounts.queries import ids_below
from accounts.queries.org import lines_on
from training.models import Entry, Item, RideAlong, Seat

A_PAGE, MONTHS = 50, 3
SECONDS = 60


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @classmethod
    def read(cls, text: str) -> "Quarter | None":
        """2026-Q4, of a year that can be meant; else None."""
        year, _dash, number = text.partition("-Q")
        if not (year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")):
            return None
        return cls(int(year), int(number)) if 1970 <= int(year) <= 2100 else None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def start(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


@dataclass(frozen=True)
class Minutes:
    """own: lessons, quizzes, checklists. seen: what another one judged. rides and sessions: as they were held."""

    own: int = 0
    seen: int = 0
    rides: int = 0
    sessions: int = 0

    @property
    def total(self) -> int:
        return self.own + self.seen + self.rides + self.sessions


@dataclass(frozen=True)
class PersonHours:
    """share: of the longest bar among all that are listed, in per cent."""

    person: Member
    team: str
    minutes: Minutes
    share: float


@dataclass(frozen=True)
class HoursPage:
    quarter: Quarter
    rows: list[PersonHours]
    page: Page
    people: int
    total: int
    teams: list[Team]
    team: Team | None

    @property
    def average(self) -> float:
        return self.total / self.people if self.people else 0


def minutes_in(company_id: int, start: datetime, end: datetime) -> dict[int, Minutes]:
    """{member id: Minutes} of [start, end), in three statements."""
    found: dict[int, Minutes] = {}

    def add(name: str, rows: dict[int, int]) -> None:
        for member, minutes in rows.items():
            found[member] = replace(found.get(member, Minutes()), **{name: minutes})

    own, seen = _of_entries(company_id, start, end)
    add("own", own)
    add("seen", seen)
    add("rides", _of_rides(company_id, start, end))
    add("sessions", _of_sessions(company_id, start, end))
    return found


def hours_page(member: Member, quarter: Quarter, team: int | None, number: str | None) -> HoursPage:
    company, today = member.company, member.company.today()
    teams = list(Team.objects.filter(company_id=company.id).order_by("name")) if member.leads_people else []
    chosen = next((each for each in teams if each.id == team), None)
    rows = _rows(member, quarter, chosen, {each.id: each.name for each in teams}, today)
    page = Paginator(rows, A_PAGE).get_page(number)
    total = sum(row.minutes.total for row in rows)
    return HoursPage(quarter, rows, page, len(rows), total, teams, chosen)


def _rows(
    member: Member, quarter: Quarter, team: Team | None, names: dict[int, str], today: date
) -> list[PersonHours]:
    """Whom the reader may see: who works here, and leavers with hours in the quarter."""
    zones = member.company.zones()
    span = (zones.instant(datetime.combine(day, time())) for day in (quarter.start, quarter.next.start))
    minutes = minutes_in(member.company_id, *span)
    of_team = lines_on(member.company_id, today).team
    people = _visible(member, today).filter(Q(is_active=True) | Q(id__in=minutes)).order_by("name", "id")
    shown = [person for person in people if team is None or of_team.get(person.id) == team.id]
    none = Minutes()
    longest = max((minutes.get(person.id, none).total for person in shown), default=0)
    return [
        PersonHours(
            person=person,
            team=names.get(of_team.get(person.id) or 0, ""),
            minutes=(its := minutes.get(person.id, none)),
            share=100 * its.total / longest if longest else 0,
        )
        for person in shown
    ]


def _visible(member: Member, today: date) -> QuerySet[Member]:
    """A rep the own hours, a manager those of everybody below as well, leaders and admins all."""
    people = Member.objects.visible_to(member).filter(is_stub=False, is_bot=False)
    if member.sees_everybody:
        return people
    below = ids_below(member, today) if member.leads_people else set()
    return people.filter(id__in={member.id, *below})


def _of_entries(company_id: int, start: datetime, end: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """What was done oneself, and what another one judged: the minutes that were noted, else those the item takes.

    Not what comes from a ride or a session, which count as they were held; neither waivers nor what was asked for.
    """
    from_ride = RideAlong.objects.filter(company_id=company_id, entry=OuterRef("id"))
    from_session = Q(item__kind=Item.Kind.SESSION, shown__session__isnull=False)
    rows = (
        Entry.objects.filter(company_id=company_id, at__gte=start, at__lt=end)
        .filter(kind__in=(Entry.Kind.DONE, Entry.Kind.TRY, Entry.Kind.JUDGED))
        .exclude(from_session)
        .exclude(Exists(from_ride))
        .order_by()
        .values("member_id", "kind")
        .annotate(spent=Sum(Case(When(minutes__gt=0, then="minutes"), default="item__minutes")))
    )
    own: dict[int, int] = {}
    seen: dict[int, int] = {}
    for member, kind, spent in rows.values_list("member_id", "kind", "spent"):
        into = seen if kind == Entry.Kind.JUDGED else own
        into[member] = into.get(member, 0) + spent
    return own, seen


def _of_rides(company_id: int, start: datetime, end: datetime) -> dict[int, int]:
    lasted = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    held = RideAlong.objects.filter(company_id=company_id, state=RideAlong.State.HELD)
    rows = held.filter(starts_at__gte=start, starts_at__lt=end).order_by().values("enrolment__member_id")
    spent = rows.annotate(spent=Sum(lasted)).values_list("enrolment__member_id", "spent")
    return {member: int(time_spent.total_seconds() // SECONDS) for member, time_spent in spent}


def _of_sessions(company_id: int, start: datetime, end: datetime) -> dict[int, int]:
    came = Seat.objects.filter(
        company_id=company_id,
        state=Seat.State.ATTENDED,
        session__starts_at__gte=start,
        session__starts_at__lt=end,
        session__cancelled_at__isnull=True,
    )
    rows = came.order_by().values("member_id").annotate(spent=Sum("minutes"))
    return dict(rows.values_list("member_id", "spent"))

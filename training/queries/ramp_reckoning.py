"""The milestones of people who began, computed from rollups and facts in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

from django.db.models import Min
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Company, ReportingLine
from cs_platform.lib import periods
from metrics.comparison import is_counted
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point, point_of
from metrics.queries import memory, present
from training.calendar import business_days
from training.models import Certificate
from training.ramp import (
    COLLEAGUES,
    TRAILING,
    WEEK,
    WEEKS,
    Against,
    against,
    first_full_week,
    trailing,
    whole_weeks,
)

from .ramp_records import Records, Span, first_solo, read_records
from .ramp_starters import Milestone, Ramp, Starter
from .settings import settings_of

DAY = timedelta(days=1)
# Shapes that a week of one person has.
WEEKLY = (Shape.RATE, Shape.SCORE, Shape.COUNT, Shape.PER_HOUR, Shape.DURATION)


def ramps(company: Company, found: Sequence[Starter]) -> list[Ramp]:
    """The ramps of starters of a company, in their order, in a handful of statements."""
    return _Reckoning(company, company.today(), found).ramps() if found else []


@dataclass
class _Reckoning:
    company: Company
    today: date
    found: Sequence[Starter]
    spans: list[Span] = field(init=False)
    _teams: dict[tuple[str, int, date], dict[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = settings_of(self.company.id)
        self.holidays = frozenset(settings.holidays)
        self.pair = [METRICS.get(settings.satisfaction), METRICS.get(settings.productivity)]
        self.spans = [
            (each.member.id, each.start, min(each.start + WEEK * WEEKS, self.today + DAY))
            for each in self.found
            if each.start <= self.today
        ]

    def ramps(self) -> list[Ramp]:
        solo = first_solo(self.company.id, self.spans)
        certified = self._certified()
        return [self._ramp(each, solo, certified) for each in self.found]

    def _ramp(self, starter: Starter, solo: dict[int, date], certified: dict[int, date]) -> Ramp:
        who = starter.member.id
        full, why_not_full, up, why_not_up = self._weekly[who]
        weeks = (up - periods.first_day(starter.start + WEEK - DAY, "week")).days // 7 + 1 if up else None
        rows = [
            ("solo", solo.get(who), None, _("No ticket solved alone yet.")),
            ("full_week", full + 4 * DAY if full else None, None, why_not_full),
            ("certificate", certified.get(who), None, _("No certificate yet.")),
            ("median", up + 4 * DAY if up else None, weeks, why_not_up),
        ]
        told = [
            Milestone(key, on, self._number(starter, on), weeks, "" if on else why)
            for key, on, weeks, why in rows
        ]
        return Ramp(starter, self._number(starter, self.today) or 0, told)

    def _number(self, starter: Starter, on: date | None) -> int | None:
        return business_days(starter.start, on, self.holidays) if on else None

    @cached_property
    def _weekly(self) -> dict[int, tuple[date | None, str, date | None, str]]:
        """{person: first full week and why not, week at the median and why not}: of the same figures the same."""
        spans = sorted(self.spans)
        said = memory.digest(spans, [each and each.key for each in self.pair], get_language())
        version = present(self.company).version
        key = f"ramps:{self.company.id}:{version}:{self.today}:{said}"
        return memory.remembered(
            key, lambda: {each.member.id: (*self._full_week(each), *self._up(each)) for each in self.found}
        )

    # --- Weeks ----------------------------------------------------------------------------------------------------

    def _weeks(self, starter: Starter) -> list[date]:
        return whole_weeks(starter.start, self.today)

    @cached_property
    def _lines(self) -> dict[int, list[tuple[date, int | None]]]:
        ids = [each.member.id for each in self.found]
        rows = ReportingLine.objects.in_force().filter(company_id=self.company.id, member_id__in=ids)
        lines: dict[int, list[tuple[date, int | None]]] = {}
        for who, since, manager in rows.order_by("valid_from").values_list(
            "member_id", "valid_from", "manager_id"
        ):
            lines.setdefault(who, []).append((since, manager))
        return lines

    def _manager(self, starter: Starter, monday: date) -> int | None:
        """Who they report to on the Monday."""
        rows = [manager for since, manager in self._lines.get(starter.member.id, ()) if since <= monday]
        return rows[-1] if rows else None

    @cached_property
    def _records(self) -> Records:
        teams: dict[int, tuple[date, date]] = {}
        for starter in self.found:
            for monday in self._weeks(starter):
                if manager := self._manager(starter, monday):
                    low, high = monday - WEEK * (TRAILING - 1), monday + WEEK
                    known = teams.get(manager, (low, high))
                    teams[manager] = min(known[0], low), max(known[1], high)
        spans = [(manager, *span) for manager, span in teams.items()]
        return read_records(self.company.id, [each for each in self.pair if each], self.spans, spans)

    def _colleagues(self, starter: Starter, monday: date) -> list[int]:
        """Tenured people of the same team who solved a ticket in the week."""
        manager = self._manager(starter, monday) or 0
        return [who for who in self._records.people.get((manager, monday), ()) if who != starter.member.id]

    # --- The first full week --------------------------------------------------------------------------------------

    def _full_week(self, starter: Starter) -> tuple[date | None, str]:
        weeks = self._weeks(starter)
        own = {monday: self._records.own.days(starter.member.id, monday) for monday in weeks}

        def others(monday: date) -> list[int]:
            team = self._records.teams.get(self._manager(starter, monday) or 0)
            return [team.days(who, monday) for who in self._colleagues(starter, monday)] if team else []

        found = first_full_week(weeks, own, others)
        return found, "" if found else self._why_no_week(starter, weeks)

    def _why_no_week(self, starter: Starter, weeks: Sequence[date]) -> str:
        if not weeks:
            return _("No whole week is over yet.")
        if not self._manager(starter, weeks[-1]):
            return _("Reports to nobody, so there is no team to compare with.")
        if not any(len(self._colleagues(starter, monday)) >= COLLEAGUES for monday in weeks):
            return _("Fewer than three tenured colleagues in the team, too few to compare.")
        return _("Not yet.")

    # --- The team's median ----------------------------------------------------------------------------------------

    def _up(self, starter: Starter) -> tuple[date | None, str]:
        satisfaction, productivity = self.pair
        if (
            not (_is_weekly(satisfaction) and _is_weekly(productivity))
            or not satisfaction
            or not productivity
        ):
            return None, _("The pair of the settings cannot be told by week and person.")
        last: list[tuple[Metric, Against]] = []
        for monday in self._weeks(starter):
            last = [
                (satisfaction, self._against(starter, satisfaction, monday, TRAILING)),
                (productivity, self._against(starter, productivity, monday, 1)),
            ]
            if all(found.is_up(metric.direction) for metric, found in last):
                return monday, ""
        return None, self._why_not_up(starter, last)

    def _against(self, starter: Starter, metric: Metric, monday: date, weeks: int) -> Against:
        who = starter.member.id
        own = _point(metric.key, self._records.own.sums(metric, who, trailing(monday, weeks)))
        others = self._team(metric, self._manager(starter, monday) or 0, monday, weeks)
        values = [value for person, value in others.items() if person != who]
        return against(own.value, own.n, _is_enough(metric, own), values)

    def _team(self, metric: Metric, manager: int, monday: date, weeks: int) -> dict[int, float]:
        """The figures of the tenured people of a team who solved a ticket in the week, where they rest on enough."""
        key = metric.key, manager, monday
        if key not in self._teams:
            mondays = trailing(monday, weeks)
            people = self._records.people.get((manager, monday), ())
            points = {
                who: _point(metric.key, self._records.teams[manager].sums(metric, who, mondays))
                for who in people
            }
            self._teams[key] = {
                who: point.value
                for who, point in points.items()
                if point.value is not None and _is_enough(metric, point)
            }
        return self._teams[key]

    def _why_not_up(self, starter: Starter, last: list[tuple[Metric, Against]]) -> str:
        for metric, found in last:
            if not found.enough:
                few = _("%(metric)s: %(n)s, too few to compare (at least %(least)s).")
                return few % {"metric": metric.title, "n": found.n, "least": metric.minimum_n}
        return self._why_no_week(starter, self._weeks(starter))

    # --- What else ------------------------------------------------------------------------------------------------

    def _certified(self) -> dict[int, date]:
        began = {each.member.id: each.start for each in self.found}
        rows = Certificate.objects.filter(company_id=self.company.id, member_id__in=began, revoked_at=None)
        first = rows.values_list("member_id").annotate(at=Min("issued_at"))
        zones = self.company.zones()
        days = {who: zones.day(at) for who, at in first}
        return {who: day for who, day in days.items() if day >= began[who]}


@lru_cache(maxsize=20_000)
def _point(metric: str, sums: tuple[int, ...]) -> Point:
    """Weeks are alike: few sums are told apart, and an interval is not needed of each."""
    return point_of(METRICS[metric], date.min, list(sums))


def _is_weekly(metric: Metric | None) -> bool:
    return metric is not None and metric.shape in WEEKLY


def _is_enough(metric: Metric, point: Point) -> bool:
    return is_counted(metric) or point.n >= metric.minimum_n

"""How fast people become good: milestones of somebody who began, and when others usually reach them. No database here.

Whoever has not come to a milestone yet is not left out: the median and the middle half are those of Kaplan and Meier
(1958), in which somebody who began last week counts for the days that they had.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from cs_platform.lib import periods

WEEK = timedelta(weeks=1)
# How long somebody is followed.
WEEKS = 52
# Who has been there this long is what newcomers are compared with.
TENURED = timedelta(weeks=26)
# The team's median is told of at least so many colleagues.
COLLEAGUES = 3
# Of fewer nothing is shown, of fewer than these nothing is sure.
SHOWN_FROM, SURE_FROM = 3, 30
# Answers are few in a week: satisfaction is taken over so many weeks.
TRAILING = 4


@dataclass(frozen=True)
class Band:
    """When a group came to a milestone, in business days since the start, the first day being 1.

    n: how many began; reached: how many are there. None: fewer than half (or than the quarter) got so far.
    """

    n: int
    reached: int
    low: int | None = None
    middle: int | None = None
    high: int | None = None

    @property
    def is_shown(self) -> bool:
        return self.reached >= SHOWN_FROM and self.middle is not None

    @property
    def is_exploratory(self) -> bool:
        return self.n < SURE_FROM


def band_of(days: Iterable[tuple[int, bool]]) -> Band:
    """days: of each who began, the day on which they got there and True, or the days so far and False."""
    rows = sorted(days)
    n, reached = len(rows), sum(there for _day, there in rows)
    if n < SHOWN_FROM:
        return Band(n, reached)
    marks = [_when(rows, share) for share in (0.25, 0.5, 0.75)]
    return Band(n, reached, *marks)


def _when(rows: Sequence[tuple[int, bool]], share: float) -> int | None:
    """The first day by which the share are there. On a day, who got there comes before who has only been followed."""
    left, waiting = 1.0, len(rows)
    for day in sorted({day for day, _there in rows}):
        here = [there for each, there in rows if each == day]
        left *= 1 - sum(here) / waiting
        waiting -= len(here)
        if 1 - left >= share - 1e-9:
            return day
    return None


def whole_weeks(start: date, until: date, most: int = WEEKS) -> list[date]:
    """Mondays of the weeks that begin on the start or later and have ended before a day."""
    first = periods.first_day(start + WEEK - timedelta(days=1), "week")
    weeks = [first + WEEK * number for number in range(most)]
    return [monday for monday in weeks if monday + WEEK <= until]


def first_full_week(
    weeks: Iterable[date], own: Mapping[date, int], others: Callable[[date], Sequence[int]]
) -> date | None:
    """The first week with a solved ticket on at least as many days as the median colleague.

    own: days with a solved ticket by week. others: the same of the tenured colleagues, only of those who solved any.
    """
    for monday in weeks:
        colleagues = others(monday)
        days = own.get(monday, 0)
        if len(colleagues) >= COLLEAGUES and days and days >= median(colleagues):
            return monday
    return None


@dataclass(frozen=True)
class Against:
    """A figure beside the median of the colleagues. enough: whether it rests on enough observations."""

    value: float | None
    n: int
    enough: bool
    team: float | None
    colleagues: int

    @property
    def can_tell(self) -> bool:
        return self.value is not None and self.enough and self.colleagues >= COLLEAGUES

    def is_up(self, direction: str) -> bool:
        """At the team's median or on the better side of it."""
        if not self.can_tell or self.value is None or self.team is None:
            return False
        return self.value <= self.team if direction == "down" else self.value >= self.team


def against(value: float | None, n: int, enough: bool, others: Collection[float]) -> Against:
    return Against(value, n, enough, median(others) if others else None, len(others))


def trailing(monday: date, weeks: int) -> list[date]:
    """Mondays of the weeks that end with a week."""
    return [monday - WEEK * number for number in range(weeks)]

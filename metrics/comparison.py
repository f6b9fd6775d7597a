"""Is it better than before? Only what two intervals can tell apart is called a change.

One rule for every metric (docs/metrics.md, "Comparing two figures"): the interval of the difference is made
from the two intervals that are shown (Zou and Donner 2008). If it holds 0, there is no clear change.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from .definitions import Metric, Shape
from .intervals import Z
from .points import Point


class Verdict(StrEnum):
    NOTHING = "nothing"  # neither period has observations
    FEW = "few"  # too few now
    FEW_BEFORE = "few_before"
    UNFINISHED = "unfinished"  # a count of a period whose last day is not over
    SAME = "same"  # no clear change
    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"  # clear, but neither is better


@dataclass(frozen=True)
class Change:
    """difference: now minus before, in the metric's unit; None where nothing is compared."""

    verdict: Verdict
    difference: float | None = None

    @property
    def is_clear(self) -> bool:
        return self.verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.OTHER)


def headline(metric: Metric, point: Point) -> float | None:
    """The figure that is shown: of durations the median."""
    return point.median if metric.shape == Shape.DURATION else point.value


def is_counted(metric: Metric) -> bool:
    """Whether the figure is a number of tickets, which has no interval of its own."""
    return metric.shape in (Shape.COUNT, Shape.BACKLOG)


def bounds(metric: Metric, point: Point) -> tuple[float, float] | None:
    """The 95 % interval of the headline figure. Of a count: as of a Poisson count, twice the root."""
    if metric.shape == Shape.DURATION:
        low, high = point.median_low, point.median_high
    elif is_counted(metric):
        half = Z * sqrt(max(point.n, 1))
        low, high = point.n - half, point.n + half
    else:
        low, high = point.low, point.high
    return None if low is None or high is None else (low, high)


def compare(metric: Metric, now: Point, before: Point, days: int = 1, days_before: int = 1) -> Change:
    """The change of a figure. days: of each period, by which counts of periods are made comparable."""
    if not now.n and not before.n:
        return Change(Verdict.NOTHING)
    if not is_counted(metric) and now.n < metric.minimum_n:
        return Change(Verdict.FEW)
    if not is_counted(metric) and before.n < metric.minimum_n:
        return Change(Verdict.FEW_BEFORE)
    if is_counted(metric) and now.n + before.n < 2 * metric.minimum_n:
        return Change(Verdict.FEW)
    scale = days / days_before if metric.shape == Shape.COUNT else 1.0
    return _told_apart(metric, now, before, scale)


def _told_apart(metric: Metric, now: Point, before: Point, scale: float) -> Change:
    value, former = headline(metric, now), headline(metric, before)
    ours, theirs = bounds(metric, now), bounds(metric, before)
    if value is None or former is None or ours is None or theirs is None:
        return Change(Verdict.SAME)
    former, theirs = former * scale, (theirs[0] * scale, theirs[1] * scale)
    difference = value - former
    low = difference - sqrt((value - ours[0]) ** 2 + (theirs[1] - former) ** 2)
    high = difference + sqrt((ours[1] - value) ** 2 + (former - theirs[0]) ** 2)
    if low <= 0 <= high:
        return Change(Verdict.SAME, difference)
    if metric.direction == "none":
        return Change(Verdict.OTHER, difference)
    is_better = (difference > 0) == (metric.direction == "up")
    return Change(Verdict.BETTER if is_better else Verdict.WORSE, difference)


# Of fewer than this a person or a team is shown with its interval, and compared with nobody.
ENOUGH_TO_COMPARE_PEOPLE = 30
# The limits of a funnel plot: of 500 who do not differ, one lies outside.
FUNNEL_Z = 3.0902


def against_others(metric: Metric, one: Point, all_of_them: Point) -> Verdict:
    """A person or team against all others together (of rates only): three standard errors apart, or the same.

    BETTER and WORSE are told at 99.8 %, since a whole table is looked at at once.
    """
    if one.n < metric.minimum_n:
        return Verdict.FEW
    rest = all_of_them.n - one.n
    if metric.shape != Shape.RATE or one.n < ENOUGH_TO_COMPARE_PEOPLE or rest < ENOUGH_TO_COMPARE_PEOPLE:
        return Verdict.NOTHING
    share = ((all_of_them.numerator or 0) - (one.numerator or 0)) / rest
    pooled = (all_of_them.numerator or 0) / all_of_them.n
    error = sqrt(pooled * (1 - pooled) * (1 / one.n + 1 / rest))
    distance = (one.value or 0) - share
    if error == 0 or abs(distance) < FUNNEL_Z * error:
        return Verdict.SAME
    return Verdict.BETTER if (distance > 0) == (metric.direction == "up") else Verdict.WORSE

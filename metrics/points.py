"""From sums to a point: the one place where a value, its n and its interval are made."""

from dataclasses import dataclass
from datetime import date

from .definitions import Metric, Shape
from .intervals import nps_interval, poisson_rate, wilson


@dataclass(slots=True)
class Point:
    """A figure. n is how many observations it rests on; value is None where there are none.

    Rates are fractions, NPS is -100 to 100, durations are seconds with their median, the 95 %
    interval of the median, and p90.
    """

    start: date
    n: int
    numerator: int | None
    denominator: float | None
    value: float | None
    low: float | None = None
    high: float | None = None
    median: float | None = None
    p90: float | None = None
    median_low: float | None = None
    median_high: float | None = None
    approximate: bool = False


def point_of(metric: Metric, start: date, sums: list[int]) -> Point:
    """The point of summed components: the numerator's, then the denominator's."""
    return _MAKERS[metric.shape](start, sums)


def _rate(start: date, sums: list[int]) -> Point:
    part, whole = sums
    return Point(start, whole, part, whole, part / whole if whole else None, *wilson(part, whole))


def _score(start: date, sums: list[int]) -> Point:
    up, down, n = sums
    value = 100 * (up - down) / n if n else None
    return Point(start, n, up - down, n, value, *nps_interval(up, down, n))


def _count(start: date, sums: list[int]) -> Point:
    return Point(start, sums[0], sums[0], None, sums[0])


def _duration(start: date, sums: list[int]) -> Point:
    seconds, n = sums
    return Point(start, n, seconds, n, seconds / n if n else None)


def _per_hour(start: date, sums: list[int]) -> Point:
    tickets, seconds = sums
    hours = seconds / 3600
    return Point(
        start, tickets, tickets, hours, tickets / hours if seconds else None, *poisson_rate(tickets, hours)
    )


_MAKERS = {
    Shape.RATE: _rate,
    Shape.SCORE: _score,
    Shape.COUNT: _count,
    Shape.BACKLOG: _count,
    Shape.DURATION: _duration,
    Shape.PER_HOUR: _per_hour,
}

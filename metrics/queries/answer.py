"""Answers a question about one metric: definition, points, how complete and how fresh they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import Company
from cs_platform.lib import clock, periods
from cs_platform.lib.zones import Zones
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point

from . import backlog, percentiles, retention, sums
from .freshness import pending_since
from .scope import Scope

DAY = timedelta(days=1)


@dataclass
class Answer:
    """A metric over a period, dates inclusive and in the company's zone.

    as_of: every write before it is in. complete_through: the last day whose outcomes can all be known, None
    for metrics that need no time to mature.
    """

    metric: Metric
    scope: Scope
    start: date
    end: date
    grain: str
    time_zone: str
    as_of: datetime
    complete_through: date | None
    points: list[Point] = field(default_factory=list)


def answer(
    company: Company, metric: str, scope: Scope, start: date, end: date, grain: str = "total"
) -> Answer:
    """Raises KeyError for a metric that is none, ValueError for a grain that retention has not."""
    return answers(company, [metric], scope, start, end, grain)[0]


def answers(
    company: Company, metrics: Sequence[str], scope: Scope, start: date, end: date, grain: str = "total"
) -> list[Answer]:
    """The same question about several metrics; what they share is looked up once."""
    now = clock.now()
    zones = company.zones()
    as_of = pending_since(company.id) or now
    complete = complete_through(zones, company.follow_up_days, now)
    found = []
    for definition in [METRICS[metric] for metric in metrics]:
        until = complete if definition.matures else None
        points = _points(definition, scope, start, end, grain, zones.day(now), until)
        zone = zones.at(now).key
        found.append(Answer(definition, scope, start, end, grain, zone, as_of, until, points))
    return found


def complete_through(zones: Zones, window_days: int, now: datetime) -> date:
    """The last local day whose end is a whole window ago."""
    return zones.day(now - timedelta(days=window_days)) - DAY


def _points(
    metric: Metric, scope: Scope, start: date, end: date, grain: str, today: date, complete: date | None
) -> list[Point]:
    if metric.shape == Shape.RETENTION:
        return retention.points(metric, scope, start, end, grain, today)
    if metric.shape == Shape.BACKLOG:
        return backlog.points(metric, scope, start, end, grain, today)
    last = end if complete is None else min(end, complete)
    wanted = list(periods.buckets(start, last if grain != "total" else end, grain))
    found = sums.points(metric, scope, start, last, grain, wanted)
    if metric.shape == Shape.DURATION:
        percentiles.add(metric, scope, start, last, grain, found)
    return found

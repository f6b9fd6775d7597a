"""Answers questions about metrics: definition, points, how complete and how fresh they are.

Whatever is asked of one scope at once is read together: one statement for all sums, one for all percentiles,
one for the backlog, one for retention. A figure asked alone goes the same way, so it is the same figure.
The same questions about the same version of the figures are answered from memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import Company
from cs_platform.lib import periods
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point, point_of
from metrics.registry import computed_of

from . import backlog, memory, percentiles, retention, sums
from .freshness import Present, present
from .scope import Scope

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """A metric over a period, dates inclusive and in the company's zone."""

    metric: str
    start: date
    end: date
    grain: str = "total"


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
    return ask(company, scope, [Question(metric, start, end, grain)])[0]


def answers(
    company: Company, metrics: Sequence[str], scope: Scope, start: date, end: date, grain: str = "total"
) -> list[Answer]:
    """The same question about several metrics."""
    return ask(company, scope, [Question(metric, start, end, grain) for metric in metrics])


def ask(
    company: Company, scope: Scope, questions: Sequence[Question], at: Present | None = None
) -> list[Answer]:
    """Answers in the order of the questions. at: the company's present, if it is known already."""
    at = at or present(company)
    found = [_unanswered(question, scope, at) for question in questions]
    own = [each for each in found if computed_of(each.metric.key) is None]
    _add_remembered(scope, own, at)
    for each in found:
        if computed := computed_of(each.metric.key):
            spans = spans_of(each)
            each.points = computed.points(scope, spans, at)
            for point, (low, _high) in zip(each.points, spans, strict=True):
                point.start = _shown(each, low)
    return found


def _add_remembered(scope: Scope, found: list[Answer], at: Present) -> None:
    if not found:
        return
    questions = [Question(each.metric.key, each.start, each.end, each.grain) for each in found]
    asked = memory.digest(scope, at.today, at.complete, questions)
    key = f"answers:{scope.company_id}:{at.version}:{asked}"
    for each, points in zip(found, memory.remembered(key, lambda: _points(scope, found, at)), strict=True):
        each.points = points


def _points(scope: Scope, found: list[Answer], at: Present) -> list[list[Point]]:
    summed = [each for each in found if each.metric.shape not in (Shape.BACKLOG, Shape.RETENTION)]
    _add_sums(scope, summed, at)
    _add_backlog(scope, [each for each in found if each.metric.shape == Shape.BACKLOG], at)
    _add_retention(scope, [each for each in found if each.metric.shape == Shape.RETENTION], at)
    return [each.points for each in found]


def _unanswered(question: Question, scope: Scope, at: Present) -> Answer:
    metric = METRICS[question.metric]
    complete = at.complete if metric.matures else None
    return Answer(metric, scope, question.start, question.end, question.grain, at.zone, at.as_of, complete)


def spans_of(asked: Answer) -> list[sums.Span]:
    """The days of each of its buckets, as far as their outcomes can be known."""
    last = asked.end if asked.complete_through is None else min(asked.end, asked.complete_through)
    if asked.grain == "total":
        return [(asked.start, last + DAY)]
    return [
        (max(first, asked.start), min(periods.next_bucket(first, asked.grain), last + DAY))
        for first in periods.buckets(asked.start, last, asked.grain)
    ]


def _add_sums(scope: Scope, asked: list[Answer], at: Present) -> None:
    spans = [spans_of(each) for each in asked]
    names = {name for each in asked for name in sums.components(each.metric)}
    found = sums.read(scope, names, {span for each in spans for span in each})
    for each, of_each in zip(asked, spans, strict=True):
        columns = sums.components(each.metric)
        each.points = [
            point_of(each.metric, _shown(each, low), found.of(columns, (low, high))) for low, high in of_each
        ]
    durations = [
        (each.metric, each.points, of_each)
        for each, of_each in zip(asked, spans, strict=True)
        if each.metric.shape == Shape.DURATION
    ]
    percentiles.add(scope, durations, at.version)


def _shown(asked: Answer, low: date) -> date:
    """A bucket is called by its first day, also where the period begins inside it."""
    return low if asked.grain == "total" else periods.first_day(low, asked.grain)


def _add_backlog(scope: Scope, asked: list[Answer], at: Present) -> None:
    buckets = [backlog.lasts_of(each.start, each.end, each.grain, at.today) for each in asked]
    found = backlog.read(scope, {last for of_each in buckets for _, last in of_each})
    for each, of_each in zip(asked, buckets, strict=True):
        each.points = [point_of(each.metric, first, [found[last]]) for first, last in of_each]


def _add_retention(scope: Scope, asked: list[Answer], at: Present) -> None:
    buckets = [retention.pairs_of(each.start, each.end, each.grain, at.today) for each in asked]
    found = retention.compare(scope, {pair for of_each in buckets for _, pair in of_each if pair})
    for each, of_each in zip(asked, buckets, strict=True):
        each.points = [
            retention.point_of(each.metric, shown, found.get(pair) if pair else None)
            for shown, pair in of_each
        ]

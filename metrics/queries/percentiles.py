"""Median and 90th percentile of durations: exact from the facts, from the histogram when these are too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.db import connection

from metrics.definitions import Metric
from metrics.intervals import Z
from metrics.kinds import Kind
from metrics.percentiles import BUCKET, percentile
from metrics.points import Point

from . import memory
from .scope import Level, Scope, fact_rows, parameters, with_below
from .sums import Span

EXACT_UP_TO = 200_000


@dataclass(frozen=True)
class Wanted:
    """A point of a metric and its days."""

    metric: Metric
    point: Point
    span: Span

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Median, p90, and the ranks between which the true median lies 95 times in 100 (as shares)."""
        half = Z / (2 * sqrt(self.point.n))
        return 0.5, 0.9, max(0.0, 0.5 - half), min(1.0, 0.5 + half)

    @property
    def found(self) -> tuple[float | None, ...]:
        return self.point.median, self.point.p90, self.point.median_low, self.point.median_high

    def take(self, values: Sequence[float | None], *, approximate: bool = False) -> None:
        self.point.median, self.point.p90, self.point.median_low, self.point.median_high = values
        self.point.approximate = approximate


def add(scope: Scope, series: Sequence[tuple[Metric, list[Point], list[Span]]], version: str) -> None:
    """Fills in the percentiles of series of points: one statement for all that are exact.

    version: `Present.version`, read before the points were.
    """
    exact: list[Wanted] = []
    for metric, points, spans in series:
        wanted = [Wanted(metric, point, span) for point, span in zip(points, spans, strict=True) if point.n]
        if sum(each.point.n for each in wanted) <= EXACT_UP_TO:
            exact += wanted
        else:
            _about(scope, wanted)
    _exact(scope, exact, version)


def _exact(scope: Scope, wanted: list[Wanted], version: str) -> None:
    keyed = [(_key(scope, each, version), each) for each in wanted]
    known = memory.recall([key for key, _each in keyed])
    for key, each in keyed:
        if key in known:
            each.take(known[key])
    missing = [(key, each) for key, each in keyed if key not in known]
    if missing:
        _look_up(scope, [each for _key, each in missing])
        memory.remember({key: each.found for key, each in missing})


def _look_up(scope: Scope, wanted: list[Wanted]) -> None:
    """Each period is a range of the index, sorted by itself: cheaper than to sort all by period first."""
    facts = fact_rows(scope, "b.low", "b.high", kind="b.kind")
    # Handle time is told per handled pair; seconds that came after a reopening are no pair of their own.
    query = f"""{with_below(scope, of_team=True)}
        SELECT b.number, found.shares
          FROM unnest(%(numbers)s::int[], %(kinds)s::smallint[], %(lows)s::date[], %(highs)s::date[],
                      %(below)s::float8[], %(above)s::float8[]) AS b (number, kind, low, high, below, above)
         CROSS JOIN LATERAL (
           SELECT percentile_cont(ARRAY[0.5, 0.9, b.below, b.above]) WITHIN GROUP (ORDER BY f.v1) AS shares
             FROM {facts} AND (b.kind <> {Kind.HANDLE:d} OR f.v2 = 1)) found
         WHERE found.shares IS NOT NULL"""
    shares = [each.shares for each in wanted]
    asked = {
        "numbers": list(range(len(wanted))),
        "kinds": [int(each.metric.kind or 0) for each in wanted],
        "lows": [each.span[0] for each in wanted],
        "highs": [each.span[1] for each in wanted],
        "below": [low for _, _, low, _ in shares],
        "above": [high for _, _, _, high in shares],
    }
    days = min(each.span[0] for each in wanted), max(each.span[1] for each in wanted)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, *days) | asked)
        for number, values in cursor.fetchall():
            wanted[number].take(values)


def _key(scope: Scope, wanted: Wanted, version: str) -> str:
    whose = f"{scope.company_id}:{version}:{scope.level}:{scope.person_id}:{scope.is_tree:d}"
    point, (low, high) = wanted.point, wanted.span
    return f"percentiles:{whose}:{wanted.metric.kind:d}:{low}:{high}:{point.n}:{point.numerator}"


def _about(scope: Scope, wanted: list[Wanted]) -> None:
    """The points of one metric from log buckets: within 5 %."""
    days: dict[str, date] = {
        "start": min(low for (low, _) in (w.span for w in wanted)),
        "stop": max(high for (_, high) in (w.span for w in wanted)),
    }
    cuts = sorted({day for each in wanted for day in each.span})
    kind = int(wanted[0].metric.kind or 0)
    if scope.level == Level.COMPANY:
        query = (
            "SELECT width_bucket(h.day, %(cuts)s::date[]), h.bucket, sum(h.n)::bigint"
            " FROM metrics_duration_hist h WHERE h.company_id = %(company)s AND h.measure = %(kind)s"
            " AND h.day >= %(start)s AND h.day < %(stop)s GROUP BY 1, 2"
        )
    else:
        counted = " AND f.v2 = 1" if kind == Kind.HANDLE else ""
        query = f"""{with_below(scope, of_team=True)}
            SELECT width_bucket(f.day, %(cuts)s::date[]), {BUCKET} AS bucket, count(*)
              FROM {fact_rows(scope)}{counted} GROUP BY 1, 2"""
    pieces: dict[date, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, days["start"], days["stop"]) | {"kind": kind, "cuts": cuts})
        for piece, bucket, n in cursor.fetchall():
            pieces.setdefault(cuts[piece - 1], {})[bucket] = n
    for each in wanted:
        counts: dict[int, int] = {}
        for first, found in pieces.items():
            if each.span[0] <= first < each.span[1]:
                for bucket, n in found.items():
                    counts[bucket] = counts.get(bucket, 0) + n
        each.take([percentile(counts, share) for share in each.shares], approximate=True)

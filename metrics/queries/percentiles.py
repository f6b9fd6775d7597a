"""Median and 90th percentile of durations: exact from the facts, from the histogram when these are too many."""

from datetime import date, timedelta

from django.db import connection

from cs_platform.lib import periods
from metrics.definitions import Metric
from metrics.kinds import Kind
from metrics.percentiles import BUCKET, percentile
from metrics.points import Point

from .scope import Level, Scope, fact_rows, parameters, with_below
from .sums import bucket

EXACT_UP_TO = 200_000


def add(metric: Metric, scope: Scope, start: date, last: date, grain: str, points: list[Point]) -> None:
    """Fills median and p90 of the points."""
    n = sum(point.n for point in points)
    if not n:
        return
    stop = last + timedelta(days=1)
    if n <= EXACT_UP_TO:
        found = _exact(metric, scope, start, stop, grain, [point.start for point in points if point.n])
    else:
        found = _about(metric, scope, start, stop, grain)
    for point in points:
        if point.n and point.start in found:
            point.median, point.p90 = found[point.start]
            point.approximate = n > EXACT_UP_TO


def _counted(metric: Metric) -> str:
    # Handle time is told per handled pair; seconds that came after a reopening are no pair of their own.
    return " AND f.v2 = 1" if metric.kind == Kind.HANDLE else ""


def _exact(
    metric: Metric, scope: Scope, start: date, stop: date, grain: str, wanted: list[date]
) -> dict[date, tuple[float, float]]:
    """Each bucket is a range of the index, sorted by itself: cheaper than to sort all by bucket first."""
    ends = [stop if grain == "total" else min(periods.next_bucket(first, grain), stop) for first in wanted]
    query = f"""{with_below(scope, of_team=True)}
        SELECT b.first, found.shares
          FROM unnest(%(firsts)s::date[], %(lows)s::date[], %(highs)s::date[]) AS b (first, low, high)
         CROSS JOIN LATERAL (SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY f.v1) AS shares
                               FROM {fact_rows(scope, "b.low", "b.high")}{_counted(metric)}) found
         WHERE found.shares IS NOT NULL"""
    asked = {
        "kind": metric.kind,
        "firsts": wanted,
        "lows": [max(first, start) for first in wanted],
        "highs": ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, start, stop) | asked)
        return {first: tuple(values) for first, values in cursor.fetchall()}


def _about(
    metric: Metric, scope: Scope, start: date, stop: date, grain: str
) -> dict[date, tuple[float, float]]:
    if scope.level == Level.COMPANY:
        rows = (
            "metrics_duration_hist h WHERE h.company_id = %(company)s AND h.measure = %(kind)s"
            " AND h.day >= %(start)s AND h.day < %(stop)s"
        )
        query = f"SELECT {bucket(grain, 'h.day')} AS b, h.bucket, sum(h.n)::bigint FROM {rows} GROUP BY 1, 2"
    else:
        query = f"""{with_below(scope, of_team=True)} SELECT {bucket(grain, "f.day")} AS b, {BUCKET} AS bucket, count(*)
                    FROM {fact_rows(scope)}{_counted(metric)} GROUP BY 1, 2"""
    counts: dict[date, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, start, stop) | {"kind": metric.kind})
        for bucket_start, number, n in cursor.fetchall():
            counts.setdefault(bucket_start, {})[number] = n
    return {start: (percentile(found, 0.5), percentile(found, 0.9)) for start, found in counts.items()}  # type: ignore[misc]

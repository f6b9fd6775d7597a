"""Sums of components by bucket, from the rollups."""

from datetime import date, timedelta

from django.db import connection

from metrics.definitions import Metric
from metrics.points import Point, point_of

from .scope import Scope, parameters, rollup_rows, with_below

BUCKETS = {
    "total": "%(start)s::date",
    "day": "{day}",
    "week": "date_trunc('week', {day}::timestamp)::date",
    "month": "date_trunc('month', {day}::timestamp)::date",
}


def bucket(grain: str, column: str) -> str:
    return BUCKETS[grain].format(day=column)


def points(
    metric: Metric, scope: Scope, start: date, last: date, grain: str, wanted: list[date]
) -> list[Point]:
    """A point for each bucket, also for those in which nothing happened."""
    names = [*metric.numerator, *([metric.denominator] if metric.denominator else [])]
    columns = ", ".join(f"sum(r.{name})::bigint" for name in names)
    query = f"{with_below(scope)} SELECT {bucket(grain, 'r.day')} AS b, {columns} FROM {rollup_rows(scope)} GROUP BY 1"
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, start, last + timedelta(days=1)))
        found = {row[0]: list(row[1:]) for row in cursor.fetchall()}
    empty = [0] * len(names)
    return [point_of(metric, start, found.get(start, empty)) for start in wanted]

"""Retention: recurring revenue of one month against another, customer by customer."""

from datetime import date, timedelta

from django.db import connection

from cs_platform.lib import periods
from metrics.definitions import Metric
from metrics.intervals import ratio_of_sums, wilson
from metrics.kinds import Kind
from metrics.points import Point

from .scope import Level, Scope, parameters, with_below

_COMPARE = """
{below}
SELECT count(*), count(*) FILTER (WHERE e.v1 > 0), sum(s.v1)::bigint, sum(least(greatest(e.v1, 0), s.v1))::bigint,
       sum(greatest(e.v1, 0))::bigint, sum(s.v1::numeric * s.v1)::numeric,
       sum(s.v1::numeric * least(greatest(e.v1, 0), s.v1)), sum(least(greatest(e.v1, 0), s.v1)::numeric ^ 2),
       sum(s.v1::numeric * greatest(e.v1, 0)), sum(greatest(e.v1, 0)::numeric ^ 2)
  FROM metrics_fact s
  LEFT JOIN metrics_fact e ON e.company_id = s.company_id AND e.kind = s.kind AND e.day = %(last)s
        AND e.customer_id = s.customer_id
 WHERE s.company_id = %(company)s AND s.kind = %(kind)s AND s.day = %(first)s AND s.v1 > 0 {owned}
"""
# The team of an owner is that of the first day of the first month.
_MANAGER = """(SELECT l.manager_id FROM accounts_reportingline l
    WHERE l.company_id = s.company_id AND l.member_id = s.rep_id AND l.superseded_at IS NULL AND l.valid_from <= s.day
    ORDER BY l.valid_from DESC LIMIT 1)"""


def points(metric: Metric, scope: Scope, start: date, end: date, grain: str, today: date) -> list[Point]:
    """`total` compares the month of end with that of start; `month` each month on the way."""
    if grain not in ("total", "month"):
        raise ValueError("retention has no grain of days or weeks")
    first = start.replace(day=1)
    months = [end.replace(day=1)] if grain == "total" else list(periods.buckets(start, end, "month"))
    shown = [start] if grain == "total" else months
    held = _months_with_revenue(scope, months)
    return [
        _point(metric, scope, first, month, as_start)
        if month in held and periods.next_bucket(month, "month") <= today
        else Point(as_start, 0, 0, 0, None)
        for month, as_start in zip(months, shown, strict=True)
    ]


def _months_with_revenue(scope: Scope, months: list[date]) -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m FROM unnest(%s::date[]) m WHERE EXISTS (SELECT FROM metrics_fact f"
            " WHERE f.company_id = %s AND f.day = m AND f.kind = %s AND f.v1 > 0)",
            [months, scope.company_id, Kind.REVENUE],
        )
        return {month for (month,) in cursor.fetchall()}


def _owned(scope: Scope) -> str:
    if scope.level == Level.COMPANY:
        return ""
    if scope.level == Level.REP:
        return "AND s.rep_id = %(person)s"
    if scope.is_tree:
        return "AND s.rep_id IN (SELECT member_id FROM below)"
    return f"AND coalesce({_MANAGER}, 0) = %(person)s"


def _point(metric: Metric, scope: Scope, first: date, last: date, shown: date) -> Point:
    query = _COMPARE.format(below=with_below(scope), owned=_owned(scope))
    scoped = parameters(scope, first, first + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(query, scoped | {"first": first, "last": last, "kind": Kind.REVENUE})
        n, kept, begun, gross, net, ss, sg, gg, se, ee = cursor.fetchone()
    if not n:
        return Point(shown, 0, 0, 0, None)
    if metric.key in ("logo_retention", "churn"):
        part = kept if metric.key == "logo_retention" else n - kept
        return Point(shown, n, part, n, part / n, *wilson(part, n))
    # An end that is not there is a null to SQL's sum; all of them together are nothing.
    part = int((gross if metric.key == "gross_revenue_retention" else net) or 0)
    squares = (ss, sg, gg) if metric.key == "gross_revenue_retention" else (ss, se, ee)
    interval = ratio_of_sums(n, begun, part, tuple(float(value or 0) for value in squares))  # type: ignore[arg-type]
    return Point(shown, n, part, begun, part / begun, *interval)

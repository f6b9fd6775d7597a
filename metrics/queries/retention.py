"""Retention: recurring revenue of one month against another, customer by customer."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from cs_platform.lib import periods
from metrics.definitions import Metric
from metrics.intervals import ratio_of_sums, wilson
from metrics.kinds import Kind
from metrics.points import Point

from .scope import Level, Scope, parameters, with_below

Pair = tuple[date, date]  # the month of `from` and the month of `to`
DAY = timedelta(days=1)

# Month by month of each customer, put side by side by grouping: of a join the planner, which knows nothing of
# how many customers there are, may make a comparison of all with all.
KEPT = """
SELECT f.customer_id, max(f.v1) FILTER (WHERE f.day = {first} {owned}) AS s,
       max(f.v1) FILTER (WHERE f.day = {last}) AS e, max(f.rep_id) FILTER (WHERE f.day = {first}) AS rep_id
  FROM metrics_fact f
 WHERE f.company_id = %(company)s AND f.kind = %(kind)s AND f.day = ANY(ARRAY[{first}, {last}])
 GROUP BY f.customer_id
"""
_COMPARE = """
{below}
SELECT p.first, p.last, found.*
  FROM unnest(%(firsts)s::date[], %(lasts)s::date[]) AS p (first, last)
 CROSS JOIN LATERAL (
   SELECT count(*), count(*) FILTER (WHERE c.e > 0), sum(c.s)::bigint,
          sum(least(greatest(c.e, 0), c.s))::bigint, sum(greatest(c.e, 0))::bigint,
          sum(c.s::numeric * c.s)::numeric, sum(c.s::numeric * least(greatest(c.e, 0), c.s)),
          sum(least(greatest(c.e, 0), c.s)::numeric ^ 2), sum(c.s::numeric * greatest(c.e, 0)),
          sum(greatest(c.e, 0)::numeric ^ 2)
     FROM ({kept}) c WHERE c.s > 0) found
 WHERE EXISTS (SELECT FROM metrics_fact h WHERE h.company_id = %(company)s AND h.kind = %(kind)s
                                            AND h.day = p.last AND h.v1 > 0)
"""
# The team of an owner is that of the first day of the first month.
_MANAGER = """(SELECT l.manager_id FROM accounts_reportingline l
    WHERE l.company_id = f.company_id AND l.member_id = f.rep_id AND l.superseded_at IS NULL AND l.valid_from <= f.day
    ORDER BY l.valid_from DESC LIMIT 1)"""
_BELOW = "AND EXISTS (SELECT FROM below w WHERE w.member_id = f.rep_id AND f.day >= w.low AND f.day < w.high)"


def pairs_of(start: date, end: date, grain: str, today: date) -> list[tuple[date, Pair | None]]:
    """(start of the bucket, its months): `total` compares the month of end with that of start, `month` each
    month on the way. No months where the later one has not ended."""
    if grain not in ("total", "month"):
        raise ValueError("retention has no grain of days or weeks")
    first = start.replace(day=1)
    months = [end.replace(day=1)] if grain == "total" else list(periods.buckets(start, end, "month"))
    shown = [start] if grain == "total" else months
    return [
        (bucket, (first, month) if periods.next_bucket(month, "month") <= today else None)
        for bucket, month in zip(shown, months, strict=True)
    ]


def compare(scope: Scope, pairs: Iterable[Pair]) -> dict[Pair, tuple]:
    """Sums of revenue of each pair of months, of those whose later month holds revenue of the company."""
    asked = sorted(set(pairs))
    if not asked:
        return {}
    kept = KEPT.format(first="p.first", last="p.last", owned=owned(scope))
    query = _COMPARE.format(below=with_below(scope), kept=kept)
    firsts, lasts = zip(*asked, strict=True)
    scoped = parameters(scope, min(firsts), max(firsts) + DAY)
    with connection.cursor() as cursor:
        cursor.execute(query, scoped | {"firsts": list(firsts), "lasts": list(lasts), "kind": Kind.REVENUE})
        return {(first, last): tuple(sums) for first, last, *sums in cursor.fetchall()}


def owned(scope: Scope) -> str:
    """The condition that a customer's first month belongs to a scope."""
    if scope.level == Level.COMPANY:
        return ""
    if scope.level == Level.REP:
        return "AND f.rep_id = %(person)s"
    if scope.is_tree:
        return _BELOW
    return f"AND coalesce({_MANAGER}, 0) = %(person)s"


def point_of(metric: Metric, shown: date, sums: tuple | None) -> Point:
    """The point of what `compare` has found for its months."""
    if not sums or not sums[0]:
        return Point(shown, 0, 0, 0, None)
    n, kept, begun, gross, net, ss, sg, gg, se, ee = sums
    if metric.key in ("logo_retention", "churn"):
        part = kept if metric.key == "logo_retention" else n - kept
        return Point(shown, n, part, n, part / n, *wilson(part, n))
    # An end that is not there is a null to SQL's sum; all of them together are nothing.
    part = int((gross if metric.key == "gross_revenue_retention" else net) or 0)
    squares = (ss, sg, gg) if metric.key == "gross_revenue_retention" else (ss, se, ee)
    interval = ratio_of_sums(n, begun, part, tuple(float(value or 0) for value in squares))  # type: ignore[arg-type]
    return Point(shown, n, part, begun, part / begun, *interval)

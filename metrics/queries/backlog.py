"""Tickets open at the end of a day: the sum of all changes up to it, with the people of that day."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from cs_platform.lib import periods

from .scope import BELOW, NOBODY, Level, Scope, parameters

DAY = timedelta(days=1)


def lasts_of(start: date, end: date, grain: str, today: date) -> list[tuple[date, date]]:
    """(first, last) day of each bucket; of one that is still to come, today: what is open now."""
    return [
        (first, min(end if grain == "total" else periods.next_bucket(first, grain) - DAY, end, today))
        for first in periods.buckets(start, end, grain)
    ]


def read(scope: Scope, days: Iterable[date]) -> dict[date, int]:
    """How many tickets are open at the end of each of these days."""
    lasts = sorted(set(days))
    if not lasts:
        return {}
    return _of_team(scope, lasts) if scope.level == Level.MANAGER else _of_rollup(scope, lasts)


_COMPANY = """
SELECT greatest(day, %(start)s::date) AS d, sum(backlog_delta)::bigint FROM metrics_org_day
 WHERE company_id = %(company)s AND level = 0 AND manager_id = 0 AND day < %(stop)s AND backlog_delta <> 0 GROUP BY 1
"""
_REP = """
SELECT greatest(day, %(start)s::date) AS d, sum(backlog_delta)::bigint FROM metrics_rep_day
 WHERE company_id = %(company)s AND rep_id = %(person)s AND day < %(stop)s AND backlog_delta <> 0 GROUP BY 1
"""


def _of_rollup(scope: Scope, lasts: list[date]) -> dict[date, int]:
    query = _COMPANY if scope.level == Level.COMPANY else _REP
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, min(lasts), max(lasts) + DAY))
        changes = dict(cursor.fetchall())
    return _running(changes, lasts)


def _running(changes: dict[date, int], lasts: list[date]) -> dict[date, int]:
    """The sum of all changes up to each day."""
    sums, total, days = {}, 0, sorted(changes)
    position = 0
    for last in sorted(set(lasts)):
        while position < len(days) and days[position] <= last:
            total += changes[days[position]]
            position += 1
        sums[last] = total
    return sums


_BY_REP = """
SELECT r.rep_id, greatest(r.day, %(start)s::date) AS d, sum(r.backlog_delta)::bigint FROM metrics_rep_day r
 WHERE r.company_id = %(company)s AND r.day < %(stop)s AND r.backlog_delta <> 0 {reps} GROUP BY 1, 2
"""
_WHO = "WITH RECURSIVE {below} SELECT member_id, low, high FROM below"
_MANAGED = """
WITH line AS (
  SELECT member_id, manager_id, valid_from AS low,
         coalesce(lead(valid_from) OVER (PARTITION BY member_id ORDER BY valid_from), 'infinity'::date) AS high
    FROM accounts_reportingline WHERE company_id = %(company)s AND superseded_at IS NULL)
SELECT member_id, greatest(low, %(start)s::date), least(high, %(stop)s::date) FROM line
 WHERE manager_id IS NOT NULL AND low < %(stop)s::date AND high > %(start)s::date
"""


def _of_team(scope: Scope, lasts: list[date]) -> dict[date, int]:
    """A rep takes the open tickets along to another team, so changes cannot be summed by team."""
    nobodys = scope.person_id == NOBODY
    scoped = parameters(scope, min(lasts), max(lasts) + DAY)
    with connection.cursor() as cursor:
        cursor.execute(_MANAGED if nobodys else _WHO.format(below=BELOW), scoped)
        spans = cursor.fetchall()
        reps = "" if nobodys else "AND r.rep_id = ANY(%(reps)s::bigint[])"
        cursor.execute(
            _BY_REP.format(reps=reps), scoped | {"reps": [member for member, _low, _high in spans]}
        )
        changes: dict[int, dict[date, int]] = {}
        for rep, day, change in cursor.fetchall():
            changes.setdefault(rep, {})[day] = change
    members: dict[int, list[tuple[date, date]]] = {}
    for member, low, high in spans:
        members.setdefault(member, []).append((low, high))
    totals = dict.fromkeys(lasts, 0)
    for rep, of_rep in changes.items():
        for last, count in _running(of_rep, lasts).items():
            is_below = any(low <= last < high for low, high in members.get(rep, ()))
            if is_below != nobodys:
                totals[last] += count
    return totals

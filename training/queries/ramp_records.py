"""What the ramp is computed from: weeks of people and of teams from the rollups, single tickets from the facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from metrics.definitions import Metric
from metrics.kinds import Kind
from metrics.queries.sums import components
from training.ramp import TENURED

Span = tuple[int, date, date]  # a person or manager, the first day, and the first day that does not count

# Solved by the person while it was theirs or nobody's, with no minute and no first reply of anybody else on it.
_SOLO = """
SELECT p.id, found.day
  FROM unnest(%(ids)s::bigint[], %(lows)s::date[], %(highs)s::date[]) AS p (id, low, high)
 CROSS JOIN LATERAL (
   SELECT f.day FROM metrics_fact f
    WHERE f.company_id = %(company)s AND f.rep_id = p.id AND f.kind = %(resolved)s
      AND f.day >= p.low AND f.day < p.high
      AND EXISTS (SELECT FROM metrics_fact b
                   WHERE b.company_id = f.company_id AND b.kind = %(backlog)s AND b.source_id = f.source_id
                     AND b.occurred_at = f.occurred_at AND b.v1 < 0 AND b.rep_id IN (p.id, 0))
      AND NOT EXISTS (SELECT FROM metrics_fact o
                       WHERE o.company_id = f.company_id AND o.kind = ANY(%(work)s::smallint[])
                         AND o.source_id = f.source_id AND o.rep_id NOT IN (p.id, 0)
                         AND o.occurred_at <= f.occurred_at)
      AND NOT EXISTS (SELECT FROM training_enrolment n
                        JOIN training_entry e ON e.company_id = n.company_id AND e.enrolment_id = n.id
                        JOIN training_item i ON i.id = e.item_id AND i.kind = 'ride_along' AND i.form <> 'solo'
                       WHERE n.company_id = f.company_id AND n.member_id = p.id AND f.source_id = ANY(e.tickets))
    ORDER BY f.day, f.occurred_at, f.source_id LIMIT 1) found
"""

_MONDAY = "r.day - (extract(isodow FROM r.day)::int - 1)"
# Of everybody who began the own weeks (under manager 0), and of each team those of its tenured people.
_WEEKS = """
SELECT 0, r.rep_id, {monday}, count(*) FILTER (WHERE r.res_n > 0), {columns}
  FROM unnest(%(ids)s::bigint[], %(lows)s::date[], %(highs)s::date[]) AS p (id, low, high)
  JOIN metrics_rep_day r ON r.company_id = %(company)s AND r.rep_id = p.id AND r.day >= p.low AND r.day < p.high
 GROUP BY 1, 2, 3
UNION ALL
SELECT r.manager_id, r.rep_id, {monday}, count(*) FILTER (WHERE r.res_n > 0), {columns}
  FROM unnest(%(managers)s::bigint[], %(firsts)s::date[], %(lasts)s::date[]) AS p (id, low, high)
  JOIN metrics_rep_day r ON r.company_id = %(company)s AND r.manager_id = p.id AND r.day >= p.low AND r.day < p.high
  JOIN accounts_member m ON m.id = r.rep_id AND NOT m.is_stub AND NOT m.is_bot
   AND (m.started_on IS NULL OR m.started_on + %(tenured)s <= {monday})
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Week:
    """Of one person. days: on which a ticket was solved. sums: of the components asked for."""

    days: int
    sums: tuple[int, ...]


class Weeks:
    """{(person, Monday): Week}, and the sums of a metric over some of them."""

    def __init__(self, names: Sequence[str], rows: Mapping[tuple[int, date], Week]):
        self._names, self.rows = list(names), rows

    def days(self, person: int, monday: date) -> int:
        week = self.rows.get((person, monday))
        return week.days if week else 0

    def sums(self, metric: Metric, person: int, mondays: Iterable[date]) -> tuple[int, ...]:
        places = [self._names.index(name) for name in components(metric)]
        found = [week.sums for monday in mondays if (week := self.rows.get((person, monday)))]
        return tuple(sum(each[place] for each in found) for place in places)


@dataclass(frozen=True)
class Records:
    """own: of those who began. teams: {manager: weeks of tenured people}. people: {(manager, Monday): who of them
    solved a ticket}."""

    own: Weeks
    teams: Mapping[int, Weeks]
    people: Mapping[tuple[int, date], list[int]]


def read_records(
    company_id: int, metrics: Sequence[Metric], own: Collection[Span], teams: Collection[Span]
) -> Records:
    """One statement, whatever is asked: ranges of the index by person and of that by manager."""
    names = sorted({name for metric in metrics for name in components(metric)})
    found: dict[int, dict[tuple[int, date], Week]] = {0: {}}
    people: dict[tuple[int, date], list[int]] = {}
    for manager, person, monday, days, *sums in _read(company_id, names, own, teams):
        found.setdefault(manager, {})[person, monday] = Week(days, tuple(sums))
        if days and manager:
            people.setdefault((manager, monday), []).append(person)
    weeks = {manager: Weeks(names, rows) for manager, rows in found.items()}
    return Records(weeks.pop(0), weeks, people)


def _read(
    company_id: int, names: Sequence[str], own: Collection[Span], teams: Collection[Span]
) -> list[tuple]:
    columns = ", ".join(f"sum(r.{name})::bigint" for name in names) or "0"
    asked: dict[str, Any] = {"company": company_id, "tenured": TENURED.days}
    asked |= zip(("ids", "lows", "highs"), _columns(own), strict=True)
    asked |= zip(("managers", "firsts", "lasts"), _columns(teams), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS.format(monday=_MONDAY, columns=columns), asked)
        return cursor.fetchall()


def first_solo(company_id: int, spans: Collection[Span]) -> dict[int, date]:
    """{person: the local day of their first ticket solved alone}; tickets noted on ride-alongs are left out."""
    asked: dict[str, Any] = {
        "company": company_id,
        "resolved": Kind.RESOLVED,
        "backlog": Kind.BACKLOG,
        "work": [int(Kind.HANDLE), int(Kind.FIRST_RESPONSE)],
    }
    asked |= zip(("ids", "lows", "highs"), _columns(spans), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_SOLO, asked)
        return dict(cursor.fetchall())


def _columns(spans: Collection[Span]) -> list[list]:
    return [[span[place] for span in spans] for place in range(3)]

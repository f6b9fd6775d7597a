"""Teams of a company or tree, people of a team: who they are on a day, and their figures side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from accounts.queries.org import reports_on
from metrics.definitions import METRICS
from metrics.kinds import Kind
from metrics.points import Point, point_of

from . import memory, sums
from .freshness import Present
from .percentiles import EXACT_UP_TO
from .scope import Level, Scope, parameters, with_below

DAY = timedelta(days=1)
MEDIAN_OF = "first_response_time"


@dataclass(frozen=True)
class Tree:
    """Who reports to whom on a day, of the people at work: {manager: {people}}, 0 for no manager."""

    reports: dict[int, set[int]]

    def below(self, manager: int) -> set[int]:
        """Everybody below a manager, directly or over others."""
        found: set[int] = set()
        waiting = list(self.reports.get(manager, ()))
        while waiting:
            person = waiting.pop()
            if person not in found:
                found.add(person)
                waiting += self.reports.get(person, ())
        return found

    def members_of(self, scope: Scope) -> set[int]:
        """Who makes the rows of a table: the managers of a company or tree, the people of a team."""
        if scope.level == Level.COMPANY:
            return {manager for manager in self.reports if manager}
        own = {scope.person_id}
        if scope.is_tree:
            return own | {person for person in self.below(scope.person_id) if self.reports.get(person)}
        return self.reports.get(scope.person_id, set())


def tree_on(company_id: int, day: date) -> Tree:
    return Tree({manager or 0: below for manager, below in reports_on(company_id, day).items()})


@dataclass
class Apart:
    """The figures of each row over a period, and the sums that rows can be added up from."""

    keys: tuple[str, ...]
    span: tuple[date, date]
    complete: date
    found: dict[int, sums.Sums]

    def points(self, who: Sequence[int]) -> dict[str, Point]:
        """The figures of one row, or of several added up."""
        return {key: self.point(key, who) for key in self.keys}

    def point(self, key: str, who: Sequence[int]) -> Point:
        metric = METRICS[key]
        low, high = self.span
        span = (low, min(high, self.complete + DAY)) if metric.matures else (low, high)
        names = sums.components(metric)
        columns = [self.found[person].of(names, span) for person in who if person in self.found]
        totals = [sum(column) for column in zip(*columns, strict=True)] or [0] * len(names)
        return point_of(metric, low, totals)


def apart(scope: Scope, keys: Sequence[str], start: date, end: date, at: Present) -> Apart:
    """Summed metrics of each row of a scope: of teams by their manager, or of a team's people."""
    span = (start, end + DAY)
    names = {name for key in keys for name in sums.components(METRICS[key])}
    spans = [span, (start, min(end, at.complete) + DAY)]
    return Apart(tuple(keys), span, at.complete, sums.read_apart(scope, names, spans))


_MEDIANS = """
{below}
SELECT {who}, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.v1)
  FROM {rows} JOIN metrics_fact f
    ON f.company_id = %(company)s AND f.kind = %(kind)s AND f.rep_id = r.rep_id AND f.day = r.day
 WHERE r.company_id = %(company)s AND r.day >= %(start)s AND r.day < %(stop)s AND r.frt_n > 0 {whose}
 GROUP BY 1
"""


def medians(scope: Scope, found: Apart, version: str) -> dict[int, float]:
    """The median first response of each row; none where there are too many to sort at once."""
    counts = {who: found.point(MEDIAN_OF, [who]) for who in found.found}
    n = sum(point.n for point in counts.values())
    if not n or n > EXACT_UP_TO:
        return {}
    said = sorted((who, point.n, point.numerator) for who, point in counts.items())
    key = f"medians:{scope.company_id}:{version}:{memory.digest(scope, found.span, said)}"
    return memory.remembered(key, lambda: _medians(scope, *found.span))


def _medians(scope: Scope, start: date, stop: date) -> dict[int, float]:
    who, rows, whose = "r.manager_id", "metrics_rep_day r", ""
    if scope.level == Level.MANAGER and not scope.is_tree:
        who, whose = "r.rep_id", "AND r.manager_id = %(person)s"
    elif scope.is_tree:
        rows = "teams t JOIN metrics_rep_day r ON r.manager_id = t.manager_id AND r.day >= t.low AND r.day < t.high"
    query = _MEDIANS.format(below=with_below(scope), who=who, rows=rows, whose=whose)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, start, stop) | {"kind": Kind.FIRST_RESPONSE})
        return dict(cursor.fetchall())

"""Sums of components over any number of periods: one statement, whatever is asked.

Days are cut where a period begins or ends; the database sums the pieces, and a period is the sum of its
pieces. Components are whole numbers, so that is exact.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from metrics.definitions import Metric

from .scope import Level, Scope, parameters, rollup_rows, with_below

Span = tuple[date, date]  # the first day, and the first day that does not count


@dataclass
class Sums:
    """Running sums of components at the days where pieces begin."""

    cuts: list[date] = field(default_factory=list)
    running: dict[str, list[int]] = field(default_factory=dict)

    def of(self, names: Sequence[str], span: Span) -> list[int]:
        """Sums of some components over a period that was asked for; zeros for one without days."""
        low, high = span
        if low >= high or not self.cuts:
            return [0] * len(names)
        first, stop = bisect_left(self.cuts, low), bisect_left(self.cuts, high)
        return [self.running[name][stop] - self.running[name][first] for name in names]


def components(metric: Metric) -> tuple[str, ...]:
    """The numerator's, then the denominator's."""
    return (*metric.numerator, metric.denominator) if metric.denominator else metric.numerator


def read(scope: Scope, names: Iterable[str], spans: Iterable[Span]) -> Sums:
    """Reads the sums of components over periods, which may overlap."""
    return _read(scope, names, spans, "0", rollup_rows(scope)).get(0) or Sums()


def read_apart(scope: Scope, names: Iterable[str], spans: Iterable[Span]) -> dict[int, Sums]:
    """The same for each team of a company or tree (by its manager), or for each person of a team; 0 is nobody.

    They add up to what `read` finds.
    """
    if scope.level == Level.MANAGER and not scope.is_tree:
        rows = (
            "metrics_rep_day r WHERE r.company_id = %(company)s AND r.manager_id = %(person)s"
            " AND r.day >= %(start)s AND r.day < %(stop)s"
        )
        return _read(scope, names, spans, "r.rep_id", rows)
    rows = rollup_rows(scope)
    if scope.level == Level.COMPANY:
        rows = rows.replace("r.level = 0 AND r.manager_id = 0", "r.level = 1")
    return _read(scope, names, spans, "r.manager_id", rows)


def _read(scope: Scope, names: Iterable[str], spans: Iterable[Span], who: str, rows: str) -> dict[int, Sums]:
    asked = sorted(set(names))
    cuts = sorted({day for low, high in spans if low < high for day in (low, high)})
    if not asked or not cuts:
        return {}
    columns = ", ".join(f"sum(r.{name})::bigint" for name in asked)
    query = (
        f"{with_below(scope)} SELECT {who}, width_bucket(r.day, %(cuts)s::date[]), {columns}"
        f" FROM {rows} GROUP BY 1, 2"
    )
    found: dict[int, list] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, cuts[0], cuts[-1]) | {"cuts": cuts})
        for person, piece, *sums in cursor.fetchall():
            found.setdefault(person, [[0] * len(asked) for _ in cuts])[piece] = sums
    return {
        person: Sums(cuts, dict(zip(asked, map(_running, zip(*pieces, strict=True)), strict=True)))
        for person, pieces in found.items()
    }


def _running(pieces: Sequence[int]) -> list[int]:
    """Piece number k ends where cut number k begins: what was summed up to each cut."""
    sums, total = [], 0
    for piece in pieces:
        total += piece
        sums.append(total)
    return sums

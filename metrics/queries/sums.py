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

from .scope import Scope, parameters, rollup_rows, with_below

Span = tuple[date, date]  # the first day, and the first day that does not count


@dataclass
class Sums:
    """Running sums of components at the days where pieces begin."""

    cuts: list[date] = field(default_factory=list)
    running: dict[str, list[int]] = field(default_factory=dict)

    def of(self, names: Sequence[str], span: Span) -> list[int]:
        """Sums of some components over a period that was asked for; zeros for one without days."""
        low, high = span
        if low >= high:
            return [0] * len(names)
        first, stop = bisect_left(self.cuts, low), bisect_left(self.cuts, high)
        return [self.running[name][stop] - self.running[name][first] for name in names]


def components(metric: Metric) -> tuple[str, ...]:
    """The numerator's, then the denominator's."""
    return (*metric.numerator, metric.denominator) if metric.denominator else metric.numerator


def read(scope: Scope, names: Iterable[str], spans: Iterable[Span]) -> Sums:
    """Reads the sums of components over periods, which may overlap."""
    asked = sorted(set(names))
    cuts = sorted({day for low, high in spans if low < high for day in (low, high)})
    if not asked or not cuts:
        return Sums()
    pieces = [[0] * len(asked) for _ in cuts]
    columns = ", ".join(f"sum(r.{name})::bigint" for name in asked)
    query = (
        f"{with_below(scope)} SELECT width_bucket(r.day, %(cuts)s::date[]), {columns}"
        f" FROM {rollup_rows(scope)} GROUP BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(scope, cuts[0], cuts[-1]) | {"cuts": cuts})
        for piece, *sums in cursor.fetchall():
            pieces[piece] = sums
    return Sums(cuts, dict(zip(asked, map(_running, zip(*pieces, strict=True)), strict=True)))


def _running(pieces: Sequence[int]) -> list[int]:
    """Piece number k ends where cut number k begins: what was summed up to each cut."""
    sums, total = [], 0
    for piece in pieces:
        total += piece
        sums.append(total)
    return sums

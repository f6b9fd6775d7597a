"""The facts behind a figure, newest first, page by page: exactly those that its n counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from metrics.definitions import Metric, Shape
from metrics.kinds import Kind
from metrics.registry import computed_of

from . import retention
from .answer import Answer, spans_of
from .backlog import lasts_of
from .freshness import Present
from .scope import BELOW, NOBODY, Level, fact_rows, parameters, with_below

DAY = timedelta(days=1)
PAGE = 50
CSV_PAGE = 2_000
LAST = date(9999, 12, 31)


class Place(NamedTuple):
    """Where a page ends: rows after it are those that sort below."""

    day: date
    source_id: int
    seq: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.source_id}.{self.seq}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises ValueError for what is no place."""
        day, source_id, seq = text.split(".")
        place = cls(date.fromisoformat(day), int(source_id), int(seq))
        if place.day >= LAST or not 0 <= place.source_id < 2**63 or not 0 <= place.seq < 2**31:
            raise ValueError(text)
        return place


@dataclass(frozen=True)
class SourceRow:
    """A fact behind a figure. rep_id 0 is nobody.

    value, other: the fact's numbers, as `metrics.kinds` says; of retention the amounts of the first and the last
    month. in_numerator: whether it counts as a success, None where the metric has none. is_counted: whether n
    counts it (work after a reopening adds seconds to handle time, but no handling).
    """

    kind: Kind
    place: Place
    rep_id: int
    customer_id: int
    occurred_at: datetime | None
    value: int
    other: int
    in_numerator: bool | None
    is_counted: bool = True


def sources(
    asked: Answer, at: Present, after: Place | None = None, limit: int = PAGE, *, hours: bool = False
) -> list[SourceRow]:
    """A page of the facts behind an answer with the grain total. hours: of tickets per hour the shifts."""
    if computed := computed_of(asked.metric.key):
        return computed.rows(asked, after, limit)
    if asked.metric.shape == Shape.RETENTION:
        return _customers(asked, at, after, limit)
    if asked.metric.shape == Shape.BACKLOG:
        return _open(asked, at, after, limit)
    kind = Kind.STAFFED if hours else asked.metric.kind
    if asked.metric.shape == Shape.PER_HOUR and not hours:
        kind = Kind.RESOLVED
    return _facts(asked, Kind(kind or 0), after, limit, staffed=asked.metric.shape == Shape.PER_HOUR)


def all_sources(asked: Answer, at: Present, *, hours: bool = False) -> Iterator[SourceRow]:
    """Every fact behind an answer."""
    after: Place | None = None
    while rows := sources(asked, at, after, CSV_PAGE, hours=hours):
        yield from rows
        after = rows[-1].place


COLUMNS = "f.day, f.source_id, f.seq, f.rep_id, f.customer_id, f.occurred_at, f.v1, f.v2"
_PAGE = """{below}
SELECT {columns} FROM {rows} AND (f.day, f.source_id, f.seq) < (%(day)s, %(source)s, %(seq)s) {staffed}
 ORDER BY f.day DESC, f.source_id DESC, f.seq DESC LIMIT %(limit)s
"""
_STAFFED = """AND EXISTS (SELECT FROM metrics_rep_day s WHERE s.company_id = %(company)s AND s.rep_id = f.rep_id
                             AND s.day = f.day AND s.staffed_sum > 0)"""


def _facts(asked: Answer, kind: Kind, after: Place | None, limit: int, *, staffed: bool) -> list[SourceRow]:
    scope, (low, high) = asked.scope, spans_of(asked)[0]
    if low >= high:
        return []
    of_person = f"{COLUMNS}, f.company_id"
    query = _PAGE.format(
        below=with_below(scope, of_team=True),
        columns=COLUMNS,
        rows=fact_rows(scope, columns=of_person),
        staffed=_STAFFED if staffed else "",
    )
    last = after or Place(LAST, 0, 0)
    values = parameters(scope, low, min(high, last.day + DAY) if after else high)
    values |= {"kind": kind, "day": last.day, "source": last.source_id, "seq": last.seq, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [_row(asked.metric, kind, *row) for row in cursor.fetchall()]


def _row(
    metric: Metric,
    kind: Kind,
    day: date,
    source: int,
    seq: int,
    rep: int,
    customer: int,
    at,
    v1: int,
    v2: int,
) -> SourceRow:
    counted = kind != Kind.HANDLE or v2 == 1
    place = Place(day, source, seq)
    return SourceRow(kind, place, rep, customer, at, v1, v2, _is_success(metric, kind, v1, v2), counted)


def _is_success(metric: Metric, kind: Kind, v1: int, v2: int) -> bool | None:
    if metric.key == "reopen_rate":
        return v2 == 1
    tops = {Kind.CSAT: 4, Kind.CES: 5, Kind.NPS: 9, Kind.OUTCOME: 1, Kind.SERVICE_LEVEL: 1}
    return v1 >= tops[kind] if kind in tops else None


# A ticket is open with somebody where its changes add up to one; read along the key, newest tickets first.
_OPEN = """
SELECT f.source_id, f.rep_id, max(f.customer_id), max(f.occurred_at) FROM metrics_fact f
 WHERE f.company_id = %(company)s AND f.kind = %(kind)s AND f.day <= %(last)s AND f.source_id < %(source)s {whose}
 GROUP BY f.source_id, f.rep_id HAVING sum(f.v1) > 0
 ORDER BY f.source_id DESC LIMIT %(limit)s
"""
_MANAGED = """
SELECT member_id FROM (
  SELECT DISTINCT ON (member_id) member_id, manager_id FROM accounts_reportingline
   WHERE company_id = %(company)s AND superseded_at IS NULL AND valid_from <= %(start)s
   ORDER BY member_id, valid_from DESC) l WHERE manager_id IS NOT NULL
"""


def _open(asked: Answer, at: Present, after: Place | None, limit: int) -> list[SourceRow]:
    scope = asked.scope
    last = lasts_of(asked.start, asked.end, "total", at.today)[0][1]
    values = parameters(scope, last, last + DAY)
    whose = ""
    with connection.cursor() as cursor:
        if scope.level == Level.REP:
            whose = "AND f.rep_id = %(person)s"
        elif scope.level == Level.MANAGER:
            nobodys = scope.person_id == NOBODY
            cursor.execute(
                _MANAGED if nobodys else f"WITH RECURSIVE {BELOW} SELECT member_id FROM below", values
            )
            values["reps"] = [member for (member,) in cursor.fetchall()]
            whose = f"AND {'NOT ' if nobodys else ''}f.rep_id = ANY(%(reps)s::bigint[])"
        values |= {"kind": Kind.BACKLOG, "last": last, "limit": limit}
        values["source"] = after.source_id if after else 2**62
        cursor.execute(_OPEN.format(whose=whose), values)
        return [
            SourceRow(Kind.BACKLOG, Place(last, source, 0), rep, customer, moved_at, 1, 0, None)
            for source, rep, customer, moved_at in cursor.fetchall()
        ]


_CUSTOMERS = """
{below}
SELECT c.customer_id, c.rep_id, c.s, coalesce(c.e, 0) FROM ({kept}) c
 WHERE c.s > 0 AND c.customer_id < %(source)s ORDER BY c.customer_id DESC LIMIT %(limit)s
"""


def _customers(asked: Answer, at: Present, after: Place | None, limit: int) -> list[SourceRow]:
    if not asked.points[0].n:
        return []
    (_start, pair), *_ = retention.pairs_of(asked.start, asked.end, "total", at.today)
    first, last = pair or (asked.start, asked.end)
    kept = retention.KEPT.format(
        first="%(first)s::date", last="%(last)s::date", owned=retention.owned(asked.scope)
    )
    query = _CUSTOMERS.format(below=with_below(asked.scope), kept=kept)
    values = parameters(asked.scope, first, first + DAY)
    values |= {"kind": Kind.REVENUE, "first": first, "last": last, "limit": limit}
    values["source"] = after.source_id if after else 2**62
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            SourceRow(
                Kind.REVENUE,
                Place(last, customer, 0),
                rep or 0,
                customer,
                None,
                begun,
                ended,
                (ended <= 0) if asked.metric.key == "churn" else ended > 0,
            )
            for customer, rep, begun, ended in cursor.fetchall()
        ]

"""What to write next: scenarios without a published playbook, by tickets times handle time, and who knows them best.

Who resolved how many, how long it took and what customers said are facts of the same 90 days. The database sums them up
to a few rows of each scenario, which are remembered for some minutes: a proposal need not follow each ticket.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib.words import decimal, duration, whole
from metrics.intervals import wilson
from metrics.kinds import Kind
from metrics.queries import memory

from .coverage import Coverage, OfScenario
from .parts import Part
from .words import percent, points, span

FEW = 10  # answers or outcomes: fewer tell nothing
UNWRITTEN = (Part.DRAFT, Part.NONE)


@dataclass(frozen=True)
class Rate:
    """good of n, as a share with its interval; nothing where n is too small to tell."""

    good: int = 0
    n: int = 0

    @property
    def value(self) -> float | None:
        return self.good / self.n if self.n >= FEW else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return wilson(self.good, self.n) if self.n >= FEW else (None, None)


@dataclass(frozen=True)
class Author:
    """Who resolved the most tickets of a scenario, with what became of them."""

    member: Member
    solved: int
    fcr: Rate
    csat: Rate

    @property
    def first_name(self) -> str:
        return self.member.name.split(" ")[0]

    @property
    def text(self) -> str:
        """solved 412, CSAT 93 % (88–96 %), n 118; what customers said, else what stayed solved, else neither."""
        told = _("solved %(n)s") % {"n": whole(self.solved)}
        name, rate = ("CSAT", self.csat) if self.csat.n >= FEW or not self.fcr.n else ("FCR", self.fcr)
        said = {"told": told, "name": name, "value": percent(rate.value), "n": whole(rate.n)}
        if rate.value is None:
            return _("%(told)s, %(name)s n %(n)s, too few to tell") % said
        return _("%(told)s, %(name)s %(value)s (%(span)s), n %(n)s") % {**said, "span": span(*rate.interval)}


@dataclass(frozen=True)
class ToWrite:
    """A scenario that nobody has written down.

    seconds: mean handle time of a ticket, None if nobody timed any. author: None if nobody who is still there resolved
    one, or if the reader may not see whose work it was. points: what it would add to coverage. most: hours of the
    first row.
    """

    scenario: OfScenario
    seconds: float | None
    handled: int
    author: Author | None
    points: float
    most: float = 0.0

    @property
    def hours_text(self) -> str:
        hours = self.hours or 0.0
        return _("%(hours)s h") % {"hours": decimal(hours, 0 if hours >= 10 else 1)}

    @property
    def time_text(self) -> str:
        return duration(self.seconds or 0)

    @property
    def points_text(self) -> str:
        return points(self.points)

    @property
    def width(self) -> str:
        """Of the bar, in percent of the one with the most hours."""
        return f"{100 * (self.hours or 0) / self.most:.1f}" if self.most else "0"

    @property
    def hours(self) -> float | None:
        return self.scenario.n * self.seconds / 3600 if self.seconds is not None else None


@dataclass(frozen=True)
class _Work:
    """Sums of a kind of fact of one scenario: of everybody's handle time, else of who resolved the most."""

    scenario: int
    kind: int
    rep: int
    n: int
    v1: int
    v2: int
    top: int


def next_to_write(found: Coverage, may_read: Callable[[int], bool]) -> list[ToWrite]:
    """The most hours first; without a handle time, by tickets behind those. may_read: whose figures one may read."""
    open_ones = [each for each in found.scenarios if each.part in UNWRITTEN and each.n]
    members = _members(found.company_id) if open_ones else {}
    work: dict[int, list[_Work]] = defaultdict(list)
    for each in _work(found, open_ones, members):
        work[each.scenario].append(each)
    rows = [_row(found, each, work[each.id], members, may_read) for each in open_ones]
    rows.sort(key=lambda row: (-(row.hours or 0), -row.scenario.n, row.scenario.name))
    most = rows[0].hours or 0.0 if rows else 0.0
    return [replace(row, most=most) for row in rows]


def _row(found: Coverage, scenario: OfScenario, work: list[_Work], members: dict, may_read) -> ToWrite:
    timed = [each for each in work if each.kind == Kind.HANDLE]
    seconds, handled = sum(each.v1 for each in timed), sum(each.v2 for each in timed)
    best, solved = next(((each.rep, each.n) for each in work if each.kind == Kind.RESOLVED), (None, 0))
    author = None
    if best is not None and may_read(best):
        author = Author(
            members[best],
            solved,
            _rate(work, Kind.OUTCOME),
            _rate(work, Kind.CSAT),
        )
    return ToWrite(
        scenario, seconds / handled if handled else None, handled, author, found.points(scenario.n)
    )


def _rate(work: Iterable[_Work], kind: Kind) -> Rate:
    own = [each for each in work if each.kind == kind]
    good = sum(each.top if kind == Kind.CSAT else each.v1 for each in own)
    return Rate(good, sum(each.n for each in own))


def _members(company_id: int) -> dict[int, Member]:
    """Who could write."""
    there = Member.objects.active().filter(company_id=company_id, is_bot=False, is_stub=False)
    return {member.id: member for member in there.only("name")}


_FACTS = """
  FROM metrics_fact WHERE company_id = %(company)s AND day >= %(start)s AND day <= %(end)s AND kind"""
_OF_SCENARIO = "JOIN asked o ON o.category = f.category_id AND o.channel = f.channel_id"
# The handle time of everybody; who of those that are there resolved the most; and what became of that. Facts are summed
# up by category and channel first, then by scenario: so none is sorted.
_WORK = f"""
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(scenarios)s::bigint[], %(categories)s::int[], %(channels)s::smallint[])
    AS o (scenario, category, channel)),
handled AS MATERIALIZED (
  SELECT category_id, channel_id, count(*) AS n, sum(v1) AS v1, sum(v2) AS v2 {_FACTS} = %(handle)s
   GROUP BY category_id, channel_id),
resolved AS MATERIALIZED (
  SELECT category_id, channel_id, rep_id, count(*) AS n {_FACTS} = %(resolved)s
   GROUP BY category_id, channel_id, rep_id),
best AS MATERIALIZED (
  SELECT DISTINCT ON (scenario) scenario, rep_id, n
    FROM (SELECT o.scenario, f.rep_id, sum(f.n)::bigint AS n FROM resolved f {_OF_SCENARIO}
           WHERE f.rep_id = ANY(%(members)s) GROUP BY o.scenario, f.rep_id) solved
   ORDER BY scenario, n DESC, rep_id)
SELECT o.scenario, %(handle)s, 0, sum(f.n)::bigint, sum(f.v1)::bigint, sum(f.v2)::bigint, 0
  FROM handled f {_OF_SCENARIO} GROUP BY o.scenario
UNION ALL
SELECT scenario, %(resolved)s, rep_id, n, 0, 0, 0 FROM best
UNION ALL
SELECT b.scenario, f.kind, b.rep_id, sum(f.n)::bigint, sum(f.v1)::bigint, sum(f.v2)::bigint, sum(f.top)::bigint
  FROM best b CROSS JOIN LATERAL (
    SELECT kind, category_id, channel_id, count(*) AS n, sum(v1) AS v1, sum(v2) AS v2,
           count(*) FILTER (WHERE v1 >= 4) AS top {_FACTS} = ANY(%(results)s::smallint[]) AND rep_id = b.rep_id
     GROUP BY kind, category_id, channel_id) f
  JOIN asked o ON o.scenario = b.scenario AND o.category = f.category_id AND o.channel = f.channel_id
 GROUP BY b.scenario, f.kind, b.rep_id
"""


def _work(found: Coverage, scenarios: list[OfScenario], members: Collection[int]) -> list[_Work]:
    asked = [(each.id, *combination) for each in scenarios for combination in sorted(each.combinations)]
    if not asked:
        return []
    there = sorted(members)
    key = f"playbooks:work:{found.company_id}:{memory.digest(asked, there, found.start, found.end)}"
    return [
        _Work(*row)
        for row in memory.remembered(
            key, lambda: _ask(found.company_id, found.start, found.end, asked, there)
        )
    ]


def _ask(
    company_id: int, start: date, end: date, asked: list[tuple[int, int, int]], members: list[int]
) -> list[tuple]:
    scenarios, categories, channels = (list(column) for column in zip(*asked, strict=True))
    values: dict[str, Any] = {
        "company": company_id,
        "handle": int(Kind.HANDLE),
        "resolved": int(Kind.RESOLVED),
        "results": [int(Kind.OUTCOME), int(Kind.CSAT)],
        "start": start,
        "end": end,
        "scenarios": scenarios,
        "categories": categories,
        "channels": channels,
        "members": members,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORK, values)
        return cursor.fetchall()

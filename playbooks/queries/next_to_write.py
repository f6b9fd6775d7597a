"""What to write next: scenarios without a published playbook, by tickets times handle time, and who knows them best.

Who resolved how many, how long it took and what customers said are facts of the same 90 days. They are remembered for
some minutes: a proposal need not follow each ticket.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
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
    """Sums of a kind of fact of one scenario and person."""

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
    work: dict[int, list[_Work]] = defaultdict(list)
    for each in _work(found, open_ones):
        work[each.scenario].append(each)
    members = _members(found.company_id, {each.rep for those in work.values() for each in those})
    rows = [_row(found, each, work[each.id], members, may_read) for each in open_ones]
    rows.sort(key=lambda row: (-(row.hours or 0), -row.scenario.n, row.scenario.name))
    most = rows[0].hours or 0.0 if rows else 0.0
    return [replace(row, most=most) for row in rows]


def _row(found: Coverage, scenario: OfScenario, work: list[_Work], members: dict, may_read) -> ToWrite:
    timed = [each for each in work if each.kind == Kind.HANDLE]
    seconds, handled = sum(each.v1 for each in timed), sum(each.v2 for each in timed)
    solved = {each.rep: each.n for each in work if each.kind == Kind.RESOLVED and each.rep in members}
    best = max(solved, key=lambda rep: (solved[rep], -rep)) if solved else None
    author = None
    if best is not None and may_read(best):
        author = Author(
            members[best],
            solved[best],
            _rate(work, Kind.OUTCOME, best),
            _rate(work, Kind.CSAT, best),
        )
    return ToWrite(
        scenario, seconds / handled if handled else None, handled, author, found.points(scenario.n)
    )


def _rate(work: Iterable[_Work], kind: Kind, rep: int) -> Rate:
    own = [each for each in work if each.kind == kind and each.rep == rep]
    good = sum(each.top if kind == Kind.CSAT else each.v1 for each in own)
    return Rate(good, sum(each.n for each in own))


def _members(company_id: int, ids: set[int]) -> dict[int, Member]:
    there = Member.objects.active().filter(company_id=company_id, is_bot=False, is_stub=False)
    return there.in_bulk(ids - {0}) if ids else {}


KINDS = (Kind.RESOLVED, Kind.OUTCOME, Kind.HANDLE, Kind.CSAT)
_WORK = """
SELECT o.scenario, f.kind, f.rep_id, count(*), sum(f.v1)::bigint, sum(f.v2)::bigint,
       count(*) FILTER (WHERE f.v1 >= 4)
  FROM unnest(%(scenarios)s::bigint[], %(categories)s::int[], %(channels)s::smallint[])
         AS o (scenario, category, channel)
  JOIN metrics_fact f ON f.category_id = o.category AND f.channel_id = o.channel
 WHERE f.company_id = %(company)s AND f.kind = ANY(%(kinds)s::smallint[]) AND f.day >= %(start)s AND f.day <= %(end)s
 GROUP BY o.scenario, f.kind, f.rep_id
"""


def _work(found: Coverage, scenarios: list[OfScenario]) -> list[_Work]:
    asked = [(each.id, *combination) for each in scenarios for combination in sorted(each.combinations)]
    if not asked:
        return []
    key = f"playbooks:work:{found.company_id}:{memory.digest(asked, found.start, found.end)}"
    return [
        _Work(*row)
        for row in memory.remembered(key, lambda: _ask(found.company_id, found.start, found.end, asked))
    ]


def _ask(company_id: int, start: date, end: date, asked: list[tuple[int, int, int]]) -> list[tuple]:
    scenarios, categories, channels = (list(column) for column in zip(*asked, strict=True))
    values: dict[str, Any] = {
        "company": company_id,
        "kinds": [int(kind) for kind in KINDS],
        "start": start,
        "end": end,
        "scenarios": scenarios,
        "categories": categories,
        "channels": channels,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORK, values)
        return cursor.fetchall()

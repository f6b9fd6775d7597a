"""The table below a board: teams of a company, people of a team, by the alphabet and without a rank."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Member
from metrics.comparison import Verdict, against_others
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point
from metrics.queries import Level, Present, Reader, Scope
from metrics.queries.people import MEDIAN_OF, Apart, apart, medians, tree_on

from . import words
from .address import FigureAddress, whose
from .lanes import Aims
from .period import Period

BESIDE = ("fcr", MEDIAN_OF, "tickets_resolved")
# Stands for a person's number in an address that only the number is missing from.
PLACE = 987_654_321_987
VERDICTS = {
    Verdict.BETTER: ("good", gettext_lazy("Better than the others")),
    Verdict.WORSE: ("watch", gettext_lazy("Worse than the others")),
    Verdict.SAME: ("", gettext_lazy("As the others")),
}


@dataclass(frozen=True)
class Row:
    """person: a member's id, 0 for nobody, None for several whom the reader may not open."""

    person: int | None
    name: str
    sub: str
    href: str
    points: dict[str, Point]
    median: float | None
    verdict: Verdict
    scope: Scope | None
    reports: int = 0


@dataclass
class People:
    """rows in the order of the alphabet, then nobody, then those the reader may not open, added up."""

    title: str
    of_teams: bool
    metric: Metric
    scope: Scope
    start: date
    end: date
    complete: date
    total: Point
    rows: list[Row] = field(default_factory=list)
    teams: int = 0
    heads: int = 0

    @cached_property
    def axis(self) -> tuple[float, float]:
        """Where the scale of the intervals begins and ends."""
        shown = [p for row in self.rows if (p := row.points[self.metric.key]).n >= self.metric.minimum_n]
        lows = [point.low for point in shown if point.low is not None]
        highs = [point.high for point in shown if point.high is not None]
        if not lows or not highs:
            return (0.0, 1.0) if self.metric.unit == "fraction" else (-100.0, 100.0)
        step = 0.05 if self.metric.unit == "fraction" else 10.0
        return step * (min(lows) // step), step * -(-max(highs) // step)

    @property
    def axis_text(self) -> list[str]:
        return [words.in_words(self.metric, end) for end in self.axis]

    def explain(self, row: Row, key: str) -> str:
        """Where a figure of a row is explained; nothing for rows that are several. There may be hundreds of rows,
        so what they share is put together once."""
        if row.scope is None:
            return ""
        before, after = self._explained[key]
        return f"{before}{whose(row.scope.person_id)}{after}"

    @cached_property
    def _explained(self) -> dict[str, tuple[str, str]]:
        level = Level.MANAGER if self.of_teams else Level.REP
        scope = Scope(self.scope.company_id, level, PLACE)
        found = {}
        for key in dict.fromkeys((self.metric.key, *BESIDE)):
            before, after = FigureAddress(key, scope, self.start, self.end).explain.split(str(PLACE))
            found[key] = before, after
        return found


def people(reader: Reader, scope: Scope, period: Period, aims: Aims, at: Present) -> People:
    """The table of a scope: rows that add up to the scope's own figures."""
    metric = METRICS[next(key for key in (*aims.focus.values(), "csat") if _is_shown(key))]
    keys = tuple(dict.fromkeys((metric.key, *BESIDE)))
    tree = tree_on(scope.company_id, period.end)
    found = apart(scope, keys, period.start, period.end, at)
    of_teams = scope.level == Level.COMPANY or scope.is_tree
    total = found.point(metric.key, list(found.found))
    table = People(
        _("Teams") if of_teams else _("People"),
        of_teams,
        metric,
        scope,
        period.start,
        period.end,
        at.complete,
        total,
        teams=sum(1 for manager in tree.reports if manager),
        heads=sum(map(len, tree.reports.values())),
    )
    ids = tree.members_of(scope) | set(found.found)
    middles = medians(scope, found, at.version)
    table.rows = list(_rows(reader, table, ids, found, middles, tree.reports))
    return table


def _is_shown(key: str) -> bool:
    return METRICS[key].shape in (Shape.RATE, Shape.SCORE)


def _rows(
    reader: Reader, table: People, ids: set[int], found: Apart, middles: dict, reports: dict[int, set[int]]
) -> Iterator[Row]:
    level = Level.MANAGER if table.of_teams else Level.REP
    scopes = {person: Scope(table.scope.company_id, level, person) for person in ids}
    shown = {person for person in ids if reader.can_read(scopes[person])}
    named = Member.objects.filter(company_id=table.scope.company_id).only("name", "is_stub", "is_active")
    members = named.in_bulk(shown - {0})
    for person in sorted(shown - {0}, key=lambda person: (members[person].name.casefold(), person)):
        member = members[person]
        points = found.points([person])
        verdict = Verdict.NOTHING if member.is_stub else _verdict(table, points)
        span = len(reports.get(person, ()))
        yield Row(
            person,
            member.name,
            _about(member, span if table.of_teams else 0),
            _board(level, person),
            points,
            middles.get(person),
            verdict,
            scopes[person],
            span,
        )
    if 0 in shown and 0 in found.found:
        name = _("Without a team") if table.of_teams else _("Nobody")
        sub = "" if table.of_teams else _("Nobody had it")
        yield Row(
            0,
            name,
            sub,
            _board(level, 0),
            found.points([0]),
            middles.get(0),
            Verdict.NOTHING,
            scopes[0],
        )
    if hidden := sorted(ids - shown):
        yield _hidden(table, hidden, found)


def _hidden(table: People, hidden: list[int], found: Apart) -> Row:
    n = len(set(hidden) - {0})
    if table.of_teams:
        name = ngettext("%(n)s team you may not open", "%(n)s teams you may not open", n) % {"n": n}
        nobody = _("what is in no team")
    else:
        name = ngettext("%(n)s person you may not open", "%(n)s people you may not open", n) % {"n": n}
        nobody = _("what nobody had")
    if 0 in hidden:
        name = _("%(others)s, and %(nobody)s") % {"others": name, "nobody": nobody} if n else capfirst(nobody)
    return Row(None, name, "", "", found.points(hidden), None, Verdict.NOTHING, None)


def _about(member: Member, reports: int) -> str:
    if member.is_stub:
        return _("Named by a file, not compared")
    if not member.is_active:
        return _("Has left")
    return ngettext("%(n)s person", "%(n)s people", reports) % {"n": reports} if reports else ""


def _board(level: Level, person: int) -> str:
    name = "boards:team" if level == Level.MANAGER else "boards:rep"
    return reverse(name, args=[whose(person)])


def _verdict(table: People, points: dict[str, Point]) -> Verdict:
    return against_others(table.metric, points[table.metric.key], table.total)


def as_rows(table: People) -> Iterator[list]:
    """The table as rows of a file: every figure with its parts, unrounded."""
    for row in table.rows:
        point = row.points[table.metric.key]
        line: list = [row.name, row.sub, point.n, point.value, point.low, point.high]
        if row.verdict in VERDICTS:
            line.append(str(VERDICTS[row.verdict][1]))
        else:
            line.append(words.few(table.metric, point.n) if row.verdict == Verdict.FEW else "")
        fcr, response, resolved = (row.points[key] for key in BESIDE)
        yield [*line, fcr.n, fcr.value, response.n, row.median, resolved.n]


def header(table: People) -> list[str]:
    title = str(table.metric.title)
    return [
        _("Team of") if table.of_teams else _("Person"),
        _("Note"),
        _("%(metric)s, n") % {"metric": title},
        title,
        _("%(metric)s, 95 %% low") % {"metric": title},
        _("%(metric)s, 95 %% high") % {"metric": title},
        _("Against the others"),
        _("First contact resolution, n"),
        _("First contact resolution"),
        _("First replies"),
        _("First response, median seconds"),
        _("Tickets resolved"),
    ]

"""A board: everything that the page of a company, a team or a person shows, read in a few statements."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import Member
from metrics.models import Lane
from metrics.queries import Level, Present, Reader, Scope, ask, present

from . import trend as trends
from .lanes import Aims, LaneOfTiles, aims_of, lanes
from .lede import lede
from .people import People, people
from .period import LAST_28, Period, period
from .tiles import Tile, questions, tiles
from .trend import Trend


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see: a kind of period, its last day (and first, if custom), and the trend."""

    kind: str = LAST_28
    end: date | None = None
    start: date | None = None
    metric: str = ""
    grain: str = "week"


@dataclass(frozen=True)
class Board:
    scope: Scope
    period: Period
    present: Present
    aims: Aims
    lanes: list[LaneOfTiles]
    trend: Trend
    people: People | None

    @cached_property
    def tiles(self) -> list[Tile]:
        return [tile for lane in self.lanes for tile in (lane.focus, *lane.companions)]

    @property
    def lede(self) -> str:
        heads = [lane.focus for lane in self.lanes]
        backlog = [tile for tile in self.tiles if tile.metric.key == "backlog" and tile not in heads]
        return lede([*heads, *backlog], self.period.before_title)

    @property
    def is_empty(self) -> bool:
        return not any(tile.point.n or tile.before.n for tile in self.tiles) and self.trend.is_empty


def board(reader: Reader, scope: Scope, asked: Asked, at: Present) -> Board:
    """The board of a scope that the reader may read, at the company's present."""
    company = reader.member.company
    aims = aims_of(company.id)
    shown = period(asked.kind, at.today, asked.end, asked.start)
    keys = aims.all_metrics
    metric = asked.metric or aims.focus[Lane.SATISFACTION]
    wanted = questions(keys, shown)
    beside = [] if metric in keys else questions([metric], shown)
    drawn = trends.question(metric, asked.grain, shown)
    answers = ask(company, scope, [*wanted, *beside, drawn], at)
    found = tiles(keys, shown, answers, aims.targets)
    others = tiles([metric] if beside else [], shown, answers[len(wanted) :], aims.targets)
    of_trend = next(tile for tile in (*found, *others) if tile.metric.key == metric)
    table = None if scope.level == Level.REP else people(reader, scope, shown, aims, at)
    curve = Trend(answers[-1], of_trend.change, shown.before_title, aims.targets.get(metric))
    return Board(scope, shown, at, aims, lanes(aims, found), curve, table)


def own_two(member: Member) -> list[Tile]:
    """The two focus tiles of a member's own last 28 complete days."""
    at = present(member.company)
    aims = aims_of(member.company_id)
    keys = [aims.focus[lane] for lane in Lane.values]
    shown = period(LAST_28, at.today)
    scope = Scope(member.company_id, Level.REP, member.id)
    answers = ask(member.company, scope, questions(keys, shown), at)
    return tiles(keys, shown, answers, aims.targets)

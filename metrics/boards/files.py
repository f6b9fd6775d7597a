"""The tables of a board as files: the same objects that the page shows, every figure unrounded.

The value of a duration is its median, as on its tile; its mean stands beside.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics.comparison import headline
from metrics.definitions import Shape
from metrics.queries import Level

from . import people, trend, words
from .board import Board
from .tiles import Tile

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def of_board(board: Board, name: str) -> Sheet:
    """(name of the file, header, rows) of a board's tiles, people or trend."""
    whose = (
        board.scope.level.value
        if board.scope.level == Level.COMPANY
        else f"{board.scope.level}-{board.scope.person_id}"
    )
    called = f"{name}-{whose}-{board.period.start}-{board.period.end}"
    if name == "people" and board.people:
        return called, people.header(board.people), people.as_rows(board.people)
    if name == "trend":
        return of_trend(board.trend)
    return called, _header(), map(_row, board.tiles)


def of_trend(found: trend.Trend) -> Sheet:
    answer = found.answer
    called = f"trend-{found.metric.key}-{answer.grain}-{answer.start}-{answer.end}"
    return called, trend.header(found), trend.as_rows(found)


def _header() -> list[str]:
    return [
        _("Metric"), _("From"), _("To"), "n", _("Value"), _("95 % low"), _("95 % high"), _("Numerator"),
        _("Denominator"), _("Mean"), _("90 % within"), _("Value before"), _("n before"), _("Change"),
        _("Complete through"), _("Target"),
    ]  # fmt: skip


def _row(tile: Tile) -> list[Any]:
    point = tile.point
    return [
        str(tile.metric.title),
        tile.address.start.isoformat(),
        tile.address.end.isoformat(),
        point.n,
        tile.value,
        *(tile.interval or (None, None)),
        point.numerator,
        point.denominator,
        point.value if tile.metric.shape == Shape.DURATION else None,
        point.p90,
        headline(tile.metric, tile.before),
        tile.before.n,
        words.change(tile.metric, tile.change),
        tile.complete_through.isoformat() if tile.complete_through else "",
        tile.target,
    ]

"""Where the lines of a chart run, in per cent of its box: drawn on the server, so that it needs no script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10

STEPS = (1, 1.5, 2, 3, 4, 5, 7.5, 10)


@dataclass(frozen=True)
class Line:
    """points: "x,y x,y" from the top left. kind: which of the drawn kinds of line."""

    name: str
    kind: int
    points: str
    end: str


@dataclass(frozen=True)
class Chart:
    """ticks: (place from the top, words) of the scale, from 0 at the bottom."""

    lines: list[Line]
    ticks: list[tuple[str, str]]


def chart(series: Sequence[tuple[str, Sequence[float]]], told: Callable[[float], str]) -> Chart:
    """series: (name, values). told: a value in words."""
    top = _round_up(max((max(values) for _name, values in series), default=0.0))
    lines = [
        Line(name, number, " ".join(_place(values, top)), f"{_down(values[-1], top):.1f}%")
        for number, (name, values) in enumerate(series)
    ]
    return Chart(lines, [(f"{100 - 50 * part:.0f}%", told(top * part / 2)) for part in (2, 1, 0)])


def _place(values: Sequence[float], top: float) -> list[str]:
    step = 100 / max(len(values) - 1, 1)
    return [f"{number * step:.2f},{_down(value, top):.2f}" for number, value in enumerate(values)]


def _down(value: float, top: float) -> float:
    return 100 - 100 * max(value, 0.0) / top


def _round_up(value: float) -> float:
    """The next round number; 1 where there is nothing."""
    if value <= 0:
        return 1.0
    size = 10.0 ** (ceil(log10(value)) - 1)
    return next((step * size for step in STEPS if step * size >= value), 10 * size)

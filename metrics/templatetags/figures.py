"""Drawings of figures, made on the server: {% whisk ... %}, {% spark ... %}, {% word ... %}."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cs_platform.templatetags.ui import icon, initials
from metrics.boards import words
from metrics.boards.people import VERDICTS, People, Row
from metrics.boards.tiles import Tile
from metrics.comparison import Verdict
from metrics.definitions import METRICS
from metrics.points import Point

register = template.Library()


@register.simple_tag
def word(tile: Tile) -> SafeString:
    """How a figure moved: an arrow, then words; colour comes third."""
    drawn = icon(tile.arrow) if tile.arrow else SafeString("")
    tone = f" word--{tile.tone}" if tile.tone else ""
    return format_html('<span class="word{}">{}{}</span>', tone, drawn, tile.change_text)


@register.simple_tag
def target_word(tile: Tile) -> SafeString:
    """Where a figure stands to its target."""
    if tile.gap is None:
        return SafeString("")
    if tile.is_on_target:
        return format_html('<span class="word word--good">{}{}</span>', icon("circle-check"), tile.gap_text)
    arrow = "arrow-up" if tile.gap > 0 else "arrow-down"
    return format_html('<span class="word word--watch">{}{}</span>', icon(arrow), tile.gap_text)


@register.simple_tag
def spark(tile: Tile, quiet: bool = True) -> SafeString:
    """A line without axes; gaps stay gaps. Percent coordinates, so that it fits any box."""
    values = [value for value in tile.spark if value is not None]
    if len(values) < 2:
        return SafeString("")
    target = None if quiet else tile.target
    low, high = min([*values, *_some(target)]), max([*values, *_some(target)])
    span = (high - low) or 1.0
    step = 100 / (len(tile.spark) - 1)

    def y(value: float) -> float:
        return 100 - 100 * (value - low) / span if high > low else 50.0

    runs, last = _runs(tile.spark, step, y)
    kind = " spark__line--quiet" if quiet else ""
    lines = "".join(f'<polyline class="spark__line{kind}" points="{run}"/>' for run in runs)
    aim = (
        f'<line class="spark__target" x1="0" x2="100%" y1="{y(target):.1f}%" y2="{y(target):.1f}%"/>'
        if target is not None
        else ""
    )
    dot = (" spark__dot--quiet" if quiet else "") + ("" if tile.spark_is_whole else " spark__dot--open")
    return format_html(
        '<svg class="spark" role="img" aria-label="{}">{}'
        '<svg viewBox="0 0 100 100" width="100%" height="100%" preserveAspectRatio="none" overflow="visible">{}</svg>'
        '<circle class="spark__dot{}" cx="{}%" cy="{}%" r="{}"/></svg>',
        tile.spark_label,
        mark_safe(aim),  # noqa: S308 - figures of our own
        mark_safe(lines),  # noqa: S308
        dot,
        f"{last[0]:.1f}",
        f"{last[1]:.1f}",
        "3" if quiet else "4.5",
    )


def _some(value: float | None) -> list[float]:
    return [] if value is None else [value]


def _runs(values: Sequence[float | None], step: float, y: Any) -> tuple[list[str], tuple[float, float]]:
    """Stretches without a gap, and the last point."""
    runs: list[list[str]] = [[]]
    last = (0.0, 50.0)
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        last = number * step, y(value)
        runs[-1].append(f"{last[0]:.1f},{last[1]:.1f}")
    return [" ".join(run) for run in runs if len(run) > 1], last


@register.simple_tag
def focus_whisk(tile: Tile) -> SafeString:
    """The interval of a focus figure on a scale with its ends and the target."""
    if tile.interval is None or tile.value is None:
        return SafeString("")
    low, high = _axis([*tile.interval, tile.value, *_some(tile.target)], tile.metric.unit)
    label = f"{tile.metric.title} {tile.value_text}, 95 % {tile.interval_text}"
    ends = format_html(
        '<text x="0" y="32">{}</text><text x="100%" y="32" text-anchor="end">{}</text>',
        words.in_words(tile.metric, low),
        words.in_words(tile.metric, high),
    )
    if tile.target is not None:
        told = _("Target %(target)s") % {"target": tile.target_text}
        at = f"{_share(tile.target, low, high):.2f}"
        label = f"{label}, {told}"
        ends += format_html(
            '<text class="whisk__label" x="{}%" y="32" text-anchor="middle">{}</text>', at, told
        )
    drawn = _whisker(tile.value, tile.interval, low, high, tile.target)
    return format_html(
        '<svg class="whisk whisk--tall" role="img" aria-label="{}">{}{}</svg>', label, drawn, ends
    )


def _axis(values: Sequence[float], unit: str) -> tuple[float, float]:
    """A scale somewhat wider than what it shows, and no wider than the figure can be."""
    low, high = min(values), max(values)
    room = 0.5 * (high - low) or 0.01
    low, high = low - room, high + room
    if unit == "fraction":
        return max(0.0, low), (min(1.0, high) if max(values) <= 1 else high)
    return (max(-100.0, low), min(100.0, high)) if unit == "points" else (max(0.0, low), high)


def _share(value: float, low: float, high: float) -> float:
    return min(100.0, max(0.0, 100 * (value - low) / ((high - low) or 1)))


def _whisker(
    value: float, interval: tuple[float, float], low: float, high: float, tick: float | None
) -> SafeString:
    a, b, dot = (f"{_share(number, low, high):.2f}%" for number in (*interval, value))
    shapes = (
        f'<line class="whisk__axis" x1="0" x2="100%" y1="10" y2="10"/>'
        f'<line class="whisk__range" x1="{a}" x2="{b}" y1="10" y2="10"/>'
        f'<line class="whisk__cap" x1="{a}" x2="{a}" y1="7" y2="13"/>'
        f'<line class="whisk__cap" x1="{b}" x2="{b}" y1="7" y2="13"/>'
        f'<circle class="whisk__dot" cx="{dot}" cy="10" r="5"/>'
    )
    if tick is not None:
        at = f"{_share(tick, low, high):.2f}%"
        shapes += f'<line class="whisk__tick" x1="{at}" x2="{at}" y1="2" y2="18"/>'
    return mark_safe(shapes)  # noqa: S308 - figures of our own


@register.simple_tag
def row_cells(table: People, row: Row, axis: tuple[float, float]) -> SafeString:
    """The figures of a row of a table of people. Drawn here and not in a template: there may be hundreds."""
    point = row.points[table.metric.key]
    is_few = point.n < table.metric.minimum_n
    shown = _few_cell(table, point) if is_few else _shown_cells(table, row, point, axis)
    others = []
    for key, label in (
        ("fcr", _("FCR")),
        ("first_response_time", _("Response")),
        ("tickets_resolved", _("Resolved")),
    ):
        others.append((label, _linked(table, row, key)))
    rest = format_html_join("", '<td role="cell" class="r" data-label="{}">{}</td>', others)
    return format_html(
        '<th scope="row" role="rowheader">{}</th><td role="cell" class="r mgr__n" data-label="n">{}</td>{}{}',
        _name(row),
        words.whole(point.n),
        shown,
        rest,
    )


def _name(row: Row) -> SafeString:
    sub = format_html('<span class="person__sub">{}</span>', row.sub) if row.sub else ""
    if not row.href:
        return format_html('<span class="muted">{}{}</span>', row.name, sub)
    return format_html(
        '<a class="person" href="{}"><span class="face" aria-hidden="true">{}</span><span>{}{}</span></a>',
        row.href,
        initials(row.name),
        row.name,
        sub,
    )


def _few_cell(table: People, point: Point) -> SafeString:
    said = words.few(table.metric, point.n) if point.n else _("Nothing in this period")
    return format_html('<td role="cell" class="mgr__few muted" colspan="3">{}</td>', said)


def _shown_cells(table: People, row: Row, point: Point, axis: tuple[float, float]) -> SafeString:
    metric = table.metric
    value = words.in_words(metric, point.value)
    url = table.explain(row, metric.key)
    figure = format_html('<a href="{}">{}</a>', url, value) if url else value
    interval = (point.low or 0.0, point.high or 0.0)
    said = f"{row.name}: {value}, 95 % {words.interval_in_words(metric, point)}"
    drawn = _whisker(point.value or 0.0, interval, *axis, table.total.value)
    return format_html(
        '<td role="cell" class="r mgr__val" data-label="{}">{}</td>'
        '<td role="cell" class="mgr__whisk"><svg class="whisk" role="img" aria-label="{}">{}</svg></td>'
        '<td role="cell" class="mgr__word">{}</td>',
        metric.title,
        figure,
        said,
        drawn,
        _verdict(row),
    )


def _verdict(row: Row) -> SafeString:
    if row.verdict not in VERDICTS:
        return SafeString("")
    tone, text = VERDICTS[row.verdict]
    arrows = {Verdict.BETTER: "arrow-up", Verdict.WORSE: "arrow-down", Verdict.SAME: "equal"}
    extra = f" word--{tone}" if tone else ""
    return format_html('<span class="word{}">{}{}</span>', extra, icon(arrows[row.verdict]), text)


def _linked(table: People, row: Row, key: str) -> SafeString | str:
    point = row.points[key]
    if key == "first_response_time":
        text = words.in_words(METRICS[key], row.median) if point.n else "–"
    elif key == "fcr":
        text = words.in_words(METRICS[key], point.value)
    else:
        text = words.whole(point.n)
    url = table.explain(row, key)
    if not url or not point.n:
        return text
    return format_html('<a class="quiet-link" href="{}">{}</a>', url, text)

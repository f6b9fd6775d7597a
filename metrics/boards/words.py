"""Figures as people read them: CSAT 91 %, NPS +43, 4 h 12 min, and n in its own word."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib.words import decimal as _decimal
from cs_platform.lib.words import duration, whole
from metrics.comparison import Change, Verdict, headline
from metrics.definitions import Metric, Shape
from metrics.kinds import Kind
from metrics.points import Point

ANSWERS = (Kind.CSAT, Kind.NPS, Kind.CES)


def _places(metric: Metric, value: float) -> int:
    """Of small shares and of revenue a tenth of a percent matters."""
    return 1 if metric.shape == Shape.RETENTION or 0 < value < 0.1 else 0


def in_words(metric: Metric, value: float | None, places: int | None = None) -> str:
    """A value in the metric's unit; places: decimals of a percentage or of points, where more are wanted."""
    if value is None:
        return "–"
    if metric.unit == "fraction":
        shown = _places(metric, value) if places is None else places
        return f"{_decimal(100 * value, shown)} %"
    if metric.unit == "points":
        return f"{value:+.{places or 0}f}"
    if metric.unit == "seconds":
        return duration(value)
    if metric.unit == "tickets per hour":
        return _decimal(value, 2 if value < 1 or places else 1)
    return whole(value)


def parts(metric: Metric, value: float | None) -> list[tuple[str, str]]:
    """(number, unit) of a value, for type of two sizes: [("25", "h"), ("24", "min")]."""
    words = in_words(metric, value).split(" ")
    return list(zip(words[::2], [*words[1::2], ""], strict=False))


def range_in_words(metric: Metric, low: float, high: float) -> str:
    """90–92 %, +36 to +50, 38 min to 47 min"""
    ours, theirs = in_words(metric, low), in_words(metric, high)
    if metric.unit == "fraction":
        places = max(_places(metric, low), _places(metric, high))
        return f"{_decimal(100 * low, places)}–{_decimal(100 * high, places)} %"
    if metric.unit in ("points", "seconds"):
        return _("%(low)s to %(high)s") % {"low": ours, "high": theirs}
    return f"{ours}–{theirs}"


def observations(metric: Metric, n: int) -> str:
    """n with its noun: 412 answers."""
    if metric.kind in ANSWERS:
        form = ngettext("%(n)s answer", "%(n)s answers", n)
    elif metric.shape == Shape.RETENTION:
        form = ngettext("%(n)s customer", "%(n)s customers", n)
    elif metric.kind == Kind.FIRST_RESPONSE:
        form = ngettext("%(n)s reply", "%(n)s replies", n)
    elif metric.kind == Kind.HANDLE:
        form = ngettext("%(n)s handled", "%(n)s handled", n)
    else:
        form = ngettext("%(n)s ticket", "%(n)s tickets", n)
    return form % {"n": whole(n)}


def few(metric: Metric, n: int) -> str:
    return _("%(observations)s, too few to compare") % {"observations": observations(metric, n)}


def difference(metric: Metric, amount: float) -> str:
    """How far apart two values are, without a sign: 3 points, 6 min, 212."""
    size = abs(amount)
    if metric.unit == "fraction":
        points = 100 * size
        text = _decimal(points, 0 if points >= 1.95 else 1).removesuffix(".0")
        return _("1 point") if text == "1" else _("%(points)s points") % {"points": text}
    if metric.unit == "points":
        return _("1 point") if round(size) == 1 else _("%(points)s points") % {"points": whole(size)}
    if metric.unit == "tickets per hour":
        return _decimal(size, 2 if size < 0.1 else 1)
    return in_words(metric, size)


def change(metric: Metric, found: Change) -> str:
    """3 points, better; 6 min faster, better; 212 more, worse; no clear change; too few to compare."""
    if found.verdict == Verdict.NOTHING:
        return _("Nothing to compare")
    if found.verdict == Verdict.FEW:
        return _("Too few to compare")
    if found.verdict == Verdict.FEW_BEFORE:
        return _("Too few before to compare")
    if found.verdict == Verdict.UNFINISHED:
        return _("Today is not over yet")
    if found.verdict == Verdict.SAME or found.difference is None:
        return _("No clear change")
    moved = _moved(metric, found.difference)
    if found.verdict == Verdict.BETTER:
        return _("%(moved)s, better") % {"moved": moved}
    if found.verdict == Verdict.WORSE:
        return _("%(moved)s, worse") % {"moved": moved}
    return moved


def _moved(metric: Metric, amount: float) -> str:
    size, is_up = difference(metric, amount), amount > 0
    if metric.unit in ("fraction", "points"):
        return size
    if metric.key == "first_response_time":
        form = _("%(size)s slower") if is_up else _("%(size)s faster")
    elif metric.unit == "seconds":
        form = _("%(size)s longer") if is_up else _("%(size)s shorter")
    else:
        form = _("%(size)s more") if is_up else _("%(size)s fewer")
    return form % {"size": size}


def interval_in_words(metric: Metric, point: Point) -> str:
    """The interval of the figure that is shown, or nothing."""
    if metric.shape == Shape.DURATION:
        low, high = point.median_low, point.median_high
    else:
        low, high = point.low, point.high
    if low is None or high is None or headline(metric, point) is None:
        return ""
    return range_in_words(metric, low, high)


def day(on: date) -> str:
    """1 October 2026"""
    return date_format(on, "j F Y")


def short_day(on: date) -> str:
    """1 Oct"""
    return date_format(on, "j M")


def days(start: date, end: date) -> str:
    """26 Oct to 22 Nov 2026"""
    if start == end:
        return date_format(end, "j M Y")
    first = short_day(start) if start.year == end.year else date_format(start, "j M Y")
    return _("%(start)s to %(end)s") % {"start": first, "end": date_format(end, "j M Y")}

"""A metric over time: what the chart draws and the table beside it says."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cs_platform.lib import periods
from metrics.comparison import Change, Verdict, headline, is_counted
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point
from metrics.queries import Answer, Question

from . import words
from .address import FigureAddress
from .period import Period

GRAINS = ("day", "week", "month")
WEEKS, MONTHS, DAYS = 26, 18, 60
MOST_POINTS = 400
# Seconds are drawn in the largest of these units that the highest point fills.
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
UNIT_NAMES = {
    "d": gettext_lazy("d"),
    "h": gettext_lazy("h"),
    "min": gettext_lazy("min"),
    "s": gettext_lazy("s"),
}


def grain_of(metric: Metric, grain: str) -> str:
    """Retention is told by the month."""
    return "month" if metric.shape == Shape.RETENTION else grain


def question(key: str, grain: str, period: Period) -> Question:
    """A trend ends with the period and goes back half a year of weeks; over all of a longer period."""
    grain = grain_of(METRICS[key], grain)
    back = {
        "day": period.end - timedelta(days=DAYS - 1),
        "week": periods.first_day(period.end, "week") - timedelta(weeks=WEEKS - 1),
        "month": _months_back(period.end, MONTHS - 1),
    }[grain]
    start = min(back, period.start)
    if METRICS[key].shape == Shape.RETENTION:
        return Question(key, _months_back(period.end, 12), period.end, grain)
    if grain == "day":
        start = max(start, period.end - timedelta(days=MOST_POINTS - 1))
    return Question(key, start, period.end, grain)


def _months_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Bucket:
    metric: Metric
    start: date
    label: str
    point: Point
    value: float | None
    low: float | None
    high: float | None
    is_partial: bool

    @property
    def value_text(self) -> str:
        return words.in_words(self.metric, self.value, 1 if self.metric.unit == "fraction" else None)

    @property
    def interval_text(self) -> str:
        if self.low is None or self.high is None or not self.point.n:
            return ""
        return words.range_in_words(self.metric, self.low, self.high)


@dataclass(frozen=True)
class Trend:
    """change: of the period against the one before, for the title; without it the title is the metric's name."""

    answer: Answer
    change: Change | None = None
    before: str = ""
    target: float | None = None

    @property
    def metric(self) -> Metric:
        return self.answer.metric

    @property
    def address(self) -> FigureAddress:
        return FigureAddress(self.metric.key, self.answer.scope, self.answer.start, self.answer.end)

    @cached_property
    def buckets(self) -> list[Bucket]:
        return [self._bucket(point) for point in self.answer.points]

    def _bucket(self, point: Point) -> Bucket:
        grain = self.answer.grain
        label = date_format(point.start, "M Y") if grain == "month" else words.short_day(point.start)
        last = periods.next_bucket(point.start, grain) - timedelta(days=1)
        is_partial = point.start < self.answer.start or last > self.answer.end
        if self.metric.shape == Shape.DURATION:
            low, high = point.median_low, point.median_high
        else:
            low, high = point.low, point.high
        return Bucket(
            self.metric, point.start, label, point, headline(self.metric, point), low, high, is_partial
        )

    @property
    def latest_first(self) -> list[Bucket]:
        return self.buckets[::-1]

    @property
    def n(self) -> int:
        return sum(point.n for point in self.answer.points)

    @property
    def is_empty(self) -> bool:
        return not any(bucket.value for bucket in self.buckets)

    @cached_property
    def title(self) -> str:
        """What there is to see."""
        said = {"metric": self.metric.title, "before": self.before}
        if self.change is None or not self.change.is_clear or not self.change.difference:
            if self.change is not None and self.change.verdict == Verdict.SAME:
                return _("%(metric)s: no clear change since %(before)s") % said
            return str(self.metric.title)
        said["size"] = words.difference(self.metric, self.change.difference)
        if self.change.verdict == Verdict.BETTER:
            return _("%(metric)s is better by %(size)s than in %(before)s") % said
        if self.change.verdict == Verdict.WORSE:
            return _("%(metric)s is worse by %(size)s than in %(before)s") % said
        if self.change.difference > 0:
            return _("%(metric)s is higher by %(size)s than in %(before)s") % said
        return _("%(metric)s is lower by %(size)s than in %(before)s") % said

    @property
    def subtitle(self) -> str:
        """Unit, span and n."""
        count = len(self.answer.points)
        spans = {
            "day": ngettext("%(n)s day", "%(n)s days", count),
            "week": ngettext("%(n)s week", "%(n)s weeks", count),
            "month": ngettext("%(n)s month", "%(n)s months", count),
        }
        told = [f"{self.what}, {self.unit_text}", spans[self.answer.grain] % {"n": count}]
        if not is_counted(self.metric) and self.metric.shape != Shape.RETENTION:
            told.append(f"n {words.observations(self.metric, self.n)}")
        return ". ".join(told)

    @property
    def what(self) -> str:
        if self.metric.shape == Shape.DURATION:
            return _("Median")
        return str(self.metric.formula).capitalize()

    @cached_property
    def unit(self) -> tuple[float, str]:
        """(size, name) of the unit on the axis."""
        if self.metric.unit == "fraction":
            return 0.01, "%"
        if self.metric.unit == "seconds":
            top = max((bucket.value or 0 for bucket in self.buckets), default=0)
            return next(((size, name) for size, name in UNITS if top >= 2 * size), (1, "s"))
        return 1, ""

    @property
    def unit_text(self) -> str:
        names = {"d": _("days"), "h": _("hours"), "min": _("minutes"), "s": _("seconds"), "%": "%"}
        return names.get(self.unit[1]) or str(self.metric.unit)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the chart draws: values in the axis' unit, with the words that a reader sees."""
        size, name = self.unit
        return {
            "description": f"{self.title}. {self.subtitle}",
            "name": str(self.metric.title),
            "unit": str(UNIT_NAMES.get(name, name)),
            "from_zero": is_counted(self.metric),
            "target": None if self.target is None else self.target / size,
            "target_text": _("Target %(target)s") % {"target": words.in_words(self.metric, self.target)},
            "points": [
                {
                    "label": bucket.label,
                    "value": None if bucket.value is None else bucket.value / size,
                    "low": None if bucket.low is None else bucket.low / size,
                    "high": None if bucket.high is None else bucket.high / size,
                    "words": _in_row(self.metric, bucket),
                    "is_partial": bucket.is_partial,
                }
                for bucket in self.buckets
            ],
        }


def _in_row(metric: Metric, bucket: Bucket) -> list[str]:
    """Value, interval and n, as the tooltip says them."""
    found = [bucket.value_text]
    if bucket.interval_text:
        found.append(_("95 %% interval %(range)s") % {"range": bucket.interval_text})
    if not is_counted(metric):
        found.append(words.observations(metric, bucket.point.n))
    if bucket.is_partial:
        found.append(_("not the whole of it"))
    return found


def header(trend: Trend) -> list[str]:
    metric = str(trend.metric.title)
    return [_("From"), metric, _("95 % low"), _("95 % high"), "n", _("Numerator"), _("Denominator")]


def as_rows(trend: Trend) -> list[list]:
    return [
        [
            bucket.start.isoformat(),
            bucket.value,
            bucket.low,
            bucket.high,
            bucket.point.n,
            bucket.point.numerator,
            bucket.point.denominator,
        ]
        for bucket in trend.buckets
    ]

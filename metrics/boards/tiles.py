"""A metric as a tile: its figure, how sure it is, and how it moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cs_platform.lib import periods
from metrics.comparison import Change, Verdict, compare, headline, is_counted
from metrics.definitions import METRICS, Metric, Shape
from metrics.points import Point
from metrics.queries import Answer, Question

from . import words
from .address import FigureAddress
from .period import Period

SPARK_WEEKS = 12
SUNDAY = 6


@dataclass(frozen=True)
class Tile:
    """change: against the period before. spark: the figure by week, None where there is none; the last week may
    not be whole."""

    metric: Metric
    address: FigureAddress
    point: Point
    before: Point
    change: Change
    complete_through: date | None
    target: float | None = None
    spark: list[float | None] = field(default_factory=list)
    spark_days: tuple[str, str] = ("", "")
    spark_is_whole: bool = True

    @property
    def value(self) -> float | None:
        return headline(self.metric, self.point)

    @property
    def is_few(self) -> bool:
        return not is_counted(self.metric) and self.point.n < self.metric.minimum_n

    @property
    def value_text(self) -> str:
        return words.in_words(self.metric, self.value)

    @property
    def parts(self) -> list[tuple[str, str]]:
        return words.parts(self.metric, self.value)

    @property
    def n_text(self) -> str:
        return words.observations(self.metric, self.point.n)

    @property
    def interval_text(self) -> str:
        return words.interval_in_words(self.metric, self.point)

    @property
    def interval(self) -> tuple[float, float] | None:
        if self.metric.shape == Shape.DURATION:
            low, high = self.point.median_low, self.point.median_high
        else:
            low, high = self.point.low, self.point.high
        return None if low is None or high is None else (low, high)

    @property
    def change_text(self) -> str:
        return words.change(self.metric, self.change)

    @property
    def before_text(self) -> str:
        return words.in_words(self.metric, headline(self.metric, self.before))

    @property
    def arrow(self) -> str:
        """The icon beside the change."""
        if not self.change.is_clear or not self.change.difference:
            return "equal" if self.change.verdict == Verdict.SAME else ""
        return "arrow-up" if self.change.difference > 0 else "arrow-down"

    @property
    def tone(self) -> str:
        return {Verdict.BETTER: "good", Verdict.WORSE: "watch"}.get(self.change.verdict, "")

    @property
    def meta(self) -> str:
        """The line below: n and interval, and what else the figure rests on."""
        said = self._rests_on()
        if self.complete_through and self.complete_through < self.address.end:
            said.append(_("to %(day)s") % {"day": words.short_day(self.complete_through)})
        return ", ".join(said)

    def _rests_on(self) -> list[str]:
        if self.metric.shape == Shape.BACKLOG:
            return [_("on %(day)s") % {"day": words.short_day(self.address.end)}]
        if self.metric.shape == Shape.COUNT:
            days = (self.address.end - self.address.start).days + 1
            return [_("%(a_day)s a day") % {"a_day": f"{self.point.n / days:,.1f}".removesuffix(".0")}]
        if not self.point.n:
            return [_("Nothing in this period")]
        if self.metric.shape == Shape.RETENTION:
            return [self.n_text, _("12 months")]
        if self.metric.shape == Shape.PER_HOUR:
            return [_("%(hours)s staffed hours") % {"hours": words.whole(self.point.denominator or 0)}]
        if self.metric.shape == Shape.DURATION:
            about = _("about, ") if self.point.approximate else ""
            told = {
                "about": about,
                "p90": words.in_words(self.metric, self.point.p90),
                "n": words.whole(self.point.n),
            }
            return [_("%(about)smedian of %(n)s, 90 %% in %(p90)s") % told]
        return [f"n {words.whole(self.point.n)}", *filter(None, [self.interval_text])]

    @property
    def gap(self) -> float | None:
        """How far above the target (below: negative); None without one."""
        return None if self.target is None or self.value is None else self.value - self.target

    @property
    def is_on_target(self) -> bool:
        gap = self.gap or 0.0
        return gap <= 0 if self.metric.direction == "down" else gap >= 0

    @property
    def target_text(self) -> str:
        return words.in_words(self.metric, self.target)

    @property
    def gap_text(self) -> str:
        if self.gap is None:
            return ""
        if self.is_on_target:
            return _("On target")
        form = _("%(size)s above target") if self.gap > 0 else _("%(size)s below target")
        return form % {"size": words.difference(self.metric, self.gap)}

    @property
    def spark_label(self) -> str:
        told = _("%(metric)s by week, from %(first)s to %(last)s") % {
            "metric": self.metric.title,
            "first": self.spark_days[0],
            "last": self.spark_days[1],
        }
        return told if self.spark_is_whole else _("%(weeks)s; the last week is not whole") % {"weeks": told}


def questions(keys: Sequence[str], period: Period) -> list[Question]:
    """What tiles ask: three questions a metric (two of retention, which is told by the year)."""
    found = []
    for key in keys:
        if METRICS[key].shape == Shape.RETENTION:
            end, before = (_last_full_month(day, period.today) for day in (period.end, period.before_end))
            found += [Question(key, *_year_to(end)), Question(key, *_year_to(before))]
        else:
            found.append(Question(key, period.start, period.end))
            found.append(Question(key, period.before_start, period.before_end))
            found.append(Question(key, _spark_start(period.end), period.end, "week"))
    return found


def tiles(
    keys: Sequence[str], period: Period, answers: Sequence[Answer], targets: dict[str, float | None]
) -> list[Tile]:
    """The tiles of metrics, from the answers to their `questions`."""
    given = iter(answers)
    return [_tile(METRICS[key], period, given, targets.get(key)) for key in keys]


def _tile(metric: Metric, period: Period, given, target: float | None) -> Tile:
    now, before = next(given), next(given)
    address = FigureAddress(metric.key, now.scope, now.start, now.end)
    spark, days = _spark(metric, next(given)) if metric.shape != Shape.RETENTION else ([], ("", ""))
    change = compare(metric, now.points[0], before.points[0], period.days, period.days_before)
    # A morning is no day: set against whole days every count would have fallen.
    if metric.shape == Shape.COUNT and period.is_of_today:
        change = Change(Verdict.UNFINISHED)
    return Tile(
        metric,
        address,
        now.points[0],
        before.points[0],
        change,
        now.complete_through,
        target,
        spark,
        days,
        period.end.weekday() == SUNDAY and not period.is_of_today,
    )


def _spark(metric: Metric, weeks: Answer) -> tuple[list[float | None], tuple[str, str]]:
    if not weeks.points:
        return [], ("", "")
    days = words.short_day(weeks.points[0].start), words.short_day(weeks.points[-1].start)
    values = [headline(metric, point) for point in weeks.points]
    return (values if sum(value is not None for value in values) > 1 else []), days


def _spark_start(end: date) -> date:
    """The Monday eleven weeks before the week of a day."""
    return periods.first_day(end, "week") - timedelta(weeks=SPARK_WEEKS - 1)


def _last_full_month(day: date, today: date) -> date:
    """The last day of the latest month that has ended by a day."""
    following = min(day, today - timedelta(days=1)) + timedelta(days=1)
    return following.replace(day=1) - timedelta(days=1)


def _year_to(end: date) -> tuple[date, date]:
    """The twelve months up to the month of a day: from the month a year before it."""
    return end.replace(day=1, year=end.year - 1), end

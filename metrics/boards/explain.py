"""A figure explained: what it counts, what it was divided from, how sure and how fresh it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company
from metrics.definitions import METRICS, Metric, Shape
from metrics.kinds import Kind
from metrics.points import Point
from metrics.queries import Answer, Present, Question, Scope, ask, sums
from metrics.registry import rows_view_of

from . import words
from .address import FigureAddress

DAY = timedelta(days=1)
ANSWER_DAY = gettext_lazy(
    "The day of the first answer; for 30 days a later answer replaces the score, never the day"
)
RESOLVED_DAY = gettext_lazy("The day of the first resolution")
RESOLVER = gettext_lazy("Who resolved it first, else nobody")
NAMED = gettext_lazy(
    "Who was named when the survey was sent, else who first resolved the ticket, else nobody"
)
# By kind of fact: the day it lands on, and who is credited.
RULES = {
    Kind.CSAT: (ANSWER_DAY, NAMED),
    Kind.CES: (ANSWER_DAY, NAMED),
    Kind.NPS: (ANSWER_DAY, gettext_lazy("Who was named, else who owned the customer that day, else nobody")),
    Kind.OUTCOME: (RESOLVED_DAY, RESOLVER),
    Kind.RESOLVED: (RESOLVED_DAY, RESOLVER),
    Kind.OPENED: (
        gettext_lazy("The day it was opened"),
        gettext_lazy("Who had it from the start, else nobody"),
    ),
    Kind.FIRST_RESPONSE: (gettext_lazy("The day of the reply"), gettext_lazy("Who replied")),
    Kind.SERVICE_LEVEL: (
        gettext_lazy("The day of the reply or of the deadline, whichever came first"),
        gettext_lazy("Who replied if met, who had the ticket at the deadline if missed"),
    ),
    Kind.HANDLE: (gettext_lazy("The day of the resolution"), gettext_lazy("Each rep, with the own seconds")),
    Kind.STAFFED: (gettext_lazy("The day"), gettext_lazy("The rep")),
    Kind.BACKLOG: (
        gettext_lazy("The end of the last day"),
        gettext_lazy("Who had the ticket at that moment"),
    ),
    Kind.REVENUE: (
        gettext_lazy("The two months"),
        gettext_lazy("Who owned the customer in the first month"),
    ),
}
METHODS = {
    Shape.RATE: gettext_lazy("Wilson, 95 %"),
    Shape.SCORE: gettext_lazy("adjusted Wald, 95 %"),
    Shape.PER_HOUR: gettext_lazy("Garwood, 95 %"),
    Shape.RETENTION: gettext_lazy("linearised, 95 %"),
    Shape.DURATION: gettext_lazy("by rank, of the median, 95 %"),
}


@dataclass(frozen=True)
class Bar:
    """How often a score was given; share: of the most frequent one."""

    label: str
    n: int
    share: float
    is_counted: bool

    @property
    def width(self) -> str:
        return f"{100 * self.share:.1f}"


@dataclass(frozen=True)
class Explanation:
    answer: Answer
    present: Present
    immature: int
    bars: list[Bar]
    follow_up_days: int

    @property
    def metric(self) -> Metric:
        return self.answer.metric

    @property
    def point(self) -> Point:
        return self.answer.points[0]

    @property
    def address(self) -> FigureAddress:
        return FigureAddress(self.metric.key, self.answer.scope, self.answer.start, self.answer.end)

    @property
    def period_text(self) -> str:
        return words.days(self.answer.start, self.answer.end)

    @property
    def value_text(self) -> str:
        """The value as precise as it is worth."""
        if self.metric.shape == Shape.DURATION:
            return words.in_words(self.metric, self.point.value)
        return words.in_words(self.metric, self.point.value, 1)

    @property
    def top(self) -> str:
        """What stands above the line: 1,679 answers of 4 or 5."""
        if self.metric.shape == Shape.SCORE:
            return _("%(n)s promoters minus detractors") % {"n": f"{self.point.numerator or 0:+,}"}
        if self.metric.unit == "seconds":
            return f"{words.in_words(self.metric, self.point.numerator)} ({self._named(0, self.point.numerator)})"
        return self._named(0, self.point.numerator)

    @property
    def bottom(self) -> str:
        """What stands below it; nothing for a count."""
        if self.point.denominator is None:
            return ""
        if self.metric.shape == Shape.SCORE:
            return words.observations(self.metric, self.point.n)
        return self._named(1, self.point.denominator)

    def _named(self, part: int, number: float | None) -> str:
        names = str(self.metric.formula).split(" / ")
        shown = f"{number or 0:,.1f}".removesuffix(".0")
        return f"{shown} {names[part].strip('()') if part < len(names) else ''}".strip()

    @property
    def is_by_hundred(self) -> bool:
        return self.metric.shape == Shape.SCORE

    @property
    def interval_text(self) -> str:
        told = words.interval_in_words(self.metric, self.point)
        return f"{told}, {METHODS[self.metric.shape]}" if told else ""

    @property
    def spread_text(self) -> str:
        """Of durations the figure that tiles show."""
        if self.metric.shape != Shape.DURATION or not self.point.n:
            return ""
        told = {
            "median": words.in_words(self.metric, self.point.median),
            "p90": words.in_words(self.metric, self.point.p90),
        }
        return _("Median %(median)s, 90 %% within %(p90)s") % told

    @property
    def day_rule(self) -> str:
        return str(RULES[Kind(self.metric.kind or 0)][0])

    @property
    def credit_rule(self) -> str:
        return str(self.metric.credit or RULES[Kind(self.metric.kind or 0)][1])

    @property
    def left_out(self) -> str:
        if not self.metric.matures or self.answer.complete_through is None:
            return _("Merged and deleted tickets and spam")
        if self.answer.complete_through >= self.answer.end:
            return _("Merged and deleted tickets and spam. Every window has passed")
        told = {
            "n": words.whole(self.immature),
            "days": self.follow_up_days,
            "day": words.day(self.answer.complete_through),
        }
        return (
            _(
                "%(n)s first resolutions after %(day)s, whose %(days)s days have not passed; merged, deleted, spam"
            )
            % told
        )

    @property
    def rows_url(self) -> str:
        """Where the rows behind it are listed, or nothing."""
        view = rows_view_of(self.metric.kind)
        return f"{reverse(view, args=[self.metric.key])}?{self.address.query}" if view else ""


def explain(company: Company, key: str, scope: Scope, start: date, end: date, at: Present) -> Explanation:
    """A figure of a scope from start to end, with all that it rests on."""
    metric = METRICS[key]
    questions = [Question(key, start, end)]
    if metric.matures and at.complete < end:
        questions.append(Question("tickets_resolved", max(start, at.complete + DAY), end))
    found, *late = ask(company, scope, questions, at)
    bars = list(_bars(metric, scope, found))
    return Explanation(found, at, late[0].points[0].n if late else 0, bars, company.follow_up_days)


def _bars(metric: Metric, scope: Scope, found: Answer) -> Iterable[Bar]:
    """How the scores of a survey are spread, from the best to the worst."""
    span = (found.start, found.end + DAY)
    if metric.key == "nps":
        promoters, detractors, n = sums.read(scope, sums.components(metric), [span]).of(
            sums.components(metric), span
        )
        counts = [
            (_("9-10, promoters"), promoters, True),
            (_("7-8, passives"), n - promoters - detractors, False),
            (_("0-6, detractors"), detractors, True),
        ]
    elif metric.key in ("csat", "ces"):
        scores = range(5, 0, -1) if metric.key == "csat" else range(7, 0, -1)
        names = [f"{metric.key}_s{score}" for score in scores]
        given = sums.read(scope, names, [span]).of(names, span)
        top = 4 if metric.key == "csat" else 5
        counts = [
            (_("%(score)s, counted") % {"score": score} if score >= top else str(score), n, score >= top)
            for score, n in zip(scores, given, strict=True)
        ]
    else:
        return
    most = max(n for _label, n, _counted in counts) or 1
    for label, n, counted in counts:
        yield Bar(label, n, n / most, counted)

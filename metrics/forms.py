"""What an address asks of a board or a figure, and the focus of a company. Each mistake is named by its field."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib.days import DayField
from cs_platform.lib.periods import GRAINS

from .boards.board import Asked
from .boards.lanes import CHOICES, Aims
from .boards.period import LAST_28
from .boards.trend import GRAINS as TREND_GRAINS
from .boards.trend import MOST_POINTS
from .definitions import METRICS, Metric, Shape
from .models import Lane
from .queries import Level

MOST_DAYS = 3_700
PERIODS = (
    ("week", gettext_lazy("Week")),
    ("month", gettext_lazy("Month")),
    ("quarter", gettext_lazy("Quarter")),
    (LAST_28, gettext_lazy("28 days")),
    ("custom", gettext_lazy("From a day")),
)
GRAIN_NAMES = {"day": gettext_lazy("Day"), "week": gettext_lazy("Week"), "month": gettext_lazy("Month")}
# What boards show over time; a metric of the company alone has a page of its own.
METRIC_CHOICES = [(key, metric.title) for key, metric in METRICS.items() if not metric.is_company_only]
TREND_CHOICES = [(grain, GRAIN_NAMES[grain]) for grain in TREND_GRAINS]


class BoardForm(forms.Form):
    """A board's period and trend. What is wrong is left out, so that the board can still be shown."""

    period = forms.ChoiceField(choices=PERIODS, required=False, label=gettext_lazy("Period"))
    metric = forms.ChoiceField(
        choices=[("", ""), *METRIC_CHOICES], required=False, label=gettext_lazy("Metric")
    )
    grain = forms.ChoiceField(choices=TREND_CHOICES, required=False, label=gettext_lazy("By"))
    scope = forms.ChoiceField(
        choices=[("team", gettext_lazy("Own team")), ("tree", gettext_lazy("Whole tree"))],
        required=False,
        label=gettext_lazy("Teams"),
    )
    csv = forms.ChoiceField(choices=[("tiles", ""), ("people", ""), ("trend", "")], required=False)
    rows = forms.ChoiceField(choices=[("all", "")], required=False)

    def __init__(self, data: Any, today: date):
        super().__init__(data)
        self.fields["from"] = DayField(until=today, label=gettext_lazy("From"), required=False)
        self.fields["to"] = DayField(until=today, label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("from"), found.get("to")
        if start and end and start > end:
            self.add_error("to", _("The last day lies before the first one."))
        elif start and end and (end - start).days >= MOST_DAYS:
            self.add_error("from", _("At most %(most)s days at once.") % {"most": MOST_DAYS})
        if found.get("period") == "custom" and not (start and end) and not self.errors:
            self.add_error("from", _("Say from which day to which."))
        return found

    @property
    def asked(self) -> Asked:
        """As far as it was understood."""
        self.is_valid()
        found = self.cleaned_data
        start, end = found.get("from"), found.get("to")
        kind = found.get("period") or ("custom" if start and end else LAST_28)
        if kind == "custom" and not (start and end):
            kind, end = LAST_28, None
        first = start if kind == "custom" else None
        return Asked(kind, end, first, found.get("metric") or "", found.get("grain") or "week")

    @property
    def is_tree(self) -> bool:
        self.is_valid()
        return self.cleaned_data.get("scope") == "tree"

    @property
    def has_all_rows(self) -> bool:
        self.is_valid()
        return self.cleaned_data.get("rows") == "all"

    @property
    def file(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("csv") or ""


class FigureForm(forms.Form):
    """One figure: whose, and from when to when."""

    level = forms.ChoiceField(choices=[(level.value, level.value) for level in Level], required=False)
    person = forms.RegexField(
        r"^([0-9]{1,18}|nobody)$",
        required=False,
        error_messages={"invalid": gettext_lazy("Say whose: a person's number, or nobody.")},
    )
    scope = forms.ChoiceField(choices=[("team", "team"), ("tree", "tree")], required=False)
    grain = forms.ChoiceField(
        choices=[(grain, grain) for grain in GRAINS if grain != "total"], required=False
    )

    def __init__(self, data: Any, metric: Metric, latest: date):
        super().__init__(data)
        self.metric = metric
        for name in ("from", "to"):
            self.fields[name] = DayField(until=latest)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("from"), found.get("to")
        if start and end and start > end:
            self.add_error("to", _("The last day lies before the first one."))
        elif start and end:
            self._check_length(found.get("grain") or "", (end - start).days)
        level = found.get("level") or Level.COMPANY
        if level != Level.COMPANY and self.metric.is_company_only:
            self.add_error("level", _("This figure is told for the whole company only."))
        if level == Level.COMPANY and found.get("person"):
            self.add_error("person", _("The company is no person: choose the level manager or rep."))
        if level != Level.COMPANY and not found.get("person") and "person" not in self.errors:
            self.add_error("person", _("Say whose: a person's number, or nobody."))
        return found

    def _check_length(self, grain: str, days: int) -> None:
        most = MOST_POINTS if grain == "day" else MOST_DAYS
        if days >= most:
            self.add_error("to", _("At most %(most)s days at once.") % {"most": most})

    @property
    def grain_asked(self) -> str:
        given = self.cleaned_data.get("grain") or "week"
        return "month" if self.metric.shape == Shape.RETENTION else given


def choices(lane: str) -> list[tuple[str, Any]]:
    return [(key, METRICS[key].title) for key in CHOICES[lane]]


# A target is written in the unit that people read, and kept in the metric's own.
UNIT_OF_TARGET = {"fraction": 0.01, "seconds": 60.0}


def takes_target(metric: Metric) -> bool:
    """A number of tickets depends on how long the period and how large the team is."""
    return metric.shape not in (Shape.COUNT, Shape.BACKLOG)


class FocusForm(forms.Form):
    satisfaction = forms.ChoiceField(
        choices=choices(Lane.SATISFACTION), label=gettext_lazy("Satisfaction focus")
    )
    satisfaction_target = forms.FloatField(
        required=False,
        label=gettext_lazy("Its target"),
        help_text=gettext_lazy("In percent, points, minutes or tickets per hour, as the metric is told."),
    )
    productivity = forms.ChoiceField(
        choices=choices(Lane.PRODUCTIVITY), label=gettext_lazy("Productivity focus")
    )
    productivity_target = forms.FloatField(
        required=False,
        label=gettext_lazy("Its target"),
        help_text=gettext_lazy("A number of tickets has none: it depends on the period and on the team."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for lane in Lane.values:
            metric = METRICS.get(found.get(lane, ""))
            target = found.get(f"{lane}_target")
            if metric and target is not None:
                self._check_target(f"{lane}_target", metric, target)
        return found

    def _check_target(self, name: str, metric: Metric, target: float) -> None:
        if not takes_target(metric):
            self.add_error(name, _("A number of tickets has no target of its own; leave this empty."))
        elif metric.unit == "fraction" and not 0 <= target <= 200:
            self.add_error(name, _("Give a percentage from 0 to 200."))
        elif metric.unit == "points" and not -100 <= target <= 100:
            self.add_error(name, _("Give points from -100 to 100."))
        elif metric.unit != "points" and not 0 <= target <= 1_000_000:
            self.add_error(name, _("Give a number from 0 to 1,000,000."))

    def aim(self, lane: str) -> tuple[str, float | None]:
        """(metric, target in its own unit)"""
        metric = METRICS[self.cleaned_data[lane]]
        target = self.cleaned_data.get(f"{lane}_target")
        return metric.key, None if target is None else target * UNIT_OF_TARGET.get(metric.unit, 1.0)

    @staticmethod
    def as_typed(aims: Aims) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for lane, key in aims.focus.items():
            target = aims.targets.get(key)
            size = UNIT_OF_TARGET.get(METRICS[key].unit, 1.0)
            found |= {lane: key, f"{lane}_target": None if target is None else round(target / size, 4)}
        return found

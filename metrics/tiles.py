"""Figures as people read them."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import duration

from .definitions import Metric
from .points import Point
from .queries import Answer, Scope, answers

HEADLINE = (
    "csat",
    "nps",
    "fcr",
    "service_level",
    "tickets_opened",
    "tickets_resolved",
    "resolution_time",
    "backlog",
)


@dataclass(frozen=True)
class Tile:
    key: str
    title: str
    value_text: str
    n_text: str
    interval_text: str
    href: str


def headline(member: Member, start: date, end: date) -> list[Tile]:
    """The company's headline figures of a period."""
    return [_tile(found) for found in answers(member.company, HEADLINE, Scope(member.company_id), start, end)]


def _tile(found: Answer) -> Tile:
    metric, point = found.metric, found.points[0]
    query = urlencode({"level": "company", "from": found.start.isoformat(), "to": found.end.isoformat()})
    return Tile(
        key=metric.key,
        title=str(metric.title),
        value_text=in_words(metric, point.median if metric.unit == "seconds" else point.value),
        n_text=_n(metric, point),
        interval_text=_interval(metric, point),
        href=f"{reverse('metrics:metric', args=[metric.key])}?{query}",
    )


def in_words(metric: Metric, value: float | None) -> str:
    """CSAT 91 %, NPS +43, 4 h 12 min."""
    if value is None:
        return "–"
    if metric.unit == "fraction":
        return f"{100 * value:.0f} %"
    if metric.unit == "points":
        return f"{value:+.0f}"
    if metric.unit == "seconds":
        return duration(value)
    return f"{value:,.0f}".replace(",", " ") if float(value).is_integer() else f"{value:.1f}"


def _n(metric: Metric, point: Point) -> str:
    if metric.unit == "tickets":
        return ""
    count = ngettext("%(n)s observation", "%(n)s observations", point.n) % {"n": point.n}
    return _("median of %(count)s") % {"count": count} if metric.unit == "seconds" else count


def _interval(metric: Metric, point: Point) -> str:
    if 0 < point.n < metric.minimum_n and metric.unit != "tickets":
        return _("too few to compare")
    if point.low is None or point.high is None:
        return ""
    return _("95 %%: %(low)s to %(high)s") % {
        "low": in_words(metric, point.low),
        "high": in_words(metric, point.high),
    }

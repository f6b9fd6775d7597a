"""One figure: what it means and rests on, and how it went over time."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from metrics.boards import files
from metrics.boards.explain import explain
from metrics.boards.trend import Trend
from metrics.definitions import METRICS, Metric
from metrics.forms import FigureForm
from metrics.queries import Level, Present, Question, Reader, Scope, ask, present

from .boards import check, find

AHEAD = timedelta(days=370)


@dataclass(frozen=True)
class AskedFigure:
    """A figure that the reader may read. person: whose, None for the company and for nobody."""

    metric: Metric
    present: Present
    scope: Scope
    person: Member | None
    start: date
    end: date
    grain: str
    reader: Reader

    @property
    def whose(self) -> str:
        if self.scope.level == Level.COMPANY:
            return self.reader.member.company.name
        name = self.person.name if self.person else _("Nobody")
        if self.scope.level == Level.REP:
            return name
        form = _("Whole tree of %(name)s") if self.scope.tree else _("Team of %(name)s")
        return form % {"name": name}


def asked_figure(request: MemberRequest, key: str) -> AskedFigure | FigureForm:
    """What the address asks, or the form that says what is wrong with it; 403 and 404 as everywhere."""
    metric = METRICS.get(key)
    if metric is None:
        raise Http404(_("There is no such metric."))
    member = request.member
    at = present(member.company)
    form = FigureForm(request.GET, metric, at.today + AHEAD)
    if not form.is_valid():
        return form
    given = form.cleaned_data
    level = Level(given["level"] or Level.COMPANY)
    number = given["person"]
    person = find(member, int(number)) if number not in ("", "nobody") else None
    scope = Scope(
        member.company_id,
        level,
        person.id if person else 0,
        given["scope"] == "tree" and level == Level.MANAGER,
    )
    reader = Reader(member, at.today)
    check(reader, scope)
    return AskedFigure(metric, at, scope, person, given["from"], given["to"], form.grain_asked, reader)


def refused(request: MemberRequest, form: FigureForm) -> HttpResponseBase:
    """The address cannot be read: which part, and why."""
    return render(request, "metrics/wrong_address.html", {"form": form}, status=400)


@require_safe
@member_required
@vary_on_headers("HX-Request")
def explain_figure(request: MemberRequest, metric: str) -> HttpResponseBase:
    """Explain this number: as a drawer over its board, or as a page."""
    asked = asked_figure(request, metric)
    if isinstance(asked, FigureForm):
        return refused(request, asked)
    found = explain(request.member.company, metric, asked.scope, asked.start, asked.end, asked.present)
    email = asked.person.email if asked.person else ""
    shown = {"found": found, "whose": asked.whose, "api_url": found.address.api(email)}
    template = "metrics/_explain.html" if request.htmx else "metrics/explain.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@require_safe
@member_required
@vary_on_headers("HX-Request")
def trend_table(request: MemberRequest, metric: str) -> HttpResponseBase:
    """A metric over time as a table: a part of its board, a page, or a file."""
    asked = asked_figure(request, metric)
    if isinstance(asked, FigureForm):
        return refused(request, asked)
    question = Question(metric, asked.start, asked.end, asked.grain)
    found = Trend(ask(request.member.company, asked.scope, [question], asked.present)[0])
    if "csv" in request.GET:
        return csv_response(*files.of_trend(found))
    template = "metrics/_trend_table.html" if request.htmx else "metrics/trend.html"  # type: ignore[attr-defined]
    return render(request, template, {"trend": found, "whose": asked.whose})

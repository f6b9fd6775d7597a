"""The rows behind a figure, in pages and as a file."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.models import Company
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from customers.queries.behind import BehindRow, behind
from metrics.boards.address import FigureAddress
from metrics.boards.explain import Explanation, explain
from metrics.definitions import Shape
from metrics.forms import FigureForm
from metrics.queries.sources import PAGE, Place, all_sources, sources
from metrics.views.figures import AskedFigure, asked_figure, refused

FEW = 5
BATCH = 500


@require_safe
@member_required
@vary_on_headers("HX-Request")
def rows_behind(request: MemberRequest, metric: str) -> HttpResponseBase:
    """Exactly the rows that a figure counts: tickets, answers, shifts or customers."""
    asked = asked_figure(request, metric)
    if isinstance(asked, FigureForm):
        return refused(request, asked)
    found = explain(request.member.company, metric, asked.scope, asked.start, asked.end, asked.present)
    hours = asked.metric.shape == Shape.PER_HOUR and request.GET.get("part") == "hours"
    if "csv" in request.GET:
        name = f"{metric}-{asked.start}-{asked.end}"
        return csv_response(name, _header(found), _lines(request.member.company, asked, found, hours))
    few = FEW if request.GET.get("few") else 0
    facts = sources(found.answer, found.present, _place(request), few or PAGE + 1, hours=hours)
    rows = behind(request.member.company, asked.metric, facts[: few or PAGE], asked.reader.may_name)
    address = FigureAddress(metric, asked.scope, asked.start, asked.end)
    context: dict[str, Any] = {
        "found": found,
        "whose": asked.whose,
        "rows": rows,
        "hours": hours,
        "has_hours": asked.metric.shape == Shape.PER_HOUR,
        "query": address.query + ("&part=hours" if hours else ""),
        "after": facts[PAGE - 1].place if not few and len(facts) > PAGE else None,
        "is_first": "after" not in request.GET,
    }
    template = "customers/behind/_rows.html" if few else "customers/behind/index.html"
    return render(request, template, context)


def _place(request: MemberRequest) -> Place | None:
    """Where the page before ended; the first page for what cannot be read."""
    try:
        return Place.read(request.GET.get("after", ""))
    except ValueError:
        return None


def _header(found: Explanation) -> list[str]:
    amounts = (
        [_("First month, minor units"), _("Last month, minor units")]
        if found.metric.shape == Shape.RETENTION
        else [_("Value")]
    )
    return [
        _("When"),
        _("Ticket"),
        _("Subject"),
        _("Customer"),
        _("Rep"),
        *amounts,
        _("Counted as"),
        _("In n"),
    ]


def _lines(company: Company, asked: AskedFigure, found: Explanation, hours: bool) -> Iterator[list[Any]]:
    facts = all_sources(found.answer, found.present, hours=hours)
    while batch := list(islice(facts, BATCH)):
        rows = behind(company, asked.metric, batch, asked.reader.may_name)
        for fact, row in zip(batch, rows, strict=True):
            yield _line(row, int(fact.is_counted))


def _line(row: BehindRow, counted: int) -> list[Any]:
    ticket = row.ticket
    return [
        row.at.isoformat() if row.at else "",
        ticket.external_id if ticket else "",
        ticket.subject if ticket else row.name,
        row.customer.name if row.customer else "",
        row.rep,
        *row.raw,
        row.counted,
        counted,
    ]

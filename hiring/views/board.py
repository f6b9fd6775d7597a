"""The pipeline of a requisition, as a board and as a table."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib import clock
from cs_platform.lib.sheets import csv_response
from hiring.actions.applying import token_of
from hiring.forms.board import TableForm
from hiring.models import Requisition
from hiring.queries.board import board_of, in_rows, lines_of, table_of

A_PAGE = 50


@require_safe
@member_required
def board(request: MemberRequest, requisition: int) -> HttpResponse:
    """Whoever may read a requisition hires for it, so that the board needs no further look."""
    found = find_requisition(request, requisition)
    if request.GET.get("view") == "table":
        return _table(request, found)
    page = {
        "requisition": found,
        "board": board_of(request.member, found),
        "token": token_of(found),
        "now": clock.now(),
    }
    return render(request, "hiring/board/show.html", page)


def _table(request: MemberRequest, requisition: Requisition) -> HttpResponse:
    form = TableForm(requisition, request.GET)
    rows = table_of(request.member, requisition, form.asked())
    shown = Paginator(rows.values_list("id", flat=True), A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    page = {
        "requisition": requisition,
        "form": form,
        "page": shown,
        "lines": lines_of(request.member, shown.object_list),
        "asked": asked.urlencode(),
    }
    return render(request, "hiring/board/table.html", page)


@require_safe
@member_required
def candidates_csv(request: MemberRequest, requisition: int) -> StreamingHttpResponse:
    """The rows that the table shows, all of them. No rating and nothing else of a scorecard is among it."""
    found = find_requisition(request, requisition)
    rows = table_of(request.member, found, TableForm(found, request.GET).asked())
    header = [
        _("Name"), _("Stage"), _("State"), _("Days in stage"), _("Days planned"), _("Source"), _("Where from"),
        _("Applied"), _("Next"), _("Who"), _("By"), _("Scorecards in"), _("Scorecards"),
    ]  # fmt: skip
    return csv_response(f"candidates-{found.id}", header, _lines(request, rows))


def _lines(request: MemberRequest, rows: Any) -> Iterator[list[Any]]:
    """A few hundred at a time, so that thousands of rows fit."""
    batch: list[Any] = []
    for row in rows.select_related("candidate", "stage", "next_by").iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == 500:
            yield from map(_line, in_rows(request.member, batch))
            batch = []
    yield from map(_line, in_rows(request.member, batch))


def _line(card: Any) -> list[Any]:
    row, progress = card.application, card.progress
    return [
        str(row.candidate), row.stage.name, row.get_state_display(), card.days, card.limit,
        row.get_source_display(), row.source_detail, row.applied_at.date().isoformat(), row.next_action,
        str(row.next_by or ""), row.next_on.isoformat() if row.next_on else "",
        progress.submitted if progress else 0, progress.total if progress else 0,
    ]  # fmt: skip


def find_requisition(request: MemberRequest, requisition: int) -> Requisition:
    requisitions = Requisition.objects.visible_to(request.member).select_related("owner", "team", "manager")
    return get_object_or_404(requisitions, id=requisition)

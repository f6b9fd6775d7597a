"""The queue: what its address asks for, as a page, as a fragment, and as a file."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from customers.forms.queue import OWN_VIEWS, VIEWS, FilterForm, current_view, view_query
from customers.forms.queue_filters import read_filters
from customers.models import Channel
from customers.queries.queue import export_rows, queue_page
from customers.queries.queue_views import has_tickets, saved_views_of, view_counts

from .queue_rows import rows_as_html


@require_GET
@member_required
def ticket_index(request: MemberRequest) -> HttpResponse:
    """The list; as a fragment for htmx. ?view= leads to the address of a view, for the list of views on a phone."""
    if request.GET.get("view"):
        return redirect(
            f"{reverse('customers:ticket_index')}?{view_query(request.member, request.GET['view'])}"
        )
    asked = read_filters(request.member, request.GET)
    page = queue_page(request.member, asked.filters)
    context = {
        "asked": asked,
        "page": page,
        "rows": rows_as_html(page.rows),
        "filters": asked.filters,
        "views": _views(request, asked.query),
        "sorts": asked.filters.sorts(),
        "is_empty": not page.rows and not has_tickets(request.member),
        "csv": f"{reverse('customers:ticket_csv')}?{asked.query}",
    }
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "customers/queue/_fragment.html" if is_part else "customers/queue/index.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _views(request: MemberRequest, query: str) -> dict[str, Any]:
    """Views of the house with their counts, then the saved ones; which of them is the current one."""
    counts = view_counts(request.member)
    current = current_view(query)
    house = [
        {"key": key, "name": name, "query": view_query(request.member, key), "count": counts[key]}
        for key, (name, _wanted) in VIEWS.items()
    ]
    saved = saved_views_of(request.member)
    return {
        "current": current,
        "query": query,
        "own": [view for view in house if view["key"] in OWN_VIEWS],
        "house": [view for view in house if view["key"] not in OWN_VIEWS],
        "saved": [view for view in saved if view.member_id == request.member.id],
        "shared": [view for view in saved if view.member_id != request.member.id],
    }


@require_GET
@member_required
def ticket_filters(request: MemberRequest) -> HttpResponse:
    """The form of all filters, in a drawer or as a page."""
    form = FilterForm(request.member, request.GET)
    template = "customers/queue/_filters.html" if request.htmx else "customers/queue/filters.html"  # type: ignore[attr-defined]
    response = render(request, template, {"form": form, "kept": form.kept})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@member_required
def ticket_csv(request: MemberRequest) -> HttpResponse | StreamingHttpResponse:
    """Every row of the filters. A filter that cannot be is refused: a file must not hold more than was asked for."""
    asked = read_filters(request.member, request.GET, ignored=("after",))
    if asked.problems:
        return render(request, "customers/queue/refused.html", {"problems": asked.problems}, status=400)
    header = [
        _("Number"), _("Subject"), _("Customer"), _("Requester"), _("State"), _("Priority"), _("Channel"),
        _("Category"), _("Assignee"), _("Opened at"), _("First response at"), _("First response due at"),
        _("Resolution due at"), _("Resolved at"), _("Reopened"), _("Tags"),
    ]  # fmt: skip
    rows = (_cells(row) for row in export_rows(request.member, asked.filters))
    return csv_response("tickets", header, rows)


def _cells(row: tuple) -> list[Any]:
    """Times as ISO 8601 in UTC, tags with semicolons between, as the importer reads them."""
    cells = [cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row]
    cells[6] = Channel(row[6]).name.lower()
    cells[-1] = ";".join(row[-1])
    return cells

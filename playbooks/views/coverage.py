"""All playbooks: how much of the work they cover, what to write next, and the list."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from playbooks.queries import files
from playbooks.queries.page import coverage_page, in_state

SHOWN, MOST = 5, 20  # of what to write next: some fold out, the rest is in the file
STATES = ("all", "lapsed", "due", "verified")


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponseBase:
    """?state= lists some; ?csv= is one of the tables as a file."""
    page = coverage_page(request.member)
    if "csv" in request.GET:
        if request.GET["csv"] not in files.NAMES:
            raise Http404(_("There is no such table."))
        return csv_response(*files.sheet(page, request.GET["csv"]))
    state = request.GET.get("state", "all")
    context = {
        "page": page,
        "state": state if state in STATES else "all",
        "listed": in_state(page.listed, state),
        "first_ones": page.to_write[:SHOWN],
        "other_ones": page.to_write[SHOWN:MOST],
    }
    return render(request, "playbooks/coverage/index.html", context)

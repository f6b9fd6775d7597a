"""Reports on hiring, as a page and as a file."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from cs_platform.lib.outside import number
from cs_platform.lib.sheets import csv_response
from hiring.permissions import can_hire
from hiring.queries.reports import Reports, sheet
from hiring.queries.reports import reports as reports_for


@require_safe
@member_required
def reports(request: MemberRequest) -> HttpResponse:
    """?requisition= is of one job."""
    return render(request, "hiring/reports/index.html", {"page": _page(request)})


@require_safe
@member_required
def reports_file(request: MemberRequest) -> HttpResponseBase:
    return csv_response("hiring-reports", *sheet(_page(request)))


def _page(request: MemberRequest) -> Reports:
    allow(can_hire(request.member), _("Reports are for those who hire."))
    return reports_for(request.member, number(request.GET.get("requisition", "")))

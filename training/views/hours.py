"""Hours of training by person and quarter."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from training.queries.hours import HoursPage, Quarter, hours_page


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponseBase:
    """?quarter=2026-Q4, ?team= narrows down, ?csv=1 is the whole list as a file."""
    current = Quarter.of(request.member.company.today())
    quarter = Quarter.read(request.GET.get("quarter", "")) or current
    wanted = request.GET.get("team", "")
    team = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    page = hours_page(request.member, quarter, team, request.GET.get("page"))
    if "csv" in request.GET:
        return _sheet(page)
    kept = f"quarter={quarter}" + (f"&team={page.team.id}" if page.team else "")
    context = {"page": page, "query": kept, "is_current": quarter >= current}
    return render(request, "training/hours/index.html", context)


def _sheet(page: HoursPage) -> HttpResponseBase:
    header = [
        _("name"), _("e-mail"), _("team"), _("quarter"), _("minutes by oneself"), _("minutes judged by another"),
        _("minutes of ride-alongs"), _("minutes of sessions"), _("minutes in all"),
    ]  # fmt: skip
    rows = (
        (
            row.person.name,
            row.person.email,
            row.team,
            str(page.quarter),
            row.minutes.own,
            row.minutes.seen,
            row.minutes.rides,
            row.minutes.sessions,
            row.minutes.total,
        )
        for row in page.rows
    )
    return csv_response(f"training-hours-{page.quarter}", header, rows)

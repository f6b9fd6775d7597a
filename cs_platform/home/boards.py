from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.middleware import MemberRequest
from accounts.models import Role
from accounts.views.access import member_required
from cs_platform.lib import clock
from metrics.tiles import headline

HOMES = {Role.REP: "my_day", Role.MANAGER: "team", Role.LEADER: "company", Role.ADMIN: "company"}


@member_required
def home(request: MemberRequest) -> HttpResponse:
    """The page that a role begins with."""
    return redirect(HOMES[Role(request.member.role)])


@member_required
def company(request: MemberRequest) -> HttpResponse:
    """What needs doing in the company, then its figures."""
    end = request.member.company.zones().day(clock.now()) - timedelta(days=1)
    start = end - timedelta(days=27)
    return render(
        request,
        "home/company.html",
        {"tiles": headline(request.member, start, end), "start": start, "end": end},
    )


@member_required
def team(request: MemberRequest) -> HttpResponse:
    """What needs doing in a manager's team, then its figures."""
    return render(request, "home/team.html")

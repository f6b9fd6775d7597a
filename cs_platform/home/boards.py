"""The homes of leaders and managers: what needs doing, then the figures."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.models import Member, Role
from accounts.queries import manager_of
from accounts.queries.people import managers
from accounts.views.access import member_required
from metrics.queries import Level, present
from metrics.views.boards import show

from .needs import needs_of_leader, needs_of_manager

HOMES = {Role.REP: "my_day", Role.MANAGER: "team", Role.LEADER: "company", Role.ADMIN: "company"}


@member_required
def home(request: MemberRequest) -> HttpResponse:
    """The page that a role begins with."""
    return redirect(HOMES[Role(request.member.role)])


@require_safe
@member_required
def company(request: MemberRequest) -> HttpResponseBase:
    """What needs doing in the company, then its figures."""
    member, at = request.member, present(request.member.company)
    needs = needs_of_leader(member, at) if member.sees_everybody and "csv" not in request.GET else None
    return show(request, Level.COMPANY, None, "home/company.html", at, needs=needs)


@require_safe
@member_required
def team(request: MemberRequest) -> HttpResponseBase:
    """What needs doing in the own team, then its figures. Leaders and admins choose whose."""
    member = request.member
    if member.sees_everybody:
        return _chosen(request)
    manager, at = member, present(member.company)
    if not member.leads_people:
        above = manager_of(member, at.today)
        if above is None:
            return render(request, "home/team.html", {"managers": []})
        manager = Member.objects.get(id=above)
    needs = needs_of_manager(member, at) if member.leads_people and "csv" not in request.GET else None
    return show(request, Level.MANAGER, manager, "metrics/board.html", at, needs=needs)


def _chosen(request: MemberRequest) -> HttpResponseBase:
    """Every manager whose team one may open."""
    asked = request.GET.get("person", "")
    if asked.isdecimal() and len(asked) < 19:
        return redirect("boards:team", int(asked))
    return render(request, "home/team.html", {"managers": managers(request.member)})

"""The matrix of what roles are to know. A cell saves at once; without scripts it is a small form."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.models import Role, Team
from accounts.views.access import allow, member_required
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from playbooks.forms.people import teams_of
from training.actions.requirements import require
from training.forms.programmes import RequirementForm
from training.models import Level, Requirement
from training.permissions import can_set_up
from training.queries.requirements import matrix

A_PAGE = 40


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def requirements(request: MemberRequest) -> HttpResponse:
    """GET ?team= shows one team. POST ?role=&playbook=&team= sets the level of that cell."""
    allow(can_set_up(request.member), _("Managers, leaders and admins say what a role is to know."))
    if request.method == "POST":
        return _set(request)
    return _page(request, _team(request, request.GET.get("team", "")))


def _set(request: MemberRequest) -> HttpResponse:
    given = request.GET.dict()
    if "level" in request.POST:
        given["level"] = request.POST["level"]
    form = RequirementForm(request.member, given)
    if not form.is_valid():
        return _refused(request, _("Choose a level, a role and a playbook that are still there."))
    cell = form.cleaned_data
    before = _level(request, cell)
    try:
        require(actor=request.member, **cell)
    except ValidationError as error:
        return _refused(request, " ".join(error.messages))
    undo = urlencode(_place(cell) | {"level": before})
    if request.htmx:
        return _cell(request, cell, undo)
    told = _("%(playbook)s: %(level)s.")
    level = Level(cell["level"]).label if cell["level"] else _("not asked for any more")
    said = told % {"playbook": isolated(cell["playbook"].title), "level": level}
    offer_undo(request, said, f"{reverse('training:requirements')}?{undo}")
    return redirect(_url(cell["team"]))


def _level(request: MemberRequest, cell: dict) -> str:
    rows = Requirement.objects.filter(company_id=request.member.company_id, role=cell["role"])
    row = rows.filter(team=cell["team"], playbook=cell["playbook"]).first()
    return row.level if row else ""


def _place(cell: dict) -> dict[str, str]:
    team = cell["team"]
    return {"role": cell["role"], "team": team.id if team else "", "playbook": cell["playbook"].id}


def _cell(request: MemberRequest, cell: dict, undo: str) -> HttpResponse:
    """The cell as it stands now, and with it who lacks what."""
    found = matrix(request.member, cell["team"])
    row = next(each for each in found.rows if each.playbook.id == cell["playbook"].id)
    shown = next(each for each in row.cells if each.role == cell["role"])
    context = {
        "matrix": found,
        "row": row,
        "cell": shown,
        "undo": undo,
        "team": cell["team"],
        "levels": Level,
    }
    answer = render(request, "training/programmes/_cell_answer.html", context)
    answer["Vary"] = "HX-Request"
    return answer


def _refused(request: MemberRequest, told: str) -> HttpResponse:
    """The whole page, with the reason above and what holds below it."""
    messages.warning(request, told)
    answer = _page(request, None, status=422)
    if request.htmx:
        answer["HX-Retarget"] = "body"
    return answer


def _page(request: MemberRequest, team: Team | None, status: int = 200) -> HttpResponse:
    found = matrix(request.member, team)
    context = {
        "matrix": found,
        "page": Paginator(found.rows, A_PAGE).get_page(request.GET.get("page")),
        "query": f"team={team.id}" if team else "",
        "roles": Role,
        "team": team,
        "teams": teams_of(request.member),
        "levels": Level,
    }
    answer = render(request, "training/programmes/requirements.html", context, status=status)
    answer["Vary"] = "HX-Request"
    return answer


def _team(request: MemberRequest, asked: str) -> Team | None:
    if not (asked.isdecimal() and len(asked) < 10):
        return None
    return get_object_or_404(teams_of(request.member), id=int(asked))


def _url(team: Team | None) -> str:
    url = reverse("training:requirements")
    return f"{url}?team={team.id}" if team else url

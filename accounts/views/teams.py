from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import create_team, delete_team, rename_team
from accounts.forms import TeamForm
from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Team
from accounts.permissions import can_manage_people
from accounts.queries.teams import teams
from accounts.views.access import allow, member_required, page_status


def _find(request: MemberRequest, team_id: int) -> Team:
    team = get_object_or_404(Team, company_id=request.member.company_id, id=team_id)
    allow(can_manage_people(request.member), _("Leaders and admins change teams."))
    return team


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def team_index(request: MemberRequest) -> HttpResponse:
    """The teams with how many are in each today, and a form for another one."""
    may_edit = can_manage_people(request.member)
    allow(request.method != "POST" or may_edit, _("Leaders and admins change teams."))
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = create_team(actor=request.member, name=form.cleaned_data["name"])
        except ValidationError as error:
            _say(form, error)
        else:
            messages.success(request, _("“%(name)s” is there.") % {"name": team.name})
            return redirect("accounts:team_index")
    rows = teams(request.member, request.member.company.today())
    context = {"rows": rows, "form": form, "may_edit": may_edit}
    return render(request, "accounts/team/index.html", context, status=page_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def team_edit(request: MemberRequest, team_id: int) -> HttpResponse:
    team = _find(request, team_id)
    form = TeamForm(request.POST or None, initial={"name": team.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_team(actor=request.member, team=team, name=form.cleaned_data["name"])
        except ValidationError as error:
            _say(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:team_index")
    return render(request, "accounts/team/edit.html", {"team": team, "form": form}, status=page_status(form))


@require_POST
@member_required
def team_deletion(request: MemberRequest, team_id: int) -> HttpResponse:
    team = _find(request, team_id)
    try:
        delete_team(actor=request.member, team=team)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(name)s” is deleted.") % {"name": team.name})
    return redirect("accounts:team_index")


def _say(form: TeamForm, error: ValidationError) -> None:
    """A name that is taken is a matter of the name."""
    if getattr(error, "error_dict", {}).keys() == {"__all__"}:
        form.add_error("name", _("There is a team of this name already."))
    else:
        take_errors(form, error)

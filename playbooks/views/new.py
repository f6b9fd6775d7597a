"""A new playbook: for a scenario, from a template or from a blank page."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from playbooks.actions.starting import begin_playbook
from playbooks.forms.new import NewForm
from playbooks.models import Version
from playbooks.permissions import can_draft
from playbooks.starters import Starter, starters


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: MemberRequest) -> HttpResponse:
    """?template= shows a template, ?scenario= chooses a scenario. POST begins the draft."""
    allow(can_draft(request.member), _("You may read playbooks, but not write them."))
    chosen = starters().get(request.POST.get("template") or request.GET.get("template") or "")
    is_sent = request.method == "POST"
    first = {"template": chosen.name if chosen else "", "scenario": request.GET.get("scenario", "")}
    form = NewForm(request.member, request.POST if is_sent else None, initial=first)
    if is_sent and form.is_valid():
        draft = _begin(request, form, chosen)
        if draft is not None:
            return redirect("playbooks:draft", draft.playbook_id)
    page = {
        "form": form,
        "chosen": chosen,
        "starters": starters().values(),
        "scenario": form["scenario"].value() or "",
    }
    return render(request, "playbooks/new.html", page, status=page_status(form))


def _begin(request: MemberRequest, form: NewForm, chosen: Starter | None) -> Version | None:
    given = form.cleaned_data
    try:
        return begin_playbook(
            actor=request.member,
            scenario=given["scenario"],
            new_scenario=given.get("new_scenario", ""),
            title=given["title"],
            graph=chosen.graph if chosen else None,
        )
    except ValidationError as error:
        if "name" in getattr(error, "error_dict", {}):
            error = ValidationError({"new_scenario": error.error_dict["name"]})
        take_errors(form, error)
        return None

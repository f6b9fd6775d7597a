"""Who answers for a playbook, how often it is verified, and who reads it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from playbooks import actions
from playbooks.forms.people import PeopleForm, offered
from playbooks.models import Playbook
from playbooks.permissions import can_set_up
from playbooks.queries.lists import readable


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def people(request: MemberRequest, playbook: int) -> HttpResponse:
    """Owner, verifier, interval and readers. Until when it is verified stays as it is."""
    found = _find(request, playbook)
    form = PeopleForm(request.member, found, request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, found, form):
        messages.success(request, _("Saved."))
        return redirect("playbooks:show", found.id)
    context = {
        "playbook": found,
        "form": form,
        "people": offered(request.member),
        "trust": found.trust(request.member.company.today()),
    }
    return render(request, "playbooks/review/people.html", context, status=page_status(form))


@require_POST
@member_required
def archiving(request: MemberRequest, playbook: int) -> HttpResponse:
    found = _find(request, playbook)
    actions.archive_playbook(actor=request.member, playbook=found)
    messages.success(
        request, _("“%(title)s” is archived. Runs that have begun go on.") % {"title": isolated(found.title)}
    )
    return redirect("playbooks:index")


def _find(request: MemberRequest, playbook: int) -> Playbook:
    rows = readable(request.member).select_related("owner", "verifier", "verifier_team", "scenario")
    found = get_object_or_404(rows, id=playbook)
    allow(can_set_up(request.member), _("Managers and leaders name who answers for a playbook."))
    return found


def _change(request: MemberRequest, found: Playbook, form: PeopleForm) -> bool:
    version = form.cleaned_data["version"]
    try:
        actions.change_playbook(actor=request.member, playbook=found, version=version, **form.changes())
    except EditConflict:
        words = _("Somebody has changed this playbook meanwhile. Open it again and repeat your change.")
        form.add_error(None, words)
    except ValidationError as error:
        take_errors(form, error)
    else:
        return True
    return False

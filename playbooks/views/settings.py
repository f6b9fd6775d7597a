"""Who answers for a playbook, how often it is verified, and who reads it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from playbooks import actions
from playbooks.forms.people import PeopleForm, offered
from playbooks.models import Playbook
from playbooks.permissions import can_set_up
from playbooks.queries.archive import archive
from playbooks.queries.lists import readable, with_archived


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
    told = _("“%(title)s” is archived. Runs that have begun go on.") % {"title": isolated(found.title)}
    offer_undo(request, told, reverse("playbooks:restoration", args=[found.id]))
    return redirect("playbooks:index")


@require_POST
@member_required
def restoration(request: MemberRequest, playbook: int) -> HttpResponse:
    """Back from the archive, by whoever may archive."""
    found = _find(request, playbook, with_archived(request.member))
    try:
        actions.restore_playbook(actor=request.member, playbook=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("playbooks:archived")
    messages.success(request, _("“%(title)s” is back.") % {"title": isolated(found.title)})
    return redirect("playbooks:show", found.id)


@require_safe
@member_required
def archived(request: MemberRequest) -> HttpResponse:
    """What was put away, to be brought back."""
    _allow(request)
    return render(request, "playbooks/review/archived.html", {"rows": archive(request.member)})


def _find(request: MemberRequest, playbook: int, rows: QuerySet[Playbook] | None = None) -> Playbook:
    rows = readable(request.member) if rows is None else rows
    found = get_object_or_404(
        rows.select_related("owner", "verifier", "verifier_team", "scenario"), id=playbook
    )
    _allow(request)
    return found


def _allow(request: MemberRequest) -> None:
    allow(can_set_up(request.member), _("Managers and leaders name who answers for a playbook."))


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

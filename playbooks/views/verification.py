"""Whether a playbook still holds, and who answers for that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from cs_platform.lib.words import day, isolated
from playbooks import actions
from playbooks.permissions import can_set_up, can_verify
from playbooks.queries.lists import readable, team_today


@require_POST
@member_required
def verification(request: MemberRequest, playbook: int) -> HttpResponse:
    """It still holds, for another interval. Leads back to where it was said."""
    member = request.member
    found = get_object_or_404(readable(member), id=playbook)
    team = team_today(member).first()
    allow(
        can_verify(member, found, team),
        _("The verifier, their team, and managers say that a playbook holds."),
    )
    try:
        found = actions.verify(actor=member, playbook=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        if "owner" in getattr(error, "error_dict", {}) and can_set_up(member):
            return redirect("playbooks:people", found.id)
    else:
        today = member.company.today()
        told = {"title": isolated(found.title), "day": day(found.verified_until or today, today)}
        messages.success(request, _("“%(title)s” holds: verified until %(day)s.") % told)
    return redirect(_back(request, found.id))


def _back(request: MemberRequest, playbook: int) -> str:
    """Where the person came from, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if wanted.startswith("/") and is_ours else reverse("playbooks:show", args=[playbook])

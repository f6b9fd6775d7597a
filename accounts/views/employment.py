"""People leave, return and are invited."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import deactivate_member, invite_member, reactivate_member, withdraw_invitations
from accounts.forms import DepartureForm
from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.queries.people import person_page
from accounts.views.access import member_required, page_status
from accounts.views.people import find_changeable, site_of
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def departure(request: MemberRequest, person_id: int) -> HttpResponse:
    """Says what happens when somebody leaves; the form lets them go."""
    leaver = find_changeable(request, person_id)
    if not leaver.is_active:
        messages.info(request, _("%(name)s has left already.") % {"name": isolated(leaver.name)})
        return redirect("accounts:person", leaver.id)
    now = request.member.company.today()
    form = DepartureForm(request.POST or None, initial={"left_on": now})
    if request.method == "POST" and form.is_valid() and _let_go(request, leaver, form):
        return redirect("accounts:person", leaver.id)
    context = {"person": leaver, "form": form, "facts": person_page(leaver, now)}
    return render(request, "accounts/person/departure.html", context, status=page_status(form))


def _let_go(request: MemberRequest, leaver: Member, form: DepartureForm) -> bool:
    try:
        deactivate_member(actor=request.member, member=leaver, left_on=form.cleaned_data["left_on"])
    except ValidationError as error:
        take_errors(form, error)
        return False
    text = _("%(name)s has left: the sign-in has ended, and API keys are revoked.") % {
        "name": isolated(leaver.name)
    }
    offer_undo(request, text, reverse("accounts:person_return", args=[leaver.id]))
    return True


@require_POST
@member_required
def person_return(request: MemberRequest, person_id: int) -> HttpResponse:
    """Takes a leaving back, also long after."""
    person = find_changeable(request, person_id)
    try:
        reactivate_member(actor=request.member, member=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = _("%(name)s works here again. API keys that were revoked stay so.") % {
            "name": isolated(person.name)
        }
        messages.success(request, text)
    return redirect("accounts:person", person.id)


@require_POST
@member_required
def person_invitation(request: MemberRequest, person_id: int) -> HttpResponse:
    """Invites a person, or sends a new link in place of the one before."""
    person = find_changeable(request, person_id)
    try:
        invite_member(actor=request.member, member=person, site=site_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = _("An invitation is on its way to %(email)s. Its link works for seven days.")
        messages.success(request, text % {"email": person.email})
    return redirect("accounts:person", person.id)


@require_POST
@member_required
def person_invitation_withdrawal(request: MemberRequest, person_id: int) -> HttpResponse:
    person = find_changeable(request, person_id)
    if withdraw_invitations(actor=request.member, member=person):
        messages.success(request, _("The invitation is withdrawn; its link works no more."))
    return redirect("accounts:person", person.id)

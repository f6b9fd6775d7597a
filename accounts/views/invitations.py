"""Who opens the link of an invitation: a form for newcomers, one button for those who have a sign-in."""

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import accept_invitation
from accounts.forms import JoinForm
from accounts.forms.fields import take_errors
from accounts.middleware import COMPANY_KEY
from accounts.models import Invitation, User
from accounts.views.access import page_status
from cs_platform.lib import clock

NOT_FOUND, GONE = 404, 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """A link that works no more says why."""
    rows = Invitation.objects.select_related("member", "company", "invited_by")
    found = rows.filter(digest=Invitation.hash(secret)).first()
    if found is None:
        return _closed(request, "unknown", NOT_FOUND)
    state = _state(found)
    if state == "accepted" and request.user.pk and request.user.pk == found.member.user_id:
        return redirect("home")
    if state != "open":
        return _closed(request, state, GONE, found)
    known = User.objects.filter(email=found.member.email).first()
    return _join_known(request, found, known) if known else _join_new(request, found)


def _state(found: Invitation) -> str:
    if found.accepted_at:
        return "accepted"
    if found.withdrawn_at or not found.member.is_active or found.member.user_id:
        return "withdrawn"
    return "expired" if found.is_over(clock.now()) else "open"


def _closed(request: HttpRequest, state: str, status: int, found: Invitation | None = None) -> HttpResponse:
    context = {"state": state, "invitation": found}
    return render(request, "accounts/invitation/closed.html", context, status=status)


def _join_known(request: HttpRequest, found: Invitation, known: User) -> HttpResponse:
    """They have a sign-in already, so they say by signing in that it is them."""
    is_them = request.user.pk == known.pk
    if request.method == "POST" and is_them:
        try:
            accept_invitation(invitation=found, user=known)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return _come_in(request, found)
    context = {"invitation": found, "is_them": is_them}
    return render(
        request, "accounts/invitation/known.html", context, status=403 if request.method == "POST" else 200
    )


def _join_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    name = "" if found.member.name == found.member.email else found.member.name
    form = JoinForm(request.POST or None, email=found.member.email, initial={"name": name})
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(invitation=found, user=None, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            login(request, user)
            return _come_in(request, found)
    context = {"invitation": found, "form": form}
    return render(request, "accounts/invitation/new.html", context, status=page_status(form))


def _come_in(request: HttpRequest, found: Invitation) -> HttpResponse:
    request.session[COMPANY_KEY] = found.company_id
    messages.success(request, _("Welcome to %(company)s.") % {"company": found.company.name})
    return redirect("home")

"""The first visit to an empty installation, and the sign-in that leads there."""

from allauth.account.views import login as allauth_login
from django.contrib import messages
from django.contrib.auth import login
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import ask_for_demo, set_up
from accounts.forms import SetupForm
from accounts.forms.fields import take_errors
from accounts.models import Company, Member
from accounts.setup_token import wanted_token
from accounts.views.access import page_status

TRIES, A_WHILE = 10, 600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Makes the first company; from then on this page is not there."""
    if Company.objects.exists():
        raise Http404
    if request.method == "POST" and _too_often(request):
        return render(request, "429.html", status=429)
    form = SetupForm(request.POST or None, token=wanted_token())
    if request.method == "POST" and form.is_valid():
        admin = _made(form)
        if admin:
            login(request, admin.user)  # type: ignore[arg-type]  # set_up gives the admin a user
            return _begin(request, admin, form.cleaned_data["start"])
    return render(request, "accounts/setup/new.html", {"form": form}, status=page_status(form))


def _made(form: SetupForm) -> Member | None:
    wanted = {key: value for key, value in form.cleaned_data.items() if key not in ("start", "token")}
    try:
        return set_up(**wanted)
    except ValidationError as error:
        take_errors(form, error)
        return None


def _begin(request: HttpRequest, admin: Member, start: str) -> HttpResponse:
    messages.success(request, _("%(company)s is set up.") % {"company": admin.company.name})
    if start == "import":
        return redirect("customers:import_index")
    if start == "demo":
        ask_for_demo(actor=admin)
        return redirect("accounts:demo")
    return redirect("accounts:person_index")


def _too_often(request: HttpRequest) -> bool:
    """A token is not guessed: ten tries in ten minutes, whoever sends them."""
    cache.add("setup:tries", 0, timeout=A_WHILE)
    return cache.incr("setup:tries") > TRIES


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in, but on an installation without any company the way to set-up."""
    if request.method in ("GET", "HEAD") and not Company.objects.exists():
        return redirect("accounts:setup")
    return allauth_login(request)

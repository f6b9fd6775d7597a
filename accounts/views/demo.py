"""The demo: asked for, looked at, removed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.actions import ask_for_demo, remove_demo
from accounts.forms.fields import take_errors
from accounts.forms.removal import RemovalForm
from accounts.middleware import MemberRequest
from accounts.permissions import can_remove_demo
from accounts.queries.demo import (
    DEMO_SLUGS,
    demo_companies,
    has_asked_for_demo,
    has_joined_demo,
    removals_at_work,
)
from accounts.views.access import admin_required, allow, page_status


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def demo(request: MemberRequest) -> HttpResponse:
    """Asks for the demo, then says how far its loading is; a page that asks again by itself."""
    if request.method == "POST":
        ask_for_demo(actor=request.member)
        return redirect("accounts:demo")
    context = {
        "made": demo_companies().count(),
        "of": len(DEMO_SLUGS),
        "is_ready": has_joined_demo(request.member) or can_remove_demo(request.member),
        "is_asked": has_asked_for_demo(request.member),
    }
    return render(request, "accounts/setup/demo.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def demo_removal(request: MemberRequest) -> HttpResponse:
    """Says what goes; begun when the name is typed. A worker does it."""
    member = request.member
    allow(can_remove_demo(member), _("Only an admin of the demo can remove it."))
    form = RemovalForm(member.company.name, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_demo(actor=member)
        except ValidationError as error:
            take_errors(form, error)
        else:
            return redirect("accounts:removal")
    companies = demo_companies().order_by("id")
    context = {"form": form, "companies": companies, "wanted": member.company.name}
    return render(request, "accounts/setup/demo_removal.html", context, status=page_status(form))


@never_cache
@require_safe
def removal(request: HttpRequest) -> HttpResponse:
    """How far the removal of the demo is, for whoever pressed the button: their sign-in may be gone with it."""
    at_work = list(removals_at_work().filter(is_demo=True))
    if not at_work:
        if request.user.is_authenticated:
            messages.success(request, _("The demo is removed."))
        return HttpResponseClientRedirect("/") if request.htmx else redirect("home")  # type: ignore[attr-defined]
    return render(request, "accounts/setup/removal.html", {"gone": sum(each.rows_gone for each in at_work)})

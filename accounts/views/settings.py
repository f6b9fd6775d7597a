"""What an admin sets: the company, its days, its keys."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import change_company, change_zone
from accounts.forms import CompanyForm, ZoneForm
from accounts.forms.fields import take_errors
from accounts.mailbox import mails_are_kept
from accounts.middleware import MemberRequest
from accounts.queries.settings import is_counting_anew, zone_history
from accounts.views.access import admin_required, page_status


@require_safe
@admin_required
def settings(request: MemberRequest) -> HttpResponse:
    return render(request, "accounts/settings/index.html")


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def company(request: MemberRequest) -> HttpResponse:
    form = CompanyForm.of(request.member.company, request.POST or None)
    if request.method == "POST" and form.is_valid():
        before = request.member.company.follow_up_days
        try:
            after = change_company(actor=request.member, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            anew = after.follow_up_days != before
            words = (
                _("Saved. Tickets are judged again with the new window; figures follow.")
                if anew
                else _("Saved.")
            )
            messages.success(request, words)
            return redirect("accounts:settings_company")
    context = {
        "form": form,
        "is_counting": is_counting_anew(request.member.company),
        "has_mail_server": not mails_are_kept(),
    }
    return render(request, "accounts/settings/company.html", context, status=page_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def zone(request: MemberRequest) -> HttpResponse:
    day = request.member.company.today()
    form = ZoneForm(request.POST or None, initial={"valid_from": day + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            change_zone(actor=request.member, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Saved. Days are counted so from then on."))
            return redirect("accounts:settings_zone")
    context = {"form": form, "today": day, "history": zone_history(request.member.company, day)}
    return render(request, "accounts/settings/zone.html", context, status=page_status(form))

"""How the company hires, and who has learned to interview."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.words import isolated
from customers.actions.conflict import EditConflict
from hiring.actions.settings import change_hiring_settings, note_training, take_back_training
from hiring.forms.settings import SettingsForm, TrainingForm
from hiring.models import InterviewerTraining
from hiring.permissions import can_set_rules
from hiring.queries.interviewers import interviewers as people_who_interview
from hiring.queries.settings import settings_of
from hiring.seed import CONSENT
from playbooks.forms.people import offered

from .doors import allow_hiring, stale

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
A_PAGE = 50


@READ_OR_POST
@member_required
def settings(request: MemberRequest) -> HttpResponse:
    allow(can_set_rules(request.member), _("Leaders and admins set how the company hires."))
    found = settings_of(request.member.company_id)
    form = SettingsForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, form):
        messages.success(request, _("Saved."))
        return redirect("hiring:settings")
    context = {"form": form, "consent": str(CONSENT) % {"months": found.keep_months}}
    return render(request, "hiring/settings/settings.html", context, status=page_status(form))


@READ_OR_POST
@member_required
def interviewers(request: MemberRequest) -> HttpResponse:
    """Who may score alone and what the others lack; the module is noted here."""
    allow_hiring(request)
    company, today = request.member.company, request.member.company.today()
    form = TrainingForm(request.member, request.POST or None)
    if request.method == "POST" and form.is_valid() and _note(request, form):
        return redirect("hiring:interviewers")
    rows = people_who_interview(company, today)
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "qualified": sum(row.is_qualified for row in rows),
        "all": len(rows),
        "rules": settings_of(company.id),
        "form": form,
        "people": offered(request.member),
    }
    return render(request, "hiring/settings/interviewers.html", context, status=page_status(form))


@require_POST
@member_required
def training_removal(request: MemberRequest, person: int) -> HttpResponse:
    """It was not so: somebody has not been through the module."""
    allow_hiring(request)
    rows = InterviewerTraining.objects.visible_to(request.member).select_related("member")
    found = get_object_or_404(rows, member_id=person)
    take_back_training(actor=request.member, training=found)
    told = _("The module is no longer noted for %(name)s.")
    messages.success(request, told % {"name": isolated(found.member.name)})
    return redirect("hiring:interviewers")


def _change(request: MemberRequest, form: SettingsForm) -> bool:
    version = form.cleaned_data["version"]
    try:
        change_hiring_settings(actor=request.member, version=version, **form.changes())
    except EditConflict:
        stale(form)
    except ValidationError as error:
        take_errors(form, error)
    else:
        return True
    return False


def _note(request: MemberRequest, form: TrainingForm) -> bool:
    today, person = request.member.company.today(), form.cleaned_data["person"]
    done_on = form.cleaned_data["done_on"] or today
    try:
        note_training(actor=request.member, member=person, done_on=done_on, today=today)
    except ValidationError as error:
        take_errors(form, error)
        return False
    told = _("%(name)s has been through the module.")
    messages.success(request, told % {"name": isolated(person.name)})
    return True

"""The debrief: what the panel saw, the composite, and what is decided."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.sheets import csv_response
from hiring.actions.decisions import approve_decision, decide, send_decision_back
from hiring.actions.scorecards import revise_rating
from hiring.forms.decisions import DecisionForm, RevisionForm, SendBackForm
from hiring.models import Application, Decision, Rating
from hiring.permissions import can_approve_decision
from hiring.queries.debrief import debrief_of
from hiring.queries.debrief_file import sheet
from hiring.queries.people import can_manage_requisition
from hiring.queries.sealing import is_debrief_open, readable_cards, readable_decisions

RELATED = ("candidate", "requisition", "stage")


def find_application(request: MemberRequest, application: int) -> Application:
    return get_object_or_404(
        Application.objects.visible_to(request.member).select_related(*RELATED), id=application
    )


def find_managed(request: MemberRequest, application: int) -> Application:
    """An application of a job that the reader hires for."""
    found = find_application(request, application)
    allow(can_manage_requisition(request.member, found.requisition), _("This is for those who hire for it."))
    return found


@require_safe
@member_required
def debrief(request: MemberRequest, application: int) -> HttpResponse:
    return _show(request, find_application(request, application))


@require_safe
@member_required
def debrief_file(request: MemberRequest, application: int) -> HttpResponseBase:
    found = find_application(request, application)
    page = debrief_of(request.member, found)
    allow(page.is_open, _("The debrief opens when all scorecards are in or excused."))
    return csv_response(f"debrief-{found.id}", *sheet(page))


@require_POST
@member_required
def decisions(request: MemberRequest, application: int) -> HttpResponse:
    """Records a decision; whoever has to answer it finds it on the same page."""
    found, form = find_managed(request, application), DecisionForm(request.POST)
    if form.is_valid():
        try:
            made = decide(actor=request.member, application=found, **form.cleaned_data)
        except ValidationError as error:
            take_errors(form, error)
        else:
            waits = made.state == Decision.State.PROPOSED
            told = _("Recorded. A second person who hires for this job approves it.")
            messages.success(request, told if waits else _("Recorded: one more interview."))
            return redirect("hiring:debrief", found.id)
    return _show(request, found, form)


@require_POST
@member_required
def decision_approval(request: MemberRequest, decision: int) -> HttpResponse:
    found = _find_decision(request, decision)
    try:
        approve_decision(actor=request.member, decision=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("hiring:debrief", found.application_id)
    if found.outcome == Decision.Outcome.HIRE:
        messages.success(request, _("Approved. Now the offer."))
        return redirect("hiring:offer", found.application_id)
    messages.success(request, _("Approved. Nobody was told yet: write to the candidate."))
    letter = reverse("hiring:letter_new", args=[found.application_id])
    return redirect(f"{letter}?occasion=decline")


@require_POST
@member_required
def decision_return(request: MemberRequest, decision: int) -> HttpResponse:
    """Sent back by the second person."""
    found, form = _find_decision(request, decision), SendBackForm(request.POST)
    if form.is_valid():
        try:
            send_decision_back(actor=request.member, decision=found, answer=form.cleaned_data["answer"])
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Sent back, to be decided anew."))
            return redirect("hiring:debrief", found.application_id)
    return _show(request, found.application, back=form)


@require_POST
@member_required
def revision(request: MemberRequest, rating: int) -> HttpResponse:
    """What somebody says of an own rating, beside the original."""
    rows = Rating.objects.filter(
        company_id=request.member.company_id, scorecard__in=readable_cards(request.member)
    )
    found = get_object_or_404(rows.select_related("scorecard"), id=rating)
    application = find_application(request, found.scorecard.application_id)
    allow(found.scorecard.member_id == request.member.id, _("Only whoever gave a rating changes it."))
    allow(is_debrief_open(application), _("The debrief is not open yet."))
    form = RevisionForm(request.POST)
    if form.is_valid():
        revise_rating(actor=request.member, rating=found, **form.cleaned_data)
        messages.success(request, _("Kept beside your rating. The composite stays as it was."))
        return redirect("hiring:debrief", application.id)
    return _show(request, application, revising={"rating": found.id, "form": form})


def _find_decision(request: MemberRequest, decision: int) -> Decision:
    """A decision that the reader may answer."""
    rows = readable_decisions(request.member).select_related(
        "decided_by", *(f"application__{each}" for each in RELATED)
    )
    found = get_object_or_404(rows, id=decision)
    manages = can_manage_requisition(request.member, found.application.requisition)
    # One that was answered already is told so by the deed.
    allow(
        manages and found.decided_by_id != request.member.id,
        _("A second person who hires for this job answers a decision."),
    )
    return found


def _show(
    request: MemberRequest,
    application: Application,
    form: BaseForm | None = None,
    back: BaseForm | None = None,
    revising: dict[str, Any] | None = None,
) -> HttpResponse:
    page = debrief_of(request.member, application)
    manages = can_manage_requisition(request.member, application.requisition)
    context = {
        "page": page,
        "application": application,
        "manages": manages,
        "may_answer": page.waiting and can_approve_decision(request.member, page.waiting, manages),
        "form": form or DecisionForm(),
        "back": back or SendBackForm(),
        "revision_form": RevisionForm(auto_id=False),
        "revising": revising,
        "today": request.member.company.today(),
    }
    sent = form or back or (revising["form"] if revising else None)
    return render(
        request, "hiring/debrief/show.html", context, status=page_status(sent) if sent is not None else 200
    )

"""Planning an interview, its page, and what changes about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from accounts.views.people import site_of
from customers.actions import EditConflict
from hiring.actions.interviews import cancel_interview, change_panel, plan_interview, reschedule_interview
from hiring.actions.invitations import mail_again
from hiring.actions.library import newest_version
from hiring.actions.scorecards import excuse_scorecard
from hiring.forms.interviews import PanelForm, PlanForm, time_form
from hiring.forms.room import WhyForm
from hiring.invitations import calendar_of
from hiring.models import Application, Interview
from hiring.permissions import can_excuse
from hiring.queries.interviews import interviews_with_links, offered, panel_of, to_ask
from hiring.queries.mails import not_sent
from hiring.queries.people import can_manage_requisition
from hiring.queries.sealing import Progress, progress_of

WHO_PLANS = gettext_lazy("Whoever hires for this job plans its interviews.")
MEANWHILE = gettext_lazy(
    "Somebody has changed this interview meanwhile. What you wrote is kept: send it again to overwrite."
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: MemberRequest, application: int) -> HttpResponse:
    found = get_object_or_404(
        Application.objects.visible_to(request.member).select_related("candidate", "requisition"),
        id=application,
    )
    allow(can_manage_requisition(request.member, found.requisition), str(WHO_PLANS))
    form = PlanForm(found, to_ask(found), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (planned := _plan(request, found, form)):
        messages.success(request, _("The interview is planned. Invitations go out by e-mail."))
        return redirect("hiring:interview", planned.id)
    context = {"application": found, "form": form, **_choosing(request, found)}
    return render(request, "hiring/interviews/new.html", context, status=page_status(form))


@require_safe
@member_required
def show(request: MemberRequest, interview: int) -> HttpResponse:
    return page(request, find(request, interview))


@require_safe
@member_required
def calendar(request: MemberRequest, interview: int) -> HttpResponse:
    """The interview as a file for a calendar program."""
    found = find(request, interview)
    method = "CANCEL" if found.state == Interview.State.CANCELLED else "PUBLISH"
    link = request.build_absolute_uri(f"/hiring/interviews/{found.id}/")
    answer = HttpResponse(calendar_of(found, method, link=link), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="interview-{found.id}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def time(request: MemberRequest, interview: int) -> HttpResponse:
    """Another day, time or place."""
    found = find_managed(request, interview)
    form = time_form(found, request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            reschedule_interview(
                actor=request.member,
                interview=found,
                zone=_zone(),
                version=form.cleaned_data["version"],
                site=site_of(request),
                **form.span(found.kit.minutes),
            )
            messages.success(request, _("The interview was moved. Panel and candidate are told by e-mail."))
            return redirect("hiring:interview", found.id)
        except EditConflict:
            found, status = find_managed(request, interview), 409
            form = _after_conflict(request, form, found.version)
        except ValidationError as error:
            take_errors(form, error)
    context = {
        "interview": found,
        "form": form,
        "zone": _zone(),
        "seats": panel_of(found, request.member.company),
    }
    return render(request, "hiring/interviews/time.html", context, status=max(status, page_status(form)))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def panel(request: MemberRequest, interview: int) -> HttpResponse:
    """Other people, or other roles."""
    found = find_managed(request, interview)
    cards = found.scorecards.exclude(state="excused").select_related("member").order_by("id")
    seats = {card.member: card.role for card in cards}
    sent = request.POST if request.method == "POST" else None
    form = PanelForm(to_ask(found.application), sent, seats=seats, initial={"version": found.version})
    status = 200
    if form.is_bound and form.is_valid():
        try:
            change_panel(
                actor=request.member,
                interview=found,
                panel=form.panel(),
                version=form.cleaned_data["version"],
                site=site_of(request),
            )
            messages.success(
                request, _("The panel was changed. Who is new or not expected any more is told.")
            )
            return redirect("hiring:interview", found.id)
        except EditConflict:
            found, status = find_managed(request, interview), 409
            form = _after_conflict(request, form, found.version)
        except ValidationError as error:
            take_errors(form, error)
    context = {"interview": found, "form": form, **_choosing(request, found.application)}
    return render(request, "hiring/interviews/panel.html", context, status=max(status, page_status(form)))


@require_POST
@member_required
def cancellation(request: MemberRequest, interview: int) -> HttpResponse:
    found = find_managed(request, interview)
    why = request.POST.get("why", "").strip()[:400]
    cancel_interview(actor=request.member, interview=found, why=why.replace("\0", ""))
    messages.success(request, _("The interview was cancelled. Who was invited is told by e-mail."))
    return redirect("hiring:interview", found.id)


@require_POST
@member_required
def mailing(request: MemberRequest, interview: int) -> HttpResponse:
    """Tries the mails again that no server took."""
    found = find_managed(request, interview)
    try:
        mail_again(actor=request.member, interview=found)
        messages.success(request, _("They are tried again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("hiring:interview", found.id)


@require_POST
@member_required
def excuse(request: MemberRequest, interview: int, scorecard: int) -> HttpResponse:
    """Somebody of the panel will not score: said by whoever hires, or by that person."""
    found = find(request, interview)
    card = get_object_or_404(found.scorecards.select_related("member"), id=scorecard)
    manages = can_manage_requisition(request.member, found.application.requisition)
    allow(manages or card.member_id == request.member.id, _("Whoever hires excuses people of a panel."))
    form = WhyForm(request.POST)
    if not form.is_valid():
        return page(request, found, refused=(card.id, form), status=422)
    if not can_excuse(request.member, card, manages):
        messages.error(request, _("This scorecard is not outstanding any more."))
        return redirect("hiring:interview", found.id)
    try:
        excuse_scorecard(actor=request.member, card=card, why=form.cleaned_data["why"])
        messages.success(request, _("Nobody waits for this scorecard any more."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("hiring:interview", found.id)


def find(request: MemberRequest, interview_id: int) -> Any:
    return get_object_or_404(interviews_with_links(request.member), id=interview_id)


def find_managed(request: MemberRequest, interview_id: int) -> Any:
    found = find(request, interview_id)
    allow(can_manage_requisition(request.member, found.application.requisition), str(WHO_PLANS))
    return found


def page(request: MemberRequest, found: Any, *, refused: Any = None, status: int = 200) -> HttpResponse:
    seats = panel_of(found, request.member.company)
    progress = progress_of(found.company_id, [found.application_id])
    manages = can_manage_requisition(request.member, found.application.requisition)
    context = {
        "interview": found,
        "seats": seats,
        "own": next((seat.card for seat in seats if seat.card.member_id == request.member.id), None),
        "progress": progress.get((found.application_id, found.stage_id), Progress(0, 0)),
        "manages": manages,
        "failed": not_sent(found) if manages else [],
        "refused_card": refused[0] if refused else 0,
        "refused": refused[1] if refused else None,
    }
    return render(request, "hiring/interviews/show.html", context, status=status)


def _plan(request: MemberRequest, application: Application, form: PlanForm) -> Interview | None:
    stage = form.cleaned_data["stage"]
    kit = newest_version(stage.kit.kit)
    try:
        return plan_interview(
            actor=request.member,
            application=application,
            stage=stage,
            kit=kit,
            zone=_zone(),
            panel=form.panel(),
            site=site_of(request),
            tells_candidate=form.cleaned_data["tells_candidate"],
            **form.span(kit.minutes),
        )
    except ValidationError as error:
        take_errors(form, error)
        return None


def _choosing(request: MemberRequest, application: Application) -> dict[str, Any]:
    return {"people": offered(request.member.company, application), "zone": _zone()}


def _after_conflict(request: MemberRequest, form: Any, version: int) -> Any:
    """The same with what was typed; the next time it is meant."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    messages.warning(request, str(MEANWHILE))
    return form


def _zone() -> str:
    return timezone.get_current_timezone_name()

"""A candidate on the way to a job: the page, notes, the next step, moves and the end."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import drop_draft
from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions import EditConflict
from hiring.actions import candidates as actions
from hiring.forms.applications import ClosingForm, MoveForm, NextForm, NoteForm
from hiring.forms.candidates import FileForm
from hiring.models import Application, Stage
from hiring.queries.application import find_application, page_of
from hiring.queries.interviews import planned_of
from hiring.queries.people import can_manage_requisition

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponse]


def tells_refusal(view: View) -> View:
    """Says on the candidate's page what an action refused, and that somebody else was quicker."""

    @wraps(view)
    def wrapped(request: MemberRequest, application: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, application, *args, **kwargs)
        except EditConflict:
            messages.error(request, _("Somebody changed this meanwhile. See how it stands now."))
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        return redirect("hiring:application", application)

    return wrapped


@require_safe
@member_required
def application(request: MemberRequest, application: int) -> HttpResponse:
    return show(request, _find(request, application))


def show(
    request: MemberRequest,
    found: Any,
    *,
    note: NoteForm | None = None,
    step: NextForm | None = None,
    file: FileForm | None = None,
) -> HttpResponse:
    """The page, with a form that was refused in its place."""
    refused = any(form is not None and form.errors for form in (note, step, file))
    page = {
        "page": page_of(request.member, found),
        "application": found,
        "candidate": found.candidate,
        "note": note or NoteForm(),
        "step": step or NextForm(request.member, found),
        "file": file or FileForm(),
        "draft_taken": request.session.pop("draft_taken", ""),
    }
    return render(request, "hiring/applications/show.html", page, status=422 if refused else 200)


@require_POST
@member_required
@tells_refusal
def note_new(request: MemberRequest, application: int) -> HttpResponse:
    """Whoever may open the page may write: interviewers too. Who reads it is said by the seal."""
    found = _find(request, application)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, found, note=form)
    actions.add_candidate_note(actor=request.member, application=found, text=form.cleaned_data["text"])
    place = f"application:{found.id}:note"
    drop_draft(actor=request.member, place=place)
    request.session["draft_taken"] = place
    messages.success(request, _("Noted."))
    return redirect("hiring:application", found.id)


@require_POST
@member_required
@tells_refusal
def next_step(request: MemberRequest, application: int) -> HttpResponse:
    found = _managed(request, application)
    form = NextForm(request.member, found, request.POST)
    if not form.is_valid():
        return show(request, found, step=form)
    actions.plan_next(actor=request.member, application=found, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("hiring:application", found.id)


@READ_OR_POST
@member_required
@tells_refusal
def move(request: MemberRequest, application: int) -> HttpResponse:
    """To any stage, without dragging."""
    found = _managed(request, application)
    form = MoveForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        return _moved(request, found, form.cleaned_data["stage"], found.version if seen is None else seen)
    page = {"application": found, "form": form, "back": _back(request)}
    return render(request, "hiring/applications/move.html", page, status=page_status(form))


@require_POST
@member_required
@tells_refusal
def to_stage(request: MemberRequest, application: int, stage: int) -> HttpResponse:
    """What the button of a card sends; without a version it takes back the move before."""
    found = _managed(request, application)
    wanted = get_object_or_404(found.requisition.stages, id=stage)
    version = request.POST.get("version", "")
    return _moved(request, found, wanted, int(version) if version.isascii() and version.isdecimal() else None)


def _moved(request: MemberRequest, found: Any, stage: Stage, version: int | None) -> HttpResponse:
    before = found.stage_id
    if version is None:
        actions.take_back_move(actor=request.member, application=found, stage=stage)
    else:
        actions.move_application(actor=request.member, application=found, stage=stage, version=version)
    said = _("%(name)s is in %(stage)s.") % {"name": isolated(str(found.candidate)), "stage": stage}
    if version is None or before == stage.id:
        messages.success(request, said)
    else:
        offer_undo(request, said, reverse("hiring:application_stage", args=[found.id, before]))
    return redirect(_back(request) or reverse("hiring:application", args=[found.id]))


@READ_OR_POST
@member_required
def closing(request: MemberRequest, application: int) -> HttpResponse:
    found = _managed(request, application)
    form = ClosingForm(found, request.POST or None, planned=planned_of(request.member, application=found))
    if request.method == "POST" and form.is_valid() and _closed(request, found, form):
        said = _("%(name)s: %(state)s.") % {
            "name": isolated(str(found.candidate)),
            "state": Application.State(form.cleaned_data["state"]).label,
        }
        offer_undo(request, said, reverse("hiring:application_reopening", args=[found.id]))
        return redirect("hiring:application", found.id)
    return render(
        request,
        "hiring/applications/closing.html",
        {"application": found, "form": form},
        status=page_status(form),
    )


def _closed(request: MemberRequest, found: Any, form: ClosingForm) -> bool:
    said = form.cleaned_data
    version = found.version if said["version"] is None else said["version"]
    try:
        actions.close_application(
            actor=request.member,
            application=found,
            state=said["state"],
            why=said["why"],
            version=version,
            cancels_interviews=said.get("cancels_interviews", False),
        )
    except ValidationError as refused:
        take_errors(form, refused)
    except EditConflict:
        form.add_error(None, _("Somebody changed this meanwhile. See how it stands now."))
    return not form.errors


@require_POST
@member_required
@tells_refusal
def reopening(request: MemberRequest, application: int) -> HttpResponse:
    found = _managed(request, application)
    actions.reopen_application(actor=request.member, application=found, version=found.version)
    messages.success(request, _("The application is open again."))
    return redirect("hiring:application", found.id)


def _find(request: MemberRequest, application: int) -> Any:
    return get_object_or_404(find_application(request.member), id=application)


def _managed(request: MemberRequest, application: int) -> Any:
    found = _find(request, application)
    allow(
        can_manage_requisition(request.member, found.requisition),
        _("Whoever hires for this job moves its candidates."),
    )
    return found


def _back(request: MemberRequest) -> str:
    """Where the person came from, if that is a page of ours."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""

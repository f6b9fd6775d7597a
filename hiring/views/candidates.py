"""People who apply: adding one, their facts, the whole file for them, and its erasure."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.uploads import takes_small_files
from cs_platform.lib.words import isolated
from customers.actions import EditConflict
from hiring.actions.candidates import add_candidate, apply, change_candidate
from hiring.actions.erasure import erase_candidate
from hiring.actions.export import export_candidate
from hiring.actions.files import MOST_BYTES, keep_file
from hiring.actions.held import let_go
from hiring.forms.candidates import CandidateErasureForm, CandidateForm, FactsForm
from hiring.models import Application, Candidate
from hiring.queries.candidates import alike, can_care_for
from hiring.queries.consent import consent_text
from hiring.queries.settings import settings_of

from .board import find_requisition

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@takes_small_files(MOST_BYTES)
@READ_OR_POST
@member_required
def candidate_new(request: MemberRequest, requisition: int) -> HttpResponse:
    """Who looks like somebody we know is shown before anything is kept."""
    found = find_requisition(request, requisition)
    consent = consent_text(settings_of(found.company_id))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CandidateForm(request.member, consent, *sent, too_large=bool(getattr(request, "too_large", ())))
    known: list[Any] = []
    if request.method == "POST" and form.is_valid():
        known = _known(request, form)
        if not known and (application := _added(request, found, form)):
            let_go(actor=request.member, token=form.cleaned_data["held"])
            messages.success(
                request, _("%(name)s is added.") % {"name": isolated(str(application.candidate))}
            )
            return redirect("hiring:application", application.id)
    page = {"requisition": found, "form": form, "known": known, "consent": consent, "held": form.held_on()}
    status = 422 if known else page_status(form)
    return render(request, "hiring/candidates/new.html", page, status=status)


def _known(request: MemberRequest, form: CandidateForm) -> list[Any]:
    """Whom to show first, unless it was said that it is the same person, or another."""
    said = form.cleaned_data
    if said["same"] or said["another"]:
        return []
    return alike(request.member, name=said["name"], email=said["email"], phone=said["phone"])


@transaction.atomic
def _kept(request: MemberRequest, requisition: Any, form: CandidateForm) -> Application:
    actor, said = request.member, form.cleaned_data
    if said["same"]:
        candidate = Candidate.objects.visible_to(actor).filter(id=said["same"]).first()
        if candidate is None:
            raise ValidationError(_("This person is not there any more."))
    else:
        candidate = add_candidate(actor=actor, company_id=actor.company_id, **form.person())
    application = apply(actor=actor, candidate=candidate, requisition=requisition, **form.way())
    if said["file"]:
        keep_file(actor=actor, candidate=candidate, upload=said["file"])
    return application


def _added(request: MemberRequest, requisition: Any, form: CandidateForm) -> Application | None:
    try:
        return _kept(request, requisition, form)
    except ValidationError as refused:
        take_errors(form, refused)
        return None


@READ_OR_POST
@member_required
def candidate_edit(request: MemberRequest, candidate: int) -> HttpResponse:
    found = cared_for(request, candidate)
    form = FactsForm(request.member, request.POST or None, candidate=found)
    if request.method == "POST" and form.is_valid() and _changed(request, found, form):
        messages.success(request, _("Saved."))
        return to_page(request, found)
    page = {"candidate": found, "form": form, "application": newest(request, found)}
    return render(request, "hiring/candidates/edit.html", page, status=page_status(form))


def _changed(request: MemberRequest, found: Candidate, form: FactsForm) -> bool:
    version = form.cleaned_data["version"]
    try:
        change_candidate(
            actor=request.member,
            candidate=found,
            version=found.version if version is None else version,
            **form.facts(),
        )
    except ValidationError as refused:
        take_errors(form, refused)
    except EditConflict:
        form.add_error(None, _("Somebody changed this meanwhile. Open the page again and see what."))
    return not form.errors


@require_safe
@member_required
def candidate_export(request: MemberRequest, candidate: int) -> FileResponse:
    """The whole file, to be given to the person. What is sealed to whoever fetches it is not in it."""
    found = cared_for(request, candidate)
    packed = export_candidate(actor=request.member, candidate=found)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(packed, as_attachment=True, filename=f"candidate-{found.id}.zip", headers=headers)


@READ_OR_POST
@member_required
def candidate_erasure(request: MemberRequest, candidate: int) -> HttpResponse:
    """Says what goes and what stays; done when the name is typed."""
    found = cared_for(request, candidate)
    form = CandidateErasureForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erase_candidate(actor=request.member, candidate=found)
        except ValidationError as refused:
            take_errors(form, refused)
        else:
            messages.success(request, _("Erased. The ratings stay, without a name."))
            return to_page(request, found)
    page = {
        "candidate": found,
        "form": form,
        "application": newest(request, found),
        "applications": found.applications.count(),
        "files": found.files.count(),
    }
    return render(request, "hiring/candidates/erasure.html", page, status=page_status(form))


def find_candidate(request: MemberRequest, candidate: int) -> Candidate:
    return get_object_or_404(Candidate.objects.visible_to(request.member), id=candidate)


def cared_for(request: MemberRequest, candidate: int) -> Candidate:
    found = find_candidate(request, candidate)
    allow(
        can_care_for(request.member, found),
        _("Whoever hires for all the jobs that this person applied for may do this."),
    )
    return found


def newest(request: MemberRequest, candidate: Candidate) -> Application:
    applications = Application.objects.visible_to(request.member).filter(candidate=candidate)
    found = applications.order_by("-id").first()
    if found is None:
        raise Http404
    return found


def to_page(request: MemberRequest, candidate: Candidate) -> HttpResponse:
    return redirect("hiring:application", newest(request, candidate).id)

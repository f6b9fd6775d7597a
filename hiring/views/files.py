"""Files of candidates: handed in, read as text, taken along. None is ever opened here."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from cs_platform.lib.uploads import takes_small_files
from hiring.actions.files import MOST_BYTES, keep_file, path_of, remove_file
from hiring.forms.candidates import FileForm
from hiring.models import Application, Candidate, CandidateFile, Requisition
from hiring.queries.application import find_application

from .applications import show
from .candidates import find_candidate

# Whatever it is called and whatever is in it: not shown, not run, asks for nothing.
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@takes_small_files(MOST_BYTES)
@require_POST
@member_required
def file_new(request: MemberRequest, candidate: int) -> HttpResponse:
    found = find_candidate(request, candidate)
    application = _application(request, found)
    _only_hiring_team(request, found)
    too_large = bool(getattr(request, "too_large", ()))
    form = FileForm(request.POST, request.FILES, too_large=too_large)
    if form.is_valid():
        try:
            keep_file(actor=request.member, candidate=found, upload=form.cleaned_data["file"])
        except ValidationError as refused:
            take_errors(form, refused)
        else:
            messages.success(request, _("The file is kept. Its text is there in a moment."))
            return redirect("hiring:application", application.id)
    return show(request, application, file=form)


@require_safe
@member_required
def file_text(request: MemberRequest, kept: int) -> HttpResponse:
    """What is in the file, as plain text."""
    found = _find(request, kept)
    page = {
        "file": found,
        "candidate": found.candidate,
        "application": _application(request, found.candidate),
    }
    return render(request, "hiring/candidates/file.html", page)


@require_safe
@member_required
def file_download(request: MemberRequest, kept: int) -> FileResponse:
    found = _find(request, kept)
    try:
        content = path_of(found.place).open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    return FileResponse(
        content,
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
        headers=HARMLESS,
    )


@require_POST
@member_required
def file_deletion(request: MemberRequest, kept: int) -> HttpResponse:
    found = _find(request, kept)
    application = _application(request, found.candidate)
    _only_hiring_team(request, found.candidate)
    remove_file(actor=request.member, kept=found)
    messages.success(request, _("The file is deleted."))
    return redirect("hiring:application", application.id)


def _find(request: MemberRequest, kept: int) -> CandidateFile:
    people = Candidate.objects.visible_to(request.member).order_by().values("id")
    files = CandidateFile.objects.filter(company_id=request.member.company_id, candidate_id__in=people)
    return get_object_or_404(files.select_related("candidate"), id=kept)


def _application(request: MemberRequest, candidate: Candidate) -> Any:
    """The newest of those that the member may open."""
    found = find_application(request.member).filter(candidate_id=candidate.id).order_by("-id").first()
    if found is None:
        raise Http404
    return found


def _only_hiring_team(request: MemberRequest, candidate: Candidate) -> None:
    own = Requisition.objects.visible_to(request.member).order_by().values("id")
    applications = Application.objects.filter(candidate=candidate, requisition_id__in=own)
    allow(applications.exists(), _("Whoever hires for the job keeps its files."))

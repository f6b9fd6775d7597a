"""Two entries of one person: both side by side, what goes where, and back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions import EditConflict
from hiring.actions.merging import merge_candidates, unmerge_candidate
from hiring.forms.merging import MergeForm
from hiring.models import Candidate
from hiring.queries.merging import preview_of

from .candidates import cared_for, newest, to_page
from .doors import stale


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def candidate_merge(request: MemberRequest, candidate: int, other: int) -> HttpResponse:
    """The one of the address stays; the other goes into it. Who may, hires for all the jobs of both."""
    kept = cared_for(request, candidate)
    if _gone(kept, other).exists():
        messages.info(request, _("They are one already."))
        return to_page(request, kept)
    gone = cared_for(request, other)
    preview = preview_of(kept, gone)
    form = MergeForm(preview, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _merged(request, kept, gone, form):
        return to_page(request, kept)
    application = newest(request, kept)
    facts = [(fact, form.choice(fact.name)) for fact in preview.facts]
    sides = (preview.kept, preview.gone)
    page = {"preview": preview, "sides": sides, "facts": facts, "form": form, "application": application}
    return render(request, "hiring/candidates/merge.html", page, status=page_status(form))


def _merged(request: MemberRequest, kept: Candidate, gone: Candidate, form: MergeForm) -> bool:
    try:
        kept = merge_candidates(
            actor=request.member, kept=kept, gone=gone, versions=form.versions, from_gone=form.from_gone
        )
    except ValidationError as refused:
        take_errors(form, refused)
    except EditConflict:
        stale(form)
    else:
        told = _("Both entries of %(name)s are one now.") % {"name": isolated(str(kept))}
        offer_undo(request, told, reverse("hiring:candidate_unmerge", args=[kept.id, gone.id]))
    return not form.errors


@require_POST
@member_required
def candidate_unmerge(request: MemberRequest, candidate: int, other: int) -> HttpResponse:
    kept = cared_for(request, candidate)
    gone = _gone(kept, other).first()
    if gone is None:
        # Twice is once; somebody else's is not there.
        return to_page(request, cared_for(request, other))
    try:
        unmerge_candidate(actor=request.member, gone=gone)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return to_page(request, kept)
    messages.success(request, _("They are two entries again."))
    return to_page(request, gone)


def _gone(kept: Candidate, other: int):
    return Candidate.objects.filter(company_id=kept.company_id, id=other, merged_into=kept)

"""What waits for a second person, who reads it and publishes it or sends it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib.words import isolated
from playbooks import actions
from playbooks.forms.answers import AnswerForm
from playbooks.models import Version
from playbooks.permissions import can_approve
from playbooks.queries.reviews import in_review, review_page, waiting


@require_safe
@member_required
def reviews(request: MemberRequest) -> HttpResponse:
    """What waits: what the reader can answer, or with ?whose=all also what they wrote."""
    whose = "all" if request.GET.get("whose") == "all" else "mine"
    rows = waiting(request.member, "all")
    mine = [row for row in rows if row.may_answer]
    context = {"rows": rows if whose == "all" else mine, "whose": whose, "all": len(rows), "mine": len(mine)}
    return render(request, "playbooks/review/index.html", context)


@require_safe
@member_required
def review(request: MemberRequest, version: int) -> HttpResponse:
    """A version as its reviewer reads it; one that was answered meanwhile leads to where it stands now."""
    found = in_review(request.member).filter(id=version).select_related(*RELATED).first()
    if found is None:
        return _answered(request, version)
    return _show(request, found, AnswerForm())


@require_POST
@member_required
def publication(request: MemberRequest, version: int) -> HttpResponse:
    found = _find(request, version)
    try:
        actions.publish(actor=request.member, version=found, answers=_ticked(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("playbooks:review", found.id)
    names = {"title": isolated(found.playbook.title), "number": found.number}
    messages.success(
        request, _("“%(title)s”, version %(number)s, is published: reps read it from now on.") % names
    )
    return redirect("playbooks:show", found.playbook_id)


@require_POST
@member_required
def sending_back(request: MemberRequest, version: int) -> HttpResponse:
    """Back to who wrote it, with what is asked for."""
    found, form = _find(request, version), AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.send_back(actor=request.member, version=found, answer=form.cleaned_data["answer"])
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Sent back. Who wrote it is told."))
            return redirect("playbooks:reviews")
    return _show(request, found, form)


RELATED = ("playbook__scenario", "playbook__owner", "playbook__verifier", "author", "reviewer")


def _find(request: MemberRequest, version: int) -> Version:
    """A version that the reader may answer."""
    found = get_object_or_404(in_review(request.member).select_related(*RELATED), id=version)
    words = _(
        "A second person approves: not one of those who wrote it, and somebody who was asked or sets up."
    )
    allow(can_approve(request.member, found), words)
    return found


def _show(request: MemberRequest, found: Version, form: AnswerForm) -> HttpResponse:
    context = {"page": review_page(request.member, found), "form": form}
    return render(request, "playbooks/review/show.html", context, status=page_status(form))


def _ticked(request: MemberRequest) -> set[int]:
    """Ids of the flags that the version is said to answer."""
    sent = request.POST.getlist("flags")
    return {int(each) for each in sent if each.isascii() and each.isdigit() and len(each) < 19}


def _answered(request: MemberRequest, version: int) -> HttpResponse:
    rows = Version.objects.visible_to(request.member).exclude(state=Version.State.IN_REVIEW)
    found = get_object_or_404(rows, id=version)
    if found.state == Version.State.DRAFT:
        # It was sent back or taken back; a draft is for those who write it.
        allow(request.member.id in found.editors, _("This version was sent back; its writers are at it."))
        return redirect("playbooks:draft", found.playbook_id)
    messages.info(request, _("Version %(number)s is published already.") % {"number": found.number})
    return redirect("playbooks:show", found.playbook_id)

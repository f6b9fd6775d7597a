"""The editor's page, and what happens to a draft as a whole."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required
from playbooks import actions
from playbooks.forms.review import SendForm
from playbooks.forms.steps import StepForm
from playbooks.models import Playbook, Version
from playbooks.permissions import can_draft
from playbooks.queries.editor import Editor, at_work, editor, reviewers
from playbooks.queries.lists import readable
from playbooks.queries.removed import mark_of


def find_playbook(request: MemberRequest, playbook: int) -> Playbook:
    found = readable(request.member).select_related("scenario", "owner", "verifier", "verifier_team")
    return get_object_or_404(found, id=playbook)


def to_draft(playbook: Playbook, key: str = "") -> HttpResponse:
    page = reverse("playbooks:draft", args=[playbook.id])
    return redirect(f"{page}?step={key}#open" if key else page)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def draft(request: MemberRequest, playbook: int) -> HttpResponse:
    """GET ?step= opens a step. POST begins a draft, or leads to the one that there is."""
    found = find_playbook(request, playbook)
    if request.method == "POST":
        allow(can_draft(request.member), _("You may read this playbook, but not change it."))
        try:
            actions.open_draft(actor=request.member, playbook=found)
        except ValidationError as refused:
            messages.warning(request, " ".join(refused.messages))
        return to_draft(found)
    version = at_work(found)
    if version is None:
        return render(request, "playbooks/draft/none.html", {"playbook": found})
    return show(request, found, version, key=request.GET.get("step", ""))


def show(
    request: MemberRequest,
    playbook: Playbook,
    version: Version,
    *,
    key: str = "",
    form: StepForm | None = None,
    send: SendForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The whole page; htmx gets the list of steps with the parts of the page that hang on it.

    key: the step that is open; form: as it was sent, where it could not be saved.
    """
    page = editor(request.member, playbook, version, request.member.company.today())
    if form is None and page.is_open and key in page.graph:
        form = form_of(request, page, key)
    people = reviewers(request.member, playbook, version)
    initial = {
        "change": page.changes.suggestion,
        "summary": version.summary,
        "reviewer": _first(page, version),
    }
    shown = {
        "page": page,
        "playbook": playbook,
        "version": version,
        "form": form,
        "open_key": form.node.key if form else "",
        "open_mark": mark_of(page.graph[form.node.key]) if form and form.node.key in page.graph else "",
        "send": send or SendForm(reviewers=people, initial=initial),
        "suggestion": page.changes.suggestion,
        "place": f"playbook:{version.id}",
        **more,
    }
    template = "playbooks/draft/_answer.html" if request.htmx else "playbooks/draft/show.html"
    answer = render(request, template, shown, status=status)
    answer["Vary"] = "HX-Request"
    if more.get("is_quiet"):
        answer["HX-Reswap"] = "none"
    elif request.htmx:
        # A reload opens the same step.
        place = reverse("playbooks:draft", args=[playbook.id])
        answer["HX-Replace-Url"] = f"{place}?{urlencode({'step': form.node.key})}" if form else place
    return answer


def form_of(request: MemberRequest, page: Editor, key: str) -> StepForm:
    found = tuple(each for each in page.problems if each.key == key)
    return StepForm(member=request.member, graph=page.graph, node=page.graph[key], problems=found)


def _first(page: Editor, version: Version) -> int | None:
    """Whom a draft that was sent back goes to again; else the verifier, else the owner."""
    asked = (version.reviewer_id, page.playbook.verifier_id, page.playbook.owner_id)
    return next((each for each in asked if each and each not in version.editors), None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def review(request: MemberRequest, playbook: int) -> HttpResponse:
    """Sends the draft to review."""
    found = find_playbook(request, playbook)
    version = at_work(found)
    if request.method != "POST" or version is None:
        return to_draft(found)
    form = SendForm(request.POST, reviewers=reviewers(request.member, found, version))
    if form.is_valid():
        try:
            actions.send_to_review(actor=request.member, draft=version, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("Sent to review. It cannot be changed until it is answered."))
            return to_draft(found)
    return show(request, found, version, send=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def withdrawal(request: MemberRequest, playbook: int) -> HttpResponse:
    """Takes what is in review back: a draft again. For those who wrote it."""
    found = find_playbook(request, playbook)
    version = at_work(found)
    if request.method == "POST" and version is not None:
        allow(request.member.id in version.editors, _("Only who wrote it can take it back."))
        try:
            actions.withdraw(actor=request.member, version=version)
            messages.success(request, _("Taken back: it is a draft again."))
        except ValidationError as refused:
            messages.warning(request, " ".join(refused.messages))
    return to_draft(found)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def discard(request: MemberRequest, playbook: int) -> HttpResponse:
    """GET asks once more; POST throws the draft away."""
    found = find_playbook(request, playbook)
    version = at_work(found)
    if version is None or not version.is_open:
        return to_draft(found)
    if request.method != "POST":
        page = editor(request.member, found, version, request.member.company.today())
        return render(request, "playbooks/draft/discard.html", {"page": page, "playbook": found})
    try:
        actions.discard_draft(actor=request.member, draft=version)
        messages.success(request, _("The draft is thrown away."))
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    return to_draft(found)

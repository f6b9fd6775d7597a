"""The editor of a programme's draft: the page, and what happens to the draft as a whole.

Modules and items are edited on pages of their own (`modules`).
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions.conflict import EditConflict
from training.actions.drafts import discard_draft, fill_draft, put_back
from training.actions.programmes import open_draft, problems_of, publish_programme
from training.forms.programmes import PublishForm
from training.models import Item, Programme, ProgrammeVersion
from training.queries.programmes import content_of, missing_processes

from .programmes import find_programme

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
MEANWHILE = gettext_lazy("Somebody has changed the draft meanwhile. See how it stands now, then do it again.")
# Where what was taken out waits for the button that puts it back.
KEPT = "training_kept"


@READ_OR_POST
@member_required
def draft(request: MemberRequest, programme: int) -> HttpResponse:
    """GET edits the draft. POST begins one, or leads to the one that there is."""
    found = find_programme(request, programme)
    if request.method == "POST":
        open_draft(actor=request.member, programme=found)
        return redirect("training:draft", found.id)
    version = draft_of(found)
    return show(request, found, version) if version else redirect("training:programme", found.id)


def draft_of(programme: Programme) -> ProgrammeVersion | None:
    rows = ProgrammeVersion.objects.filter(company_id=programme.company_id, programme=programme)
    return rows.filter(state=ProgrammeVersion.State.DRAFT).select_related("programme").first()


def show(
    request: MemberRequest,
    programme: Programme,
    version: ProgrammeVersion,
    form: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    content = content_of(version)
    context: dict[str, Any] = {
        "programme": programme,
        "version": version,
        "content": content,
        "problems": problems_of(version),
        "missing": missing_processes(programme, content),
        "kinds": Item.Kind,
        "form": form or PublishForm(initial={"edits": version.edits, "summary": version.summary}),
    }
    return render(request, "training/programmes/draft.html", context, status=status)


@READ_OR_POST
@member_required
def publication(request: MemberRequest, programme: int) -> HttpResponse:
    """From now on newcomers get this version."""
    found = find_programme(request, programme)
    version = draft_of(found)
    if request.method != "POST" or version is None:
        return redirect("training:draft", found.id)
    form = PublishForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            publish_programme(actor=request.member, draft=version, **form.cleaned_data)
        except EditConflict as conflict:
            status = refuse_stale(form, conflict)
        except ValidationError as error:
            take_errors(form, error)
        else:
            told = _("Version %(number)s is published. Who begins from now on gets it.")
            messages.success(request, told % {"number": version.number})
            return redirect("training:programme", found.id)
    return show(request, found, version, form, status=status)


@require_POST
@member_required
def filling(request: MemberRequest, programme: int) -> HttpResponse:
    """Adds what the requirements ask for."""
    found = find_programme(request, programme)
    if version := draft_of(found):
        try:
            added = fill_draft(actor=request.member, draft=version, edits=seen(request))
            told = ngettext("%(n)s module added, at the end.", "%(n)s modules added, at the end.", added)
            messages.success(request, told % {"n": added} if added else _("Nothing was missing."))
        except EditConflict:
            messages.warning(request, str(MEANWHILE))
    return redirect("training:draft", found.id)


@READ_OR_POST
@member_required
def discarding(request: MemberRequest, programme: int) -> HttpResponse:
    """GET asks once more; POST throws the draft away."""
    found = find_programme(request, programme)
    version = draft_of(found)
    if version is None:
        return redirect("training:programme", found.id)
    if request.method != "POST":
        return render(request, "training/programmes/discard.html", {"programme": found, "version": version})
    try:
        discard_draft(actor=request.member, draft=version)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect("training:draft", found.id)
    messages.success(request, _("The draft is thrown away. What is published stays."))
    return redirect("training:programme", found.id)


@require_POST
@member_required
def putting_back(request: MemberRequest, programme: int) -> HttpResponse:
    """Undoes the last removal of this browser."""
    found = find_programme(request, programme)
    version, kept = draft_of(found), request.session.get(KEPT)
    if version is None or not kept or kept["version"] != version.id:
        messages.warning(request, _("There is nothing to put back any more."))
        return redirect("training:draft", found.id)
    try:
        put_back(actor=request.member, draft=version, kept=kept["what"])
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        del request.session[KEPT]
        messages.success(request, _("It is back."))
    return redirect("training:draft", found.id)


def seen(request: MemberRequest) -> int | None:
    """`edits` of a button."""
    value = request.POST.get("edits", "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def refuse_stale(form: Any, conflict: EditConflict) -> int:
    """What was typed stays; sent once more it counts as written after the other one's change. Returns the status."""
    form.data = form.data.copy()
    form.data["edits"] = str(conflict.version)
    form.add_error(
        None,
        _(
            "Somebody has changed the draft meanwhile. What you wrote stands here still. Look at the draft; if you send"
            " this once more, yours counts."
        ),
    )
    return 409


def back_to(programme: Programme, place: str = "") -> HttpResponse:
    url = reverse("training:draft", args=[programme.id])
    return redirect(f"{url}#{place}" if place else url)

"""Hiring as it stood in another program: hand tables in, read what would be made, import, read what was refused."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import admin_required, page_status
from hiring.actions.takeovers import AT_WORK, cancel_takeover, queue_takeover
from hiring.forms.takeovers import TakeoverForm
from hiring.imports.takeovers import TABLES, percent_of, receive, remove_folder
from hiring.models import Takeover

MOST_LISTED = 50
NOUNS = {
    "requisitions": _("Jobs"),
    "candidates": _("Candidates"),
    "applications": _("Applications"),
    "interviews": _("Interviews"),
    "scorecards": _("Scorecards"),
    "notes": _("Notes"),
    "offers": _("Offers"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def takeover_index(request: MemberRequest) -> HttpResponse:
    form = TakeoverForm()
    if request.method == "POST":
        form = TakeoverForm(request.POST, request.FILES)
        if form.is_valid() and (takeover := _received(request, form)) is not None:
            return redirect("hiring:takeover", takeover.id)
    rows = Takeover.objects.visible_to(request.member).select_related("actor").order_by("-id")
    page = {
        "form": form,
        "takeovers": list(rows[:MOST_LISTED]),
        "tables": [(Takeover.Format(name).label, tables) for name, tables in TABLES.items()],
        "most_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "hiring/import/index.html", page, status=page_status(form))


def _received(request: MemberRequest, form: TakeoverForm) -> Takeover | None:
    try:
        return receive(request.member, form.cleaned_data["format"], form.cleaned_data["file"])
    except ValidationError as refused:
        take_errors(form, refused)
        return None


@require_safe
@admin_required
def takeover(request: MemberRequest, takeover: int) -> HttpResponse:
    """Where it stands; the fragment asks again by itself while somebody is at it."""
    found = _find(request, takeover)
    counts = found.report.get("counts", {})
    page = {
        "takeover": found,
        "report": found.report,
        "counts": [(label, counts[noun]) for noun, label in NOUNS.items() if noun in counts],
        "is_at_work": found.state in AT_WORK,
        "percent": percent_of(found) if found.state in AT_WORK else 0,
    }
    template = "hiring/import/_takeover.html" if request.htmx else "hiring/import/show.html"  # type: ignore[attr-defined]
    answer = render(request, template, page)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_POST
@admin_required
def takeover_start(request: MemberRequest, takeover: int) -> HttpResponse:
    found = _find(request, takeover)
    try:
        queue_takeover(actor=request.member, takeover=found)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    return redirect("hiring:takeover", found.id)


@require_POST
@admin_required
def takeover_cancellation(request: MemberRequest, takeover: int) -> HttpResponse:
    found = _find(request, takeover)
    try:
        remove_folder(cancel_takeover(actor=request.member, takeover=found))
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
    return redirect("hiring:takeover", found.id)


def _find(request: MemberRequest, takeover: int) -> Takeover:
    return get_object_or_404(Takeover.objects.visible_to(request.member).select_related("actor"), id=takeover)

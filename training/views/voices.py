"""The customer's voice: the library, one quote, and how it gets there and out again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import member_required, page_status
from training.actions.voices import keep_voice, withdraw_voice
from training.forms.voices import VoiceForm
from training.models import Voice
from training.queries.voices import lately_said, said_at, standing_voices, voices_page

LONGEST_SEARCH = 200


@require_safe
@member_required
def index(request: MemberRequest) -> HttpResponse:
    """?q= and ?theme= narrow down."""
    words, theme = _words(request), request.GET.get("theme", "").replace("\0", "")[:80]
    page = voices_page(request.member, words=words, theme=theme, number=request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    return render(request, "training/voices/index.html", {"page": page, "query": kept.urlencode()})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def new(request: MemberRequest) -> HttpResponse:
    """?source= names what was said; without it one chooses among what was said lately."""
    source = request.GET.get("source", "")
    if not source:
        words = _words(request)
        found = {"found": lately_said(request.member, words), "words": words}
        return render(request, "training/voices/choose.html", found)
    said = said_at(request.member, source)
    if said is None:
        raise Http404(_("There is nothing said there any more."))
    form = VoiceForm(request.member, said, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_voice(actor=request.member, source=source, **form.cleaned_data)
            messages.success(request, _("Kept. Everybody who learns can read it."))
            return redirect("training:voice", kept.id)
        except ValidationError as error:
            take_errors(form, error)
    themes = standing_voices(request.member).exclude(theme="").order_by("theme")
    context: dict[str, Any] = {
        "form": form,
        "said": said,
        "themes": themes.values_list("theme", flat=True).distinct()[:100],
    }
    return render(request, "training/voices/new.html", context, status=page_status(form))


@require_safe
@member_required
def show(request: MemberRequest, voice: int) -> HttpResponse:
    return render(request, "training/voices/show.html", {"voice": _find(request, voice)})


@require_POST
@member_required
def withdrawal(request: MemberRequest, voice: int) -> HttpResponse:
    """Whoever hears that the customer takes it back says so: it needs no one's leave."""
    withdraw_voice(actor=request.member, voice=_find(request, voice))
    messages.success(request, _("Taken back. The words are gone."))
    return redirect("training:voices")


def _find(request: MemberRequest, voice: int) -> Voice:
    rows = Voice.objects.visible_to(request.member).select_related("customer", "consent_by")
    return get_object_or_404(rows, id=voice)


def _words(request: MemberRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]

"""Search as you type over published playbooks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.models import Customer, Ticket
from customers.queries.search_words import MOST_LETTERS
from playbooks.forms.runs import PlaceForm
from playbooks.queries.search import search_playbooks


@require_safe
@member_required
def search(request: MemberRequest) -> HttpResponse:
    """?q=; with ?ticket= or ?customer= every hit is started there. ?here: on that very page, in place."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    form = PlaceForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    context = {
        "q": q,
        "found": search_playbooks(request.member, q),
        "ticket": _row(request, Ticket, asked.get("ticket")),
        "customer": _row(request, Customer, asked.get("customer")),
        "is_here": bool(request.htmx and asked.get("here")),
    }
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    answer = render(request, "playbooks/search_found.html" if is_part else "playbooks/search.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _row(request: MemberRequest, model: Any, row_id: int | None) -> Any:
    return get_object_or_404(model.objects.visible_to(request.member), id=row_id) if row_id else None

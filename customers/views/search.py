from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.queries.search_everything import search_everything
from customers.queries.search_words import MOST_LETTERS


@require_GET
@member_required
def search(request: MemberRequest) -> HttpResponse:
    """Customers, contacts and tickets for ?q=; as a list of links for the palette."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    found = search_everything(request.member, q)
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "customers/search/_found.html" if is_part else "customers/search/index.html"
    response = render(request, template, {"found": found, "q": q})
    patch_vary_headers(response, ["HX-Request"])
    return response

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.queries.search_everything import search_everything
from customers.queries.search_words import MOST_LETTERS


@require_GET
@member_required
def search(request: MemberRequest) -> HttpResponse:
    """Customers, contacts and tickets for ?q=; as a list of links for the palette.

    Links to what higher apps found take along the ticket on whose page the palette is open.
    """
    q = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    found = search_everything(request.member, q)
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "customers/search/_found.html" if is_part else "customers/search/index.html"
    response = render(request, template, {"found": found, "q": q, "ticket": _ticket_at_hand(request)})
    patch_vary_headers(response, ["HX-Request", "HX-Current-URL"])
    return response


def _ticket_at_hand(request: MemberRequest) -> int | None:
    """The id of the ticket whose page asks, as far as one does."""
    try:
        page = resolve(urlsplit(request.htmx.current_url or "").path)  # type: ignore[attr-defined]
    except (Resolver404, ValueError):  # no page of ours, or no address at all
        return None
    return page.kwargs["ticket_id"] if page.view_name == "customers:ticket_show" else None

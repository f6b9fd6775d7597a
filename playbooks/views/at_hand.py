"""What a ticket's or a customer's page shows of playbooks: a part of it, and a page of its own without a script."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.models import Customer
from customers.queries.ticket import tickets_with_links
from playbooks.forms.runs import PlaceForm
from playbooks.permissions import can_set_up
from playbooks.queries.at_hand import AtHand, at_hand_at_customer, at_hand_on_ticket
from playbooks.queries.runs import run_page


@require_safe
@member_required
def at_hand(request: MemberRequest) -> HttpResponse:
    """?ticket= or ?customer= says where."""
    today = request.member.company.today()
    found = _at_hand(request)
    context = {
        "found": found,
        "ticket": found.ticket,
        "customer": found.customer,
        "is_here": True,
        "page": run_page(request.member, found.runs[0], today) if found.runs else None,
        "run": found.runs[0] if found.runs else None,
        "can_set_up": can_set_up(request.member),
    }
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "playbooks/at_hand_part.html" if is_part else "playbooks/at_hand.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _at_hand(request: MemberRequest) -> AtHand:
    form = PlaceForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("ticket"):
        ticket = get_object_or_404(tickets_with_links(request.member), id=asked["ticket"])
        return at_hand_on_ticket(request.member, ticket, request.member.company.today())
    if asked.get("customer"):
        rows = Customer.objects.visible_to(request.member)
        return at_hand_at_customer(request.member, get_object_or_404(rows, id=asked["customer"]))
    raise Http404

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers.actions import merge_customers, unmerge_customer
from customers.models import Customer
from customers.queries.customer import find_customer
from customers.queries.customer_list import search_customers
from customers.queries.long_deeds import at_work_on, has_begun
from customers.queries.merging import merge_preview


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@vary_on_headers("HX-Request")
def customer_merge(request: MemberRequest, customer_id: int) -> HttpResponse:
    """Choose the other, see what moves, then fold it into this one. Of many rows it tells how far they are."""
    customer = find_customer(request.member, customer_id)
    if request.htmx:  # type: ignore[attr-defined]
        page = {"customer": customer, "at_work": at_work_on(customer)}
        return render(request, "customers/customer/_at_work.html", page)
    if request.method == "POST":
        return _merge(request, customer)
    q = request.GET.get("q", "").replace("\0", "").strip()[:300]
    other = _other(request, request.GET.get("other", ""))
    if other is not None and (other.id == customer.id or other.merged_into_id):
        other = None
    found = [row for row in search_customers(request.member, q) if row.id != customer.id] if q else []
    preview = merge_preview(customer, other) if other else None
    return _page(request, customer, q=q, found=found, preview=preview)


@require_POST
@member_required
def customer_unmerge(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.member), id=customer_id)
    try:
        unmerge_customer(actor=request.member, customer=customer)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(
            request, _("%(name)s is a customer of its own again.") % {"name": isolated(customer.name)}
        )
    return _onward(customer)


def _merge(request: MemberRequest, customer: Customer) -> HttpResponse:
    other = _other(request, request.POST.get("other", ""))
    if other is None:
        return _page(request, customer, problem=_("Choose the other customer."))
    try:
        merge_customers(actor=request.member, customer=other, into=customer)
    except ValidationError as error:
        return _page(request, customer, problem=" ".join(error.messages))
    told = _("%(gone)s is merged into %(kept)s.") % {"gone": other.name, "kept": customer.name}
    offer_undo(request, told, reverse("customers:customer_unmerge", args=[other.id]))
    return _onward(customer)


def _onward(customer: Customer) -> HttpResponse:
    """To the customer, or while rows are on the move to where one sees how far they are."""
    place = "customers:customer_merge" if has_begun(customer) else "customers:customer_show"
    return redirect(place, customer.id)


def _other(request: MemberRequest, said: str) -> Customer | None:
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return None
    rows = Customer.objects.visible_to(request.member).select_related("owner", "company")
    return rows.filter(id=said).first()


def _page(request: MemberRequest, customer: Customer, **page: Any) -> HttpResponse:
    status = 422 if page.get("problem") else 200
    page |= {"customer": customer, "at_work": at_work_on(customer)}
    return render(request, "customers/customer/merge.html", page, status=status)

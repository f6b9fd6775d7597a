from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions import erase_contact, erase_customer
from customers.forms.customers import ErasureForm
from customers.models import Customer
from customers.permissions import can_erase
from customers.queries.customer import find_customer
from customers.queries.erasure import contact_extent, customer_extent
from customers.queries.long_deeds import at_work_on, has_begun

from .contacts import find_contact

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@READ_OR_POST
@member_required
@vary_on_headers("HX-Request")
def customer_erasure(request: MemberRequest, customer_id: int) -> HttpResponse:
    """Says what goes and what stays; begun when the name is typed. Many rows are for a worker: how far it is."""
    customer = find_customer(request.member, customer_id)
    _only_admins(request)
    form = ErasureForm(customer.name, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _erase(request, customer, with_name=form.cleaned_data["with_name"])
    page = {"customer": customer, "form": form, "at_work": at_work_on(customer)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/customer/_at_work.html", page)
    if not page["at_work"]:
        page["extent"] = customer_extent(customer)
    return render(request, "customers/customer/erasure.html", page, status=422 if form.errors else 200)


def _erase(request: MemberRequest, customer: Customer, *, with_name: bool) -> HttpResponse:
    try:
        erase_customer(actor=request.member, customer=customer, with_name=with_name)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("customers:customer_erasure", customer.id)
    if has_begun(customer):
        messages.success(request, _("The erasure has begun."))
        return redirect("customers:customer_erasure", customer.id)
    messages.success(request, _("Erased. Every figure stays as it was."))
    return redirect("customers:customer_show", customer.id)


@READ_OR_POST
@member_required
def contact_erasure(request: MemberRequest, contact_id: int) -> HttpResponse:
    contact = find_contact(request, contact_id)
    _only_admins(request)
    form = ErasureForm(str(contact), request.POST or None)
    del form.fields["with_name"]
    if request.method == "POST" and form.is_valid():
        erase_contact(actor=request.member, contact=contact)
        messages.success(request, _("Erased. Every figure stays as it was."))
        back = (
            ("customers:customer_show", contact.customer_id)
            if contact.customer_id
            else ("customers:customer_index",)
        )
        return redirect(*back)
    page = {"contact": contact, "extent": contact_extent(contact), "form": form}
    return render(
        request, "customers/customer/contact_erasure.html", page, status=422 if form.errors else 200
    )


def _only_admins(request: MemberRequest) -> None:
    if not can_erase(request.member):
        raise PermissionDenied(_("Only admins erase personal data."))

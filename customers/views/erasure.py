from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions import erase_contact, erase_customer
from customers.actions.erasure import queue_erasure
from customers.forms.customers import ErasureForm
from customers.permissions import can_erase
from customers.queries.customer import find_customer
from customers.queries.erasure import contact_extent, customer_extent, is_being_erased

from .contacts import find_contact

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
AT_ONCE = 5_000


@READ_OR_POST
@member_required
def customer_erasure(request: MemberRequest, customer_id: int) -> HttpResponse:
    """Says what goes and what stays; done when the name is typed. Many rows are for a worker."""
    customer = find_customer(request.member, customer_id)
    _only_admins(request)
    extent = customer_extent(customer)
    form = ErasureForm(customer.name, request.POST or None)
    if request.method == "POST" and is_being_erased(customer.id):
        messages.error(
            request, _("An erasure of this customer is already running. Nothing was started anew.")
        )
        return redirect("customers:customer_erasure", customer.id)
    if request.method == "POST" and form.is_valid():
        with_name = form.cleaned_data["with_name"]
        if extent.rows > AT_ONCE:
            queue_erasure(actor=request.member, customer=customer, with_name=with_name)
            messages.success(request, _("The erasure has begun."))
            return redirect("customers:customer_erasure", customer.id)
        erase_customer(actor=request.member, customer=customer, with_name=with_name)
        messages.success(request, _("Erased. Every figure stays as it was."))
        return redirect("customers:customer_show", customer.id)
    page = {"customer": customer, "extent": extent, "form": form, "progress": is_being_erased(customer.id)}
    return render(request, "customers/customer/erasure.html", page, status=422 if form.errors else 200)


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

"""What is written at a customer that stands for itself no more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.middleware import MemberRequest
from customers.models import Customer
from customers.queries.customer import find_customer


def find_survivor(request: MemberRequest, customer_id: int) -> Customer:
    """The customer, or the one that it was merged into: what is new is written there."""
    customer = find_customer(request.member, customer_id)
    if customer.merged_into_id:
        return find_customer(request.member, customer.merged_into_id)
    return customer


def refuse_merged(request: MemberRequest, customer: Customer) -> HttpResponse | None:
    """The way to the survivor: it has fields and an owner of its own, so that nothing was changed."""
    if customer.merged_into is None:
        return None
    names = {"name": customer.name, "into": customer.merged_into.name}
    messages.error(request, _("%(name)s is merged into %(into)s. Nothing was changed.") % names)
    return redirect("customers:customer_show", customer.merged_into_id)


def refuse_erased(request: MemberRequest, customer: Customer) -> HttpResponse | None:
    """Back to a customer whose personal data was erased: it takes none anew."""
    if customer.erased_at is None:
        return None
    words = _("Personal data of %(name)s was erased. Nothing new about people is kept here.")
    messages.error(request, words % {"name": customer.name})
    return redirect("customers:customer_show", customer.id)

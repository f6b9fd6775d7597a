"""What is written at a customer that stands for itself no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.middleware import MemberRequest
from customers.actions.standing import erased_words, merged_words
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
    messages.error(request, merged_words(customer))
    return redirect("customers:customer_show", customer.merged_into_id)


def refuse_erased(request: MemberRequest, customer: Customer) -> HttpResponse | None:
    """Back to a customer whose personal data was erased: it takes none anew."""
    if customer.erased_at is None:
        return None
    messages.error(request, erased_words(customer))
    return redirect("customers:customer_show", customer.id)


def tells_refusal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Says what an action refused that the page had let through: somebody else was quicker."""

    @wraps(view)
    def wrapped(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect(request.path)

    return wrapped

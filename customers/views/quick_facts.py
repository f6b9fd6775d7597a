from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.words import isolated
from customers.actions import change_fact, enter_fact, remove_fact, verify_fact
from customers.forms.customers import FactForm
from customers.models import CustomerFact

from .standing import find_survivor, refuse_erased, refuse_merged

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@READ_OR_POST
@member_required
def fact_new(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = find_survivor(request, customer_id)
    if refusal := refuse_erased(request, customer):
        return refusal
    form = FactForm(customer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_fact(actor=request.member, customer=customer, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved, and verified today."))
            return redirect("customers:customer_show", customer.id)
    title = _("New fact about %(name)s") % {"name": isolated(customer.name)}
    return _form(request, form, title, customer.id)


@READ_OR_POST
@member_required
def fact_edit(request: MemberRequest, fact_id: int) -> HttpResponse:
    fact = _find(request, fact_id)
    if refusal := refuse_merged(request, fact.customer) or refuse_erased(request, fact.customer):
        return refusal
    form = FactForm(fact.customer, request.POST or None, instance=CustomerFact.objects.get(id=fact.id))
    if request.method == "POST" and form.is_valid():
        change_fact(actor=request.member, fact=fact, **form.cleaned_data)
        messages.success(request, _("Saved, and verified today."))
        return redirect("customers:customer_show", fact.customer_id)
    return _form(request, form, _("Edit a fact"), fact.customer_id, fact)


@require_POST
@member_required
def fact_verification(request: MemberRequest, fact_id: int) -> HttpResponse:
    fact = _find(request, fact_id)
    if refusal := refuse_merged(request, fact.customer):
        return refusal
    verify_fact(actor=request.member, fact=fact)
    messages.success(request, _("“%(label)s” is verified today.") % {"label": fact.label})
    return redirect("customers:customer_show", fact.customer_id)


@require_POST
@member_required
def fact_removal(request: MemberRequest, fact_id: int) -> HttpResponse:
    fact = _find(request, fact_id)
    if refusal := refuse_merged(request, fact.customer):
        return refusal
    remove_fact(actor=request.member, fact=fact)
    told = _("Removed: %(label)s, %(value)s.") % {"label": fact.label, "value": fact.value}
    messages.success(request, told)
    return redirect("customers:customer_show", fact.customer_id)


def _find(request: MemberRequest, fact_id: int) -> CustomerFact:
    return get_object_or_404(
        CustomerFact.objects.visible_to(request.member).select_related("customer"), id=fact_id
    )


def _form(
    request: MemberRequest, form: FactForm, title: str, customer_id: int, fact: CustomerFact | None = None
) -> HttpResponse:
    back = reverse("customers:customer_show", args=[customer_id])
    page = {"form": form, "title": title, "back": back, "fact": fact}
    return render(request, "customers/customer/form.html", page, status=422 if form.errors else 200)

"""The fast form: who, what, and what to do, on one page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import drop_draft
from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions import take_in_ticket
from customers.forms.tickets import NewTicketForm
from customers.models import Customer
from customers.queries.intake import customer_of, customers_like, peek_at
from customers.queries.people import colleagues
from customers.queries.ticket import category_names


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def ticket_new(request: MemberRequest) -> HttpResponse:
    """?customer= names whom it is for."""
    member, customer = request.member, _asked_for(request)
    place = f"ticket:new:{customer.id}" if customer else "ticket:new"
    form = _form(request, customer)
    if request.method == "POST" and form.is_valid():
        ticket = take_in_ticket(actor=member, **_given(form))
        drop_draft(actor=member, place=place)
        messages.success(
            request, _("Logged and resolved.") if form.cleaned_data["is_resolved"] else _("Logged.")
        )
        return redirect(
            f"{reverse('customers:ticket_show', args=[ticket.id])}?sent={place.partition(':')[2]}"
        )
    page = {
        "form": form,
        "place": place,
        "categories": category_names(member),
        "peek": _peek(request, customer) if customer else None,
    }
    return render(request, "customers/ticket/new.html", page, status=422 if form.errors else 200)


@require_safe
@member_required
def customer_options(request: MemberRequest) -> HttpResponse:
    """The list below the field while a customer's name is typed. ?q="""
    words = request.GET.get("q") or request.GET.get("customer_name", "")
    words = words.replace("\0", "").strip()[:200]
    page = {"found": customers_like(request.member, words), "words": words}
    return render(request, "customers/ticket/_customer_options.html", page)


@require_safe
@member_required
def customer_peek(request: MemberRequest) -> HttpResponse:
    """What is known of the customer chosen; nothing for none."""
    customer = _asked_for(request)
    peek = _peek(request, customer) if customer else None
    return render(request, "customers/ticket/_peek.html", {"peek": peek})


def _peek(request: MemberRequest, customer: Customer):
    subject, category = request.GET.get("subject", ""), request.GET.get("category_name", "")
    return peek_at(request.member, customer, subject, category, request.member.company.today())


def _asked_for(request: MemberRequest) -> Customer | None:
    number = request.GET.get("customer", "")
    return customer_of(request.member, int(number)) if number.isdecimal() and len(number) < 19 else None


def _form(request: MemberRequest, customer: Customer | None) -> NewTicketForm:
    initial = {"once": NewTicketForm.new_token(), "assignee": request.member.id}
    if customer:
        initial |= {"customer": customer.id, "customer_name": customer.name}
    people = colleagues(request.member)
    return NewTicketForm(request.POST or None, initial=initial, member=request.member, people=people)


def _given(form: NewTicketForm) -> dict:
    """What the action takes, from what the form has checked."""
    given = form.cleaned_data.copy()
    token = given.pop("once") or form.new_token()
    del given["candidate"], given["customer_name"]
    given["seconds"] = given.pop("time")
    return given | {"external_id": f"T-{token}"}

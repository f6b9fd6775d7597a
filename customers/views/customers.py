from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib import clock
from cs_platform.lib.sheets import csv_response
from cs_platform.lib.words import isolated
from customers.actions import EditConflict, change_customer, enter_customer, set_owner
from customers.forms.customers import CustomerForm, NewCustomerForm, OwnerForm
from customers.forms.notes import NoteForm
from customers.models import Customer, CustomerOwner
from customers.permissions import can_delete_note, can_edit_note, can_erase
from customers.queries.customer import TABS, customer_page, find_customer
from customers.queries.customer_list import Asked, customer_list, every_line
from customers.queries.long_deeds import at_work_on
from customers.queries.revenue import revenue_of

from .standing import refuse_erased, refuse_merged, tells_refusal

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@member_required
@vary_on_headers("HX-Request")
def customer_index(request: MemberRequest) -> HttpResponse:
    """The list; what is typed or chosen asks for its rows alone."""
    asked = Asked.of(request.GET)
    found = customer_list(request.member, asked, request.GET.get("after", "")[:2000])
    query = request.GET.copy()
    query.pop("after", None)
    page = {
        "asked": asked,
        "found": found,
        "query": query.urlencode(),
        "after": request.GET.get("after", ""),
        "states": _states(),
        "sorts": _sorts(),
    }
    name = "_list.html" if request.htmx else "index.html"  # type: ignore[attr-defined]
    return render(request, f"customers/customer/{name}", page)


@require_safe
@member_required
def customer_csv(request: MemberRequest) -> HttpResponseBase:
    """Every customer that the list would show, in its order."""
    header = ["external_id", "name", "segment", "owner_email", "started_on", "ended_on"]
    header += ["recurring_revenue", "open_tickets", "open_promises", "last_touch"]
    lines = (
        (
            *(line.customer.external_id, line.customer.name, line.customer.segment),
            line.customer.owner.email if line.customer.owner else "",
            *(line.customer.started_on, line.customer.ended_on, line.revenue),
            *(line.open_tickets, line.open_promises),
            line.last_touch.isoformat() if line.last_touch else "",
        )
        for line in every_line(request.member, Asked.of(request.GET))
    )
    return csv_response("customers", header, lines)


@READ_OR_POST
@member_required
def customer_new(request: MemberRequest) -> HttpResponse:
    form = NewCustomerForm(request.member, request.POST or None, initial={"key": uuid4().hex[:12]})
    if request.method == "POST" and (sent := _sent_before(request)):
        return redirect("customers:customer_show", sent.id)
    if request.method == "POST" and form.is_valid():
        fields = form.changes() | {"owner": form.cleaned_data["owner"]}
        if key := form.cleaned_data["key"]:
            fields["external_id"] = fields["external_id"] or f"C-{key}"
        try:
            customer = enter_customer(actor=request.member, **fields)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s is a customer now.") % {"name": isolated(customer.name)})
            return redirect("customers:customer_show", customer.id)
    title = _("New customer")
    return _form(request, form, title, reverse("customers:customer_index"), save=_("Enter the customer"))


@READ_OR_POST
@member_required
@tells_refusal
def customer_edit(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = find_customer(request.member, customer_id)
    if refusal := refuse_merged(request, customer) or refuse_erased(request, customer):
        return refusal
    form = CustomerForm(
        request.POST or None,
        instance=Customer.objects.get(id=customer.id),
        initial={"version": customer.version},
    )
    back = reverse("customers:customer_show", args=[customer.id])
    theirs: list[tuple[str, Any, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            change_customer(
                actor=request.member,
                customer=customer,
                version=form.cleaned_data["version"],
                **form.changes(),
            )
        except EditConflict as conflict:
            theirs = _theirs(form, conflict.current)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return _form(
        request,
        form,
        _("Edit %(name)s") % {"name": isolated(customer.name)},
        back,
        theirs=theirs,
        current=customer.version,
    )


@READ_OR_POST
@member_required
def customer_owner(request: MemberRequest, customer_id: int) -> HttpResponse:
    """Gives the customer to somebody from a day on, beside who has owned it so far."""
    customer = find_customer(request.member, customer_id)
    if refusal := refuse_merged(request, customer):
        return refusal
    today = customer.company.today()
    form = OwnerForm(
        request.member, request.POST or None, initial={"owner": customer.owner_id, "valid_from": today}
    )
    if request.method == "POST" and form.is_valid():
        set_owner(
            actor=request.member,
            customer=customer,
            owner=form.cleaned_data["owner"],
            valid_from=form.cleaned_data["valid_from"],
        )
        messages.success(request, _("The owner is set."))
        return redirect("customers:customer_show", customer.id)
    history = CustomerOwner.objects.filter(company_id=customer.company_id, customer=customer)
    page = {"customer": customer, "form": form, "history": _told(history)}
    return render(request, "customers/customer/owner.html", page, status=422 if form.errors else 200)


@require_safe
@member_required
def customer_revenue(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = find_customer(request.member, customer_id)
    revenue = revenue_of(customer, most=120)
    return render(request, "customers/customer/revenue.html", {"customer": customer, "revenue": revenue})


@require_safe
@member_required
def customer_show(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = find_customer(request.member, customer_id)
    if customer.merged_into_id:
        return redirect("customers:customer_show", customer.merged_into_id)
    return show(request, customer)


def show(request: MemberRequest, customer: Customer, form: NoteForm | None = None) -> HttpResponse:
    """The customer's page; with a form that was refused, that form as it was sent."""
    older = request.GET.get("older", "")
    before = int(older) if older.isascii() and older.isdigit() and len(older) < 19 else None
    page = customer_page(customer, request.GET.get("notes", ""), before)
    now = clock.now()
    notes = [moment.note for day in page.days for moment in day.moments if moment.note]
    shown = {
        "page": page,
        "customer": customer,
        "form": form or NoteForm(initial={"key": uuid4().hex}),
        "tabs": list(zip(TABS, _tabs(), strict=True)),
        "place": f"customer:{customer.id}:note",
        "edited": page.edited,
        "editable": {note.id for note in notes if can_edit_note(request.member, note, now)},
        "deletable": {note.id for note in notes if can_delete_note(request.member, note)},
        "can_erase": can_erase(request.member),
        "at_work": at_work_on(customer),
        "taken": request.session.pop("draft_taken", ""),
    }
    return render(request, "customers/customer/show.html", shown, status=422 if form else 200)


def _form(request: MemberRequest, form: Any, title: str, back: str, **extra: Any) -> HttpResponse:
    refused = bool(form.errors or extra.get("theirs"))
    page = {"form": form, "title": title, "back": back, **extra}
    return render(request, "customers/customer/form.html", page, status=422 if refused else 200)


def _theirs(form: Any, current: Any) -> list[tuple[str, Any, Any]]:
    """Where what was sent differs from what somebody else saved: (field, theirs, mine)."""
    return [
        (form.fields[name].label, getattr(current, name), form.cleaned_data[name])
        for name in form.Meta.fields
        if getattr(current, name) != form.cleaned_data[name]
    ]


def _sent_before(request: MemberRequest) -> Customer | None:
    """The customer that this very form made before, if it was sent twice."""
    key = request.POST.get("key", "")
    if len(key) != 12 or not key.isalnum():
        return None
    own = Customer.objects.visible_to(request.member)
    return own.filter(external_id=f"C-{key}").first()


def _told(history: Any) -> list[dict[str, Any]]:
    rows = history.select_related("owner").order_by("-valid_from")[:50]
    beginning = date(1900, 1, 1)
    return [
        {"owner": row.owner, "valid_from": row.valid_from if row.valid_from > beginning else None}
        for row in rows
    ]


def _tabs() -> list[str]:
    return [_("All"), _("Calls"), _("Meetings"), _("Facts"), _("Promises"), _("Risks")]


def _states() -> list[tuple[str, str]]:
    return [
        ("current", _("Current")),
        ("ended", _("Ended")),
        ("stubs", _("Only named by files")),
        ("all", _("All")),
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("name", _("Name")),
        ("revenue", _("Most revenue")),
        ("open", _("Most open tickets")),
        ("newest", _("Newest")),
    ]

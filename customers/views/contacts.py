from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from customers.actions import change_contact, enter_contact, mark_contact_left, take_contact_back
from customers.forms.customers import ContactForm
from customers.models import Contact
from customers.permissions import can_erase
from customers.queries.customer import find_customer

from .standing import find_survivor, refuse_erased, tells_refusal

READ_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
MOST = 500


@require_safe
@member_required
def contact_index(request: MemberRequest, customer_id: int) -> HttpResponse:
    """Everybody at the customer, also those who left."""
    customer = find_customer(request.member, customer_id)
    people = customer.contacts.order_by("left_at", "name", "id")[:MOST]
    page = {"customer": customer, "people": people, "can_erase": can_erase(request.member)}
    return render(request, "customers/customer/contacts.html", page)


@READ_OR_POST
@member_required
@tells_refusal
def contact_new(request: MemberRequest, customer_id: int) -> HttpResponse:
    customer = find_survivor(request, customer_id)
    if refusal := refuse_erased(request, customer):
        return refusal
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Sent twice, it is the same person.
        same = customer.contacts.filter(left_at=None, **form.cleaned_data)
        if not same.exists():
            enter_contact(actor=request.member, customer=customer, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customers:customer_show", customer.id)
    title = _("New contact at %(name)s") % {"name": customer.name}
    return _form(request, form, title, reverse("customers:customer_show", args=[customer.id]))


@READ_OR_POST
@member_required
@tells_refusal
def contact_edit(request: MemberRequest, contact_id: int) -> HttpResponse:
    contact = find_contact(request, contact_id)
    if contact.customer and (refusal := refuse_erased(request, contact.customer)):
        return refusal
    form = ContactForm(request.POST or None, instance=Contact.objects.get(id=contact.id))
    back = _back(contact)
    if request.method == "POST" and form.is_valid():
        change_contact(actor=request.member, contact=contact, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(back)
    return _form(request, form, _("Edit %(name)s") % {"name": contact}, back, contact)


@require_POST
@member_required
def contact_leaving(request: MemberRequest, contact_id: int) -> HttpResponse:
    contact = find_contact(request, contact_id)
    mark_contact_left(actor=request.member, contact=contact)
    url = reverse("customers:contact_return", args=[contact.id])
    offer_undo(request, _("%(name)s is marked as left.") % {"name": contact}, url)
    return redirect(_back(contact))


@require_POST
@member_required
def contact_return(request: MemberRequest, contact_id: int) -> HttpResponse:
    contact = find_contact(request, contact_id)
    take_contact_back(actor=request.member, contact=contact)
    messages.success(request, _("%(name)s is there again.") % {"name": contact})
    return redirect(_back(contact))


def find_contact(request: MemberRequest, contact_id: int) -> Contact:
    return get_object_or_404(
        Contact.objects.visible_to(request.member).select_related("customer"), id=contact_id
    )


def _back(contact: Contact) -> str:
    if contact.customer_id is None:
        return reverse("customers:customer_index")
    return reverse("customers:customer_show", args=[contact.customer_id])


def _form(
    request: MemberRequest, form: ContactForm, title: str, back: str, contact: Contact | None = None
) -> HttpResponse:
    page = {
        "form": form,
        "title": title,
        "back": back,
        "contact": contact,
        "can_erase": can_erase(request.member),
    }
    return render(request, "customers/customer/form.html", page, status=422 if form.errors else 200)

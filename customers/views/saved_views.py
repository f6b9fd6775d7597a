"""Filters of the queue under a name: saved, renamed, shared, deleted, and taken back."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from customers.actions.saved_views import change_view, delete_view, save_view
from customers.forms.queue_filters import read_filters
from customers.forms.saved_views import SavedViewForm
from customers.models import SavedView
from customers.queries.queue_views import saved_views_of

SALT = "saved-view"
DAY = 86_400
ALL = "state=unresolved"  # what an address without filters shows


@require_http_methods(["GET", "POST"])
@member_required
def view_index(request: MemberRequest) -> HttpResponse:
    """GET: one's views, and the form to save the filters of the address. POST: saves them."""
    if request.method == "GET":
        query = read_filters(request.member, request.GET, ignored=("after",)).query
        return _page(request, SavedViewForm(initial={"query": query}))
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    query = read_filters(request.member, QueryDict(form.cleaned_data["query"]), ignored=("after",)).query
    view = save_view(actor=request.member, **{**form.cleaned_data, "query": query or ALL})
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(_address(query))


@require_POST
@member_required
def view_change(request: MemberRequest, view_id: int) -> HttpResponse:
    view, form = _own(request, view_id), SavedViewForm(request.POST)
    if not form.is_valid():
        return _page(request, SavedViewForm(), 422, changed=view, errors=form)
    try:
        sent = form.cleaned_data
        change_view(actor=request.member, view=view, name=sent["name"], is_shared=sent["is_shared"])
    except ValidationError as error:
        form.add_error(None, error.messages)  # type: ignore[arg-type]
        return _page(request, SavedViewForm(), 422, changed=view, errors=form)
    messages.success(request, _("The view “%(name)s” is changed.") % {"name": view.name})
    return redirect("customers:view_index")


@require_POST
@member_required
def view_deletion(request: MemberRequest, view_id: int) -> HttpResponse:
    view = _own(request, view_id)
    kept = signing.dumps([request.member.id, view.name, view.query, view.is_shared], salt=SALT)
    delete_view(actor=request.member, view=view)
    words = _("The view “%(name)s” is deleted; its tickets are not.") % {"name": view.name}
    offer_undo(request, words, reverse("customers:view_restoration", args=[kept]))
    return redirect("customers:view_index")


@require_POST
@member_required
def view_restoration(request: MemberRequest, kept: str) -> HttpResponse:
    """Takes a deletion back, with what the message of it has kept, signed."""
    try:
        owner, name, query, is_shared = signing.loads(kept, salt=SALT, max_age=DAY)
    except signing.BadSignature as error:
        raise Http404 from error
    if owner != request.member.id:
        raise Http404
    save_view(actor=request.member, name=name, query=query, is_shared=is_shared)
    messages.success(request, _("The view “%(name)s” is back.") % {"name": name})
    return redirect(_address(query))


def _own(request: MemberRequest, view_id: int) -> SavedView:
    """A view that is seen but not one's own is not to be changed."""
    view = SavedView.objects.visible_to(request.member).filter(id=view_id).first()
    if view is None:
        raise Http404
    if view.member_id != request.member.id:
        raise PermissionDenied(_("Only %(name)s can change this view.") % {"name": view.member.name})
    return view


def _page(request: MemberRequest, form: SavedViewForm, status: int = 200, **more: Any) -> HttpResponse:
    part = request.htmx and request.method == "GET"  # type: ignore[attr-defined]
    template = "customers/queue/_views_form.html" if part else "customers/queue/views.html"
    mine = [view for view in saved_views_of(request.member) if view.member_id == request.member.id]
    response = render(request, template, {"form": form, "mine": mine, **more}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _address(query: str) -> str:
    return f"{reverse('customers:ticket_index')}?{query}"

"""One deed on the selected tickets: a form that asks what exactly, then the deed, then a message with undo."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Activity
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from customers.actions import bulk
from customers.actions.bulk_undo import undo_bulk
from customers.forms.bulk import BulkForm

TOLD = 5  # so many refusals are told one by one
# What each form does, with its fields.
DEEDS: dict[str, Callable[..., bulk.Report]] = {
    "assign": bulk.assign_tickets,
    "state": bulk.set_states,
    "category": bulk.set_categories,
    "priority": bulk.set_priorities,
    "tags": bulk.change_tags,
    "spam": bulk.mark_spam_tickets,
    "delete": bulk.delete_tickets,
}


@require_http_methods(["GET", "POST"])
@member_required
def ticket_bulk(request: MemberRequest) -> HttpResponse:
    """GET: the form for ?do=assign&ticket=1&ticket=2. POST: does it and goes back to the list."""
    if request.method == "GET":
        return _page(request, BulkForm(request.member, initial=request.GET), 200)
    form = BulkForm(request.member, request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        report = DEEDS[form.do](actor=request.member, ids=form.ids, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)  # type: ignore[arg-type]
        return _page(request, form, 422)
    _tell(request, report, form.told(len(report.done)), can_undo=True)
    return redirect(form.back)


@require_POST
@member_required
def ticket_bulk_undo(request: MemberRequest, batch: UUID) -> HttpResponse:
    try:
        report = undo_bulk(actor=request.member, batch=batch)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    count = len(report.done)
    text = ngettext("%(count)s ticket is as it was.", "%(count)s tickets are as they were.", count)
    _tell(request, report, text % {"count": count}, can_undo=False)
    return redirect("customers:ticket_index")


def _tell(request: MemberRequest, report: bulk.Report, text: str, *, can_undo: bool) -> None:
    if report.done and can_undo:
        offer_undo(request, text, reverse("customers:ticket_bulk_undo", args=[report.batch]))
    elif report.done:
        messages.success(request, text)
    if report.refused:
        count = len(report.refused)
        words = ngettext(
            "%(count)s ticket was left as it is", "%(count)s tickets were left as they are", count
        )
        why = "; ".join(f"{number}: {reason}" for number, reason in report.refused[:TOLD])
        more = " …" if count > TOLD else ""
        messages.warning(request, f"{words % {'count': count}}. {why}{more}")


def _page(request: MemberRequest, form: BulkForm, status: int) -> HttpResponse:
    part = request.htmx and request.method == "GET"  # type: ignore[attr-defined]
    template = "customers/queue/_bulk.html" if part else "customers/queue/bulk.html"
    response = render(request, template, {"form": form}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response

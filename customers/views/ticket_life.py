"""What happens to a ticket: each state is a resource that a form posts to.

GET leads back to the ticket: that is where somebody arrives who had to sign in again in the middle of it.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.undo import offer_undo
from cs_platform.lib.words import isolated
from customers import actions
from customers.forms.tickets import AssignmentForm, ResolutionForm
from customers.models import Ticket
from customers.queries.people import colleagues
from customers.queries.ticket_states import newest_states

Deed = Callable[[MemberRequest, Ticket], HttpResponse]


def deed(view: Deed) -> Callable[..., HttpResponse]:
    """Loads the ticket, and says in plain words when its state does not allow the deed any more."""
    return _deed(view, lambda request: Ticket.objects.visible_to(request.member))


def deed_on_any(view: Deed) -> Callable[..., HttpResponse]:
    """As `deed`, for deleted tickets too."""
    return _deed(view, lambda request: Ticket.objects.of(request.member))


def deed_with_page(view: Deed) -> Callable[..., HttpResponse]:
    """As `deed`, but GET is the view's own: a page on which the deed is prepared."""
    return _deed(view, lambda request: Ticket.objects.visible_to(request.member), has_page=True)


def _deed(view: Deed, rows: Callable, *, has_page: bool = False) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD", "POST"])
    @member_required
    @wraps(view)
    def wrapped(request: MemberRequest, ticket_id: int) -> HttpResponse:
        tickets = rows(request).select_related("customer", "category", "assignee", "merged_into")
        ticket = get_object_or_404(tickets, id=ticket_id)
        if request.method != "POST" and not has_page:
            return to_ticket(ticket)
        try:
            return view(request, ticket)
        except ValidationError as refused:
            for text in refused.messages:
                messages.warning(request, text)
            return to_ticket(ticket)

    return wrapped  # type: ignore[return-value]


def to_ticket(ticket: Ticket, sent: str = "") -> HttpResponse:
    page = reverse("customers:ticket_show", args=[ticket.id])
    return redirect(f"{page}?sent={sent}" if sent else page)


def with_undo(request: MemberRequest, ticket: Ticket, text: str, sent: str = "") -> HttpResponse:
    """Says what was done, and offers to take it back."""
    offer_undo(request, text, undo_of(ticket))
    return to_ticket(ticket, sent)


@deed
def ticket_assignment(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    people = colleagues(request.member)
    form = AssignmentForm(request.POST, member=request.member, people=people)
    if not form.is_valid():
        raise ValidationError(_("Choose somebody of your company who still works there."))
    assignee = form.cleaned_data["assignee"]
    if (assignee.id if assignee else None) == ticket.assignee_id:
        messages.success(request, _("Nothing changed."))
        return to_ticket(ticket)
    actions.assign_ticket(actor=request.member, ticket=ticket, assignee=assignee)
    if assignee is None:
        messages.success(request, _("Nobody has it now."))
    elif assignee.id == request.member.id:
        messages.success(request, _("It is yours now."))
    else:
        messages.success(request, _("%(name)s has it now.") % {"name": isolated(assignee.name)})
    return to_ticket(ticket)


@deed
def ticket_pending(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.pend_ticket(actor=request.member, ticket=ticket)
    return with_undo(request, ticket, _("Pending: it waits for the customer."))


@deed
def ticket_hold(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.hold_ticket(actor=request.member, ticket=ticket)
    return with_undo(request, ticket, _("On hold: it waits for somebody else."))


@deed
def ticket_resumption(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.resume_ticket(actor=request.member, ticket=ticket)
    messages.success(request, _("Open again."))
    return to_ticket(ticket)


@deed
def ticket_resolution(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    form = ResolutionForm(request.POST)
    if not form.is_valid():
        raise ValidationError([str(text) for text in form.errors.get("time", [])])
    actions.resolve_ticket(actor=request.member, ticket=ticket, seconds=form.cleaned_data["time"])
    text = _("Resolved. Undo works for a minute; later you can reopen it, and that counts as a reopening.")
    return with_undo(request, ticket, text, sent="time")


@deed
def ticket_reopening(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.reopen_ticket(actor=request.member, ticket=ticket)
    messages.success(request, _("Reopened."))
    return to_ticket(ticket)


@deed
def ticket_closure(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.close_ticket(actor=request.member, ticket=ticket)
    return with_undo(request, ticket, _("Closed. Undo works for a minute."))


@deed
def ticket_spam(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.mark_spam(actor=request.member, ticket=ticket)
    return with_undo(request, ticket, _("Marked as spam: it counts in no figure."))


@deed
def ticket_deletion(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.delete_ticket(actor=request.member, ticket=ticket)
    text = _("%(number)s is deleted: it counts in no figure.") % {"number": ticket.external_id}
    offer_undo(request, text, undo_of(ticket))
    return redirect("customers:ticket_index")


@deed_on_any
def ticket_restoration(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    actions.restore_ticket(actor=request.member, ticket=ticket)
    messages.success(request, _("It is back, and counts again."))
    return to_ticket(ticket)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def ticket_undo(request: MemberRequest, ticket_id: int, event_id: int) -> HttpResponse:
    """Takes back the state that an event of one's own set, if it is the newest."""
    ticket = get_object_or_404(Ticket.objects.of(request.member), id=ticket_id)
    if request.method == "POST":
        try:
            after = actions.undo_state(actor=request.member, ticket=ticket, event_id=event_id)
        except ValidationError as refused:
            messages.warning(request, " ".join(refused.messages))
        else:
            state = after.get_status_display().lower()
            messages.success(request, _("Taken back. It is %(state)s, as before.") % {"state": state})
    return to_ticket(ticket)


def undo_of(ticket: Ticket) -> str:
    """Where the state that was just set is taken back."""
    return reverse("customers:ticket_undo", args=[ticket.id, newest_states([ticket.id])[ticket.id].id])

"""What people write on a ticket: replies, notes, what the customer said, and its properties."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions import drop_draft
from accounts.middleware import MemberRequest
from cs_platform.lib.outside import number
from cs_platform.lib.undo import offer_undo
from customers import actions
from customers.forms.ticket_edit import EditForm, with_theirs
from customers.forms.tickets import CustomerReplyForm, NoteForm, ReplyForm
from customers.models import Ticket
from customers.permissions import can_set_aside, can_wait
from customers.queries.changes import meeting
from customers.queries.reply_mail import recipient_of
from customers.queries.ticket import category_names, merge_targets, target_of

from .ticket_life import deed, deed_with_page, to_ticket, undo_of
from .tickets import find_ticket, show


@deed
def ticket_reply(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return show(request, ticket, write="reply", writing=form, status=422)
    said = form.cleaned_data
    after = actions.send_reply(
        actor=request.member,
        ticket=ticket,
        body=said["body"],
        seconds=said["time"],
        then=said["then"],
        once=said["once"],
    )
    # What was resolved before stays so, whatever button was pressed.
    then = said["then"] if can_wait(ticket) else ""
    messages.success(request, _replied(recipient_of(request.member, after).address != "", then))
    return _taken(request, after, "reply")


def _replied(is_mailed: bool, then: str) -> str:
    if is_mailed:
        state = {"resolve": _("Sent, and resolved."), "pend": _("Sent. It waits for the customer now.")}
        return state.get(then) or _("Sent.")
    state = {"resolve": _("Logged, and resolved."), "pend": _("Logged. It waits for the customer now.")}
    return state.get(then) or _("Logged.")


@deed
def ticket_mailing(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    """Mails a reply again that did not go out: event= in the body."""
    actions.mail_again(
        actor=request.member, ticket=ticket, event_id=number(request.POST.get("event", "")) or 0
    )
    messages.success(request, _("It is being mailed again."))
    return to_ticket(ticket)


@deed
def ticket_note(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, ticket, write="note", writing=form, status=422)
    said = form.cleaned_data
    actions.write_note(
        actor=request.member,
        ticket=ticket,
        body=said["body"],
        kind=said["kind"],
        due_on=said["due_on"],
        seconds=said["time"],
        once=said["once"],
    )
    messages.success(request, _("Noted."))
    return _taken(request, ticket, "note")


@deed
def ticket_customer_reply(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    form = CustomerReplyForm(request.POST)
    if not form.is_valid():
        return show(request, ticket, write="customer", writing=form, status=422)
    was_resolved = ticket.status in ("resolved", "closed")
    actions.receive_reply(
        actor=request.member, ticket=ticket, body=form.cleaned_data["body"], once=form.cleaned_data["once"]
    )
    messages.success(request, _("Logged. The ticket is open again.") if was_resolved else _("Logged."))
    return _taken(request, ticket, "customer")


def _taken(request: MemberRequest, ticket: Ticket, write: str) -> HttpResponse:
    drop_draft(actor=request.member, place=f"ticket:{ticket.id}:{write}")
    return to_ticket(ticket, sent=write)


@deed_with_page
def ticket_properties(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    """GET is the form. 409 with both values when somebody else was quicker: the person chooses by field."""
    if request.method != "POST":
        return _properties(request, ticket)
    form = EditForm(with_theirs(request.POST, ticket), member=request.member, ticket=ticket)
    if not form.is_valid():
        return show(request, ticket, edit=form, status=422)
    changes = form.changes_to(ticket)
    seen = form.cleaned_data["version"]
    if not changes:
        messages.success(request, _("Nothing changed."))
        return to_ticket(ticket)
    try:
        actions.set_properties(actor=request.member, ticket=ticket, version=seen, **changes)
    except actions.EditConflict:
        return _both(request, find_ticket(request, ticket.id), form)
    messages.success(request, _("Saved."))
    return to_ticket(ticket)


def _properties(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    form = EditForm(initial=EditForm.initial_of(ticket), member=request.member, ticket=ticket)
    page = {"ticket": ticket, "edit": form, "form": form, "categories": category_names(request.member)}
    template = (
        "customers/ticket/_properties_form.html" if request.htmx else "customers/ticket/properties.html"
    )
    answer = render(request, template, page)
    answer["Vary"] = "HX-Request"
    return answer


def _both(request: MemberRequest, ticket: Ticket, form: EditForm) -> HttpResponse:
    """Both values beside each other; what only they touched is taken over as it stands."""
    both = meeting(ticket, form.mine(), form.cleaned_data["version"])
    mixed = with_theirs(form.data, ticket, both.taken_over)
    mixed["version"] = str(ticket.version)
    again = EditForm(mixed, member=request.member, ticket=ticket)
    return show(request, ticket, edit=again, conflict=both, status=409)


@deed_with_page
def ticket_merge(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    """GET ?q= looks for the ticket to merge into, ?into= previews it; POST into= merges."""
    asked = request.POST if request.method == "POST" else request.GET
    into = target_of(request.member, ticket, asked.get("into", ""))
    if request.method == "POST":
        if into is None:
            raise ValidationError(_("Choose another ticket that is neither merged nor spam."))
        actions.merge_ticket(actor=request.member, ticket=ticket, into=into)
        text = _("%(number)s is merged into this ticket.") % {"number": ticket.external_id}
        offer_undo(request, text, undo_of(ticket))
        return to_ticket(into)
    words = request.GET.get("q", "").replace("\0", "")[:200]
    found = merge_targets(request.member, ticket, words)
    page = {"ticket": ticket, "into": into, "found": found, "words": words, "can": can_set_aside(ticket)}
    return render(request, "customers/ticket/merge.html", page)

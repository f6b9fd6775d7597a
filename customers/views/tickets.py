"""The page of a ticket, and what is written on it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.mailbox import mails_are_kept
from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from customers.actions import come_by
from customers.forms.ticket_edit import EditForm
from customers.forms.ticket_fields import OnceForm
from customers.forms.tickets import NoteForm
from customers.models import Ticket
from customers.permissions import (
    can_close,
    can_reopen,
    can_reply,
    can_resolve,
    can_restore,
    can_resume,
    can_set_aside,
    can_wait,
)
from customers.queries.reply_mail import recipient_of
from customers.queries.stream import stream_of
from customers.queries.ticket import category_names, ticket_page, tickets_with_links

WRITINGS = ("reply", "note", "customer")


@require_safe
@member_required
def ticket_show(request: MemberRequest, ticket_id: int) -> HttpResponse:
    """?write=reply|note|customer opens that part of the composer; ?sent= says which draft was taken."""
    return show(request, find_ticket(request, ticket_id))


@require_safe
@member_required
def ticket_stream(request: MemberRequest, ticket_id: int) -> HttpResponse:
    """An older part of the conversation. ?skip= says how many newer entries there are."""
    ticket = find_ticket(request, ticket_id)
    skip = request.GET.get("skip", "")
    stream = stream_of(request.member, ticket, int(skip[:5]) if skip.isdecimal() else 0)
    template = "customers/ticket/_stream.html" if request.htmx else "customers/ticket/stream.html"
    answer = render(request, template, {"ticket": ticket, "stream": stream, "can": _can(ticket)})
    answer["Vary"] = "HX-Request"
    return answer


@require_POST
@member_required
def ticket_presence(request: MemberRequest, ticket_id: int) -> HttpResponse:
    """A sign every few seconds that this page is open; answers who else has it open."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.member).only("id"), id=ticket_id)
    is_writing = request.POST.get("writing") == "1"
    others = come_by(actor=request.member, place=f"ticket:{ticket.id}", is_writing=is_writing)
    return render(request, "customers/ticket/_here.html", {"others": others})


def find_ticket(request: MemberRequest, ticket_id: int) -> Ticket:
    return get_object_or_404(tickets_with_links(request.member), id=ticket_id)


def show(
    request: MemberRequest,
    ticket: Ticket,
    *,
    write: str = "",
    writing: Any = None,
    edit: EditForm | None = None,
    conflict: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page. writing: the refused form of the part of the composer that `write` names."""
    member = request.member
    page = ticket_page(member, ticket, member.company.today())
    write = write or request.GET.get("write", "")
    write = write if write in WRITINGS else "reply"
    # The templates write the fields themselves: an empty form is only a token.
    forms: dict[str, Any] = {name: {"data": {"once": OnceForm.new_token()}} for name in WRITINGS}
    if writing is not None:
        # The token of a refused form was not used up: it stays.
        forms[write] = writing
    context = {
        "ticket": ticket,
        "page": page,
        "stream": page.stream,
        "writings": forms,
        "write": write,
        "edit": edit,
        "categories": category_names(member) if edit else [],
        "conflict": conflict,
        "kinds": NoteForm.KINDS,
        "can": _can(ticket),
        "recipient": recipient_of(member, ticket),
        "has_mail_server": not mails_are_kept(),
        "sent": request.GET.get("sent", ""),
    }
    return render(request, "customers/ticket/show.html", context, status=status)


def _can(ticket: Ticket) -> dict[str, bool]:
    return {
        "reply": can_reply(ticket),
        "wait": can_wait(ticket),
        "resume": can_resume(ticket),
        "resolve": can_resolve(ticket),
        "reopen": can_reopen(ticket),
        "close": can_close(ticket),
        "set_aside": can_set_aside(ticket),
        "restore": can_restore(ticket),
    }

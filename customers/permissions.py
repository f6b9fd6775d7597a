"""May this be done? Pure predicates; views, API and templates ask the same ones.

Every active member works on every ticket of the company, so here the ticket's state decides; the actions
refuse what is not so (somebody else may have been quicker).
"""

from datetime import datetime, timedelta

from accounts.models import Member
from customers.models import UNCOUNTED, UNRESOLVED, Note, Status, Ticket

NOTE_EDITED_WITHIN = timedelta(days=1)


def can_wait(ticket: Ticket) -> bool:
    """Be pending or on hold."""
    return ticket.status in UNRESOLVED


def can_resume(ticket: Ticket) -> bool:
    return ticket.status in (Status.PENDING, Status.ON_HOLD)


def can_resolve(ticket: Ticket) -> bool:
    return ticket.status in UNRESOLVED


def can_reopen(ticket: Ticket) -> bool:
    return ticket.status in (Status.RESOLVED, Status.CLOSED)


def can_close(ticket: Ticket) -> bool:
    return ticket.status in (*UNRESOLVED, Status.RESOLVED)


def can_reply(ticket: Ticket) -> bool:
    """Be written on by the team: nobody reads on where a ticket was merged, marked as spam or deleted."""
    return ticket.status not in UNCOUNTED


def can_set_aside(ticket: Ticket) -> bool:
    """Be merged, marked as spam or deleted."""
    return ticket.status not in UNCOUNTED


def can_restore(ticket: Ticket) -> bool:
    return ticket.status in UNCOUNTED


def can_edit_note(member: Member, note: Note, now: datetime) -> bool:
    """Whoever wrote it, for a day. Afterwards it is a record, and what is new is a new note."""
    return member.id == note.author_id and now - note.noted_at < NOTE_EDITED_WITHIN and note.body != ""


def can_delete_note(member: Member, note: Note) -> bool:
    """Whoever wrote it, and an admin."""
    return member.id == note.author_id or member.is_admin


def can_erase(member: Member) -> bool:
    """Erasure of personal data cannot be taken back."""
    return member.is_admin

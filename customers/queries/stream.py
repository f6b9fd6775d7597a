"""A ticket's conversation: what was written and what happened, in order, the newest part first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Activity, Member
from cs_platform.lib import clock
from cs_platform.lib.words import duration, isolated
from customers.models import Event, Note, Ticket, TicketEvent

from .changes import told
from .reply_mail import MailLine

PAGE = 50
FARTHEST = 5_000

# What the conversation takes from the ledger, and its icon.
FROM_LEDGER = {"ticket.changed": "bolt", "ticket.took_in": "arrow-merge", "ticket.gave_back": "arrow-back-up"}
# The same of higher apps: {verb: (icon, what it says of a row's detail)}.
_from_above: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {}
WRITTEN = (Event.REPLIED, Event.NOTED, Event.CUSTOMER_REPLIED)
ICONS = {
    Event.ASSIGNED: "user",
    Event.PENDING: "hourglass",
    Event.HELD: "player-pause",
    Event.RESOLVED: "check",
    Event.REOPENED: "refresh",
    Event.CLOSED: "lock",
    Event.MERGED: "arrow-merge",
    Event.SPAM: "ban",
    Event.DELETED: "trash",
    Event.RESTORED: "arrow-back-up",
    Event.REPLIED: "message",
    Event.NOTED: "clock",
    Event.CUSTOMER_REPLIED: "message-circle",
}
NOTE_ICONS = {
    Note.Type.CALL: "phone",
    Note.Type.MEETING: "users",
    Note.Type.FACT: "info-circle",
    Note.Type.PROMISE: "pin",
    Note.Type.RISK: "alert-triangle",
}


class Link(NamedTuple):
    """Another ticket."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Entry:
    """kind: "message" or "note" (somebody wrote), "event" (a line). note: the row of a typed note."""

    at: datetime
    kind: str
    who: str
    text: str
    icon: str = ""
    is_mine: bool = False
    is_team: bool = False
    label: str = ""
    seconds: int | None = None
    due_on: Any = None
    mail: MailLine | None = None
    link: Link | None = None
    rank: tuple[int, int] = (0, 0)

    @property
    def time(self) -> str:
        return f"{timezone.localtime(self.at):%H:%M}"


@dataclass(frozen=True, slots=True)
class Stream:
    """days: (label, entries). older: how many to skip for the next older part, or nothing."""

    days: list[tuple[str, list[Entry]]] = field(default_factory=list)
    older: int | None = None


def register(verb: str, icon: str, words: Callable[[dict[str, Any]], str]) -> None:
    """How the conversation tells of a verb that a higher app records of a ticket, after the name of who did it."""
    _from_above[verb] = (icon, words)


def stream_of(member: Member, ticket: Ticket, skip: int = 0) -> Stream:
    """The newest entries but `skip`, oldest first."""
    skip = min(max(skip, 0), FARTHEST)
    most = skip + PAGE + 1
    entries = [
        *_events(member, ticket, most),
        *_notes(member, ticket, most),
        *_changes(member, ticket, most),
        _opening(member, ticket),
    ]
    entries.sort(key=lambda entry: (entry.at, entry.rank), reverse=True)
    page = entries[skip : skip + PAGE]
    older = skip + PAGE if len(entries) > skip + PAGE else None
    return Stream(_days(page[::-1]), older)


def _days(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    by_day = groupby(entries, key=lambda entry: timezone.localtime(entry.at).date())
    return [(_day_name(day), list(of_day)) for day, of_day in by_day]


def _day_name(day: Any) -> str:
    today = timezone.localtime(clock.now()).date()
    if day == today:
        return _("Today")
    if (today - day).days == 1:
        return _("Yesterday")
    return date_format(day, "D j M" if day.year == today.year else "j M Y")


def _opening(member: Member, ticket: Ticket) -> Entry:
    """The text with which the ticket came, else a line that says that it came. Always the first."""
    who = customer_voice(ticket)
    if ticket.body:
        label = ticket.get_channel_display()
        return Entry(ticket.opened_at, "message", who, ticket.body, label=label, rank=(-1, 0))
    text = _("Opened, by %(channel)s") % {"channel": ticket.get_channel_display().lower()}
    return Entry(ticket.opened_at, "event", who, text, "inbox", rank=(-1, 0))


def customer_voice(ticket: Ticket) -> str:
    if ticket.requester_email:
        return ticket.requester_email
    return ticket.customer.name if ticket.customer else _("The customer")


@dataclass(frozen=True, slots=True)
class _Row:
    """An event as it is read: plain values are quicker than rows with their people."""

    id: int
    at: datetime
    event: Event
    by_requester: bool
    seconds: int | None
    body: str
    is_public: bool
    actor_id: int | None
    actor: str | None
    assignee_id: int | None
    assignee: str | None
    mail_state: str | None
    mail_to: str | None
    mailed_at: datetime | None
    mail_error: str | None

    @property
    def mail(self) -> MailLine | None:
        if self.mail_state is None:
            return None
        return MailLine(
            self.id, self.mail_state, self.mail_to or "", self.mailed_at, self.mail_error or "", self.at
        )


_COLUMNS = (
    "id",
    "occurred_at",
    "event",
    "by_requester",
    "seconds",
    "body",
    "is_public",
    "actor_id",
    "actor__name",
    "assignee_id",
    "assignee__name",
    "mail__state",
    "mail__to_address",
    "mail__sent_at",
    "mail__error",
)


def _events(member: Member, ticket: Ticket, most: int) -> list[Entry]:
    rows = TicketEvent.objects.filter(ticket=ticket).order_by("-occurred_at", "-id")
    found = [_entry(member, ticket, _Row(*row)) for row in rows.values_list(*_COLUMNS)[:most]]
    return [entry for entry in found if entry]


def _entry(member: Member, ticket: Ticket, row: _Row) -> Entry | None:
    is_mine = row.actor_id == member.id
    by_customer = row.event == Event.CUSTOMER_REPLIED or row.by_requester
    teammate = _("You") if is_mine else row.actor or _("The system")
    who = customer_voice(ticket) if by_customer else teammate
    common: dict[str, Any] = {
        "at": row.at,
        "who": who,
        "is_mine": is_mine,
        "is_team": not by_customer,
        "seconds": row.seconds,
        "rank": (0, row.id),
    }
    if row.event in WRITTEN and row.body:
        is_note = row.event == Event.NOTED or not row.is_public
        label = _("internal note") if is_note else _("reply") if not by_customer else _("wrote")
        kind = "note" if is_note else "message"
        return Entry(kind=kind, text=row.body, label=label, mail=row.mail, **common)
    if row.event == Event.NOTED and not row.seconds:
        return None
    words = _words(member, row)
    if row.event == Event.RESOLVED and row.body:
        words = f"{words}: {row.body}"
    link = None
    if row.event == Event.MERGED and (into := ticket.merged_into):
        words, link = _("merged it into"), Link(into.id, into.external_id)
    return Entry(kind="event", text=words, icon=ICONS.get(Event(row.event), "circle"), link=link, **common)


def _words(member: Member, row: _Row) -> str:
    """What happened, after the name of who did it."""
    if row.event == Event.ASSIGNED:
        return _assigned(member, row)
    if row.event == Event.NOTED:
        return _("worked on it for %(time)s") % {"time": duration(row.seconds or 0)}
    return {
        Event.REPLIED: _("replied"),
        Event.CUSTOMER_REPLIED: _("replied"),
        Event.PENDING: _("set it to pending: it waits for the customer"),
        Event.HELD: _("put it on hold: it waits for somebody else"),
        Event.RESOLVED: _("resolved it"),
        Event.REOPENED: _("reopened it"),
        Event.CLOSED: _("closed it"),
        Event.MERGED: _("merged it into another ticket"),
        Event.SPAM: _("marked it as spam"),
        Event.DELETED: _("deleted it"),
        Event.RESTORED: _("put it back to work"),
    }[Event(row.event)]


def _assigned(member: Member, row: _Row) -> str:
    if row.assignee_id is None:
        return _("left it unassigned")
    if row.assignee_id == row.actor_id:
        return _("took it")
    name = _("you") if row.assignee_id == member.id else row.assignee or ""
    return _("assigned it to %(name)s") % {"name": isolated(name)}


def _notes(member: Member, ticket: Ticket, most: int) -> list[Entry]:
    rows = Note.objects.visible_to(member).filter(ticket=ticket).select_related("author")
    return [
        Entry(
            at=row.noted_at,
            kind="note",
            who=_("You") if row.author_id == member.id else row.author.name,
            text=row.body,
            icon=NOTE_ICONS.get(Note.Type(row.type), "note"),
            is_mine=row.author_id == member.id,
            is_team=True,
            label=row.get_type_display().lower(),
            due_on=row.due_on,
            rank=(1, row.id),
        )
        for row in rows.order_by("-noted_at", "-id")[:most]
    ]


def _changes(member: Member, ticket: Ticket, most: int) -> list[Entry]:
    """What the ledger alone knows: changed fields, tickets that were merged into this one, deeds of higher apps."""
    rows = Activity.objects.filter(
        company_id=member.company_id,
        subject_type="ticket",
        subject_id=ticket.id,
        verb__in=[*FROM_LEDGER, *_from_above],
    ).select_related("actor")
    return [
        Entry(
            at=row.occurred_at,
            kind="event",
            who=_("You") if row.actor_id == member.id else row.actor.name if row.actor else _("The system"),
            text=words,
            icon=FROM_LEDGER.get(row.verb) or _from_above[row.verb][0],
            link=Link(row.detail["ticket"], row.detail["number"]) if "number" in row.detail else None,
            rank=(2, row.id),
        )
        for row in rows.order_by("-id")[:most]
        if (words := _told_of(row))
    ]


def _told_of(row: Activity) -> str:
    if row.verb in _from_above:
        return _from_above[row.verb][1](row.detail)
    return {
        "ticket.took_in": _("merged another ticket into this one:"),
        "ticket.gave_back": _("took another ticket out of this one again:"),
    }.get(row.verb) or told(row.detail)

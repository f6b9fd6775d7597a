"""The lines of a day: what is due and when, as the reader's clock shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib import clock
from cs_platform.lib.words import day as in_year
from cs_platform.lib.words import duration
from customers.models import Note
from customers.notices import url_of_note
from customers.queries.needs import TicketDue, promises_of, tickets_due
from hiring.queries.needs import CardDue, cards_due
from playbooks.queries.needs import Asked, asked_of
from training.queries.needs import PartDue, WordAsked, parts_due, words_asked
from training.queries.plans import ReviewDue, reviews_due
from training.queries.rides import RideDue, rides_due

NEAR = timedelta(hours=1)
NOON, EVENING = time(12), time(18)
SHORT = 140


@dataclass(frozen=True)
class Today:
    """The reader's present. promised: the company's day, by which promises are due."""

    now: datetime
    zone: tzinfo
    promised: date

    @classmethod
    def of(cls, member: Member) -> "Today":
        now = clock.now()
        return cls(now, timezone.get_current_timezone(), member.company.zones().day(now))

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    @property
    def tonight(self) -> datetime:
        return self.end_of(self.local.date())

    @property
    def noon(self) -> datetime:
        return datetime.combine(self.local.date(), NOON, tzinfo=self.zone)

    def end_of(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=self.zone)

    def group(self, at: datetime) -> str:
        if at < self.now:
            return "late"
        if at < self.noon:
            return "noon"
        return "today" if at <= self.tonight else "next"


@dataclass(frozen=True)
class Due:
    """A line. order: by when it is due, then since when it waits. when: a time or day. left: how long there is,
    or how late it is. tone: near or late for what is urgent, else nothing. deed: what its button posts to; without
    one the button opens the page."""

    group: str
    order: tuple[datetime, datetime]
    icon: str
    kind: str
    title: str
    why: str
    when: str
    left: str
    tone: str
    act: str
    url: str
    deed: str = ""


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    lines: list[Due]


def dues(member: Member, today: Today, most: int) -> list[Due]:
    """What is due for a member, most urgent first; at most `most` lines."""
    tickets = tickets_due(member, today.now, today.tonight, most)
    promises = promises_of(member, today.promised, most)
    lines = [_of_ticket(found, today) for found in tickets]
    lines += [_of_promise(note, note.due_on, today) for note in promises if note.due_on]
    lines += [_of_playbook(asked, today) for asked in asked_of(member, today.promised, most)]
    lines += [_of_scorecard(found, today) for found in cards_due(member, today.now, today.tonight, most)]
    lines += [_of_ride(found, today) for found in rides_due(member, today.now, today.tonight, most)]
    lines += [_of_review(found, today) for found in reviews_due(member, today.promised, most)]
    parts = parts_due(member, today.promised, today.promised, most)
    lines += [_of_part(found, today) for found in parts]
    lines += [_of_word(found, today) for found in words_asked(member, today.promised, most)]
    return sorted(lines, key=lambda due: due.order)[:most]


def grouped(lines: list[Due], today: Today) -> list[Group]:
    """By the parts of the day; a part in which nothing is due is left out."""
    return [group for group in _groups(lines, today) if group.lines]


def _groups(lines: list[Due], today: Today) -> Iterator[Group]:
    later = _("This evening") if today.local.time() >= EVENING else _("This afternoon")
    titles = {"late": _("Late"), "noon": _("Before noon"), "today": later, "next": _("Next days")}
    for key, title in titles.items():
        yield Group(key, title, [due for due in lines if due.group == key])


# --- Tickets ------------------------------------------------------------------------------------------------------


def _of_ticket(found: TicketDue, today: Today) -> Due:
    ticket, at = found.ticket, found.clock
    # Somebody who waits for an answer is answered today, whatever the clock leaves.
    if at is None or (found.is_waiting and at > today.tonight):
        at = today.tonight
        when, left, tone = _("Today"), _waits(found.since, today), ""
    else:
        when, left, tone = _of_clock(at, today)
    icon, reason, act = _reason(found)
    who = ticket.customer.name if ticket.customer else ticket.requester_email
    return Due(
        group=today.group(at),
        order=(at, found.since),
        icon=icon,
        kind=_("Ticket"),
        title=ticket.subject or ticket.external_id,
        why=", ".join(part for part in (who, reason) if part),
        when=when,
        left=left,
        tone=tone,
        act=act,
        url=reverse("customers:ticket_show", args=[ticket.id]),
    )


def _reason(found: TicketDue) -> tuple[str, str, str]:
    """(icon, why it is due, what to do)"""
    if found.ticket.first_response_at is None:
        return "inbox", _("first response"), _("Reply")
    if found.ticket.reopened_count:
        return "refresh", _("reopened, next response") if found.is_waiting else _("reopened"), _("Reply")
    if found.is_waiting:
        return "message-circle", _("the customer replied"), _("Reply")
    return "inbox", _("resolution"), _("Open")


def _of_clock(at: datetime, today: Today) -> tuple[str, str, str]:
    """(the time or the day, how long there is, tone) of an instant."""
    local, left = at.astimezone(today.zone), at - today.now
    hours = date_format(local, "H:i")
    if left < timedelta():
        when = hours if local.date() == today.local.date() else in_year(local.date(), today.local.date())
        return when, _("%(time)s late") % {"time": _span(-left)}, "late"
    if local.date() == today.local.date():
        return hours, _("in %(time)s") % {"time": _span(left)}, "near" if left < NEAR else ""
    return in_year(local.date(), today.local.date(), "D j M"), hours, ""


def _waits(since: datetime, today: Today) -> str:
    return _("waits for %(time)s") % {"time": _span(today.now - since)}


def _span(time_left: timedelta) -> str:
    """In minutes at least: nobody plans by the second."""
    return duration(max(time_left.total_seconds(), 60))


# --- Promises -----------------------------------------------------------------------------------------------------


def _of_promise(note: Note, due_on: date, today: Today) -> Due:
    days = (due_on - today.promised).days
    at = today.end_of(today.local.date() + timedelta(days=days))
    customer = note.customer or (note.ticket.customer if note.ticket else None)
    subject = note.ticket.subject if note.ticket else ""
    return Due(
        group=today.group(at) if days >= 0 else "late",
        order=(at, note.noted_at),
        icon="pin",
        kind=_("Promise"),
        title=Truncator(note.body).chars(SHORT),
        why=", ".join(part for part in (customer.name if customer else "", subject) if part),
        when=_day(due_on, today.promised),
        left=ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days} if days < 0 else "",
        tone="late" if days < 0 else "",
        act=_("Kept"),
        url=url_of_note(note),
        deed=reverse("customers:note_kept", args=[note.id]),
    )


def _day(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    return in_year(day, today, "D j M" if day > today else "j M")


# --- Playbooks ----------------------------------------------------------------------------------------------------


def _of_playbook(asked: Asked, today: Today) -> Due:
    """A review, a verification or something to read again."""
    days = (asked.until - today.promised).days if asked.until else 0
    at = today.end_of(today.local.date() + timedelta(days=days))
    icon, why, act, url = _asked(asked)
    is_late = asked.kind == "verify" and days < 0
    return Due(
        group="late" if is_late else today.group(at),
        order=(at, asked.since or today.now),
        icon=icon,
        kind=_("Playbook"),
        title=asked.title,
        why=why,
        when=_day(asked.until, today.promised) if asked.until else _("Today"),
        left=_("expired") if is_late else _waits(asked.since, today) if asked.since else "",
        tone="late" if is_late else "",
        act=act,
        url=url,
    )


def _asked(asked: Asked) -> tuple[str, str, str, str]:
    """(icon, why it is due, what to do, where)"""
    page = reverse("playbooks:show", args=[asked.playbook])
    if asked.kind == "review":
        review = reverse("playbooks:review", args=[asked.version])
        return "clipboard-check", _("you are asked to review it"), _("Review"), review
    if asked.kind == "verify":
        return "book-2", _("say whether it still holds"), _("Read"), page
    if asked.kind == "asked":
        return "book-2", _("you read it long ago and are asked again"), _("Read again"), page
    return "book-2", _("it has changed since you read it"), _("Read again"), page


# --- Interviews ---------------------------------------------------------------------------------------------------


def _of_scorecard(found: CardDue, today: Today) -> Due:
    """An interview by its start; once it is over, its scorecard by when it is due."""
    at = found.due_at if found.ended else found.starts_at
    when, left, tone = _of_clock(at, today)
    if not found.ended and at <= today.now:
        left, tone = _("now"), "near"
    reason = _("scorecard") if found.ended else found.stage
    return Due(
        group=today.group(at) if found.ended or at > today.now else "noon" if at < today.noon else "today",
        order=(at, found.starts_at),
        icon="clipboard-check" if found.ended else "user-plus",
        kind=_("Interview"),
        title=found.title,
        why=f"{found.job}, {reason}",
        when=when,
        left=left,
        tone=tone,
        act=_("Score") if found.ended else _("Open"),
        url=reverse("hiring:room", args=[found.card]),
    )


# --- Ride-alongs --------------------------------------------------------------------------------------------------


def _of_ride(found: RideDue, today: Today) -> Due:
    """By its start; once it is over, the host notes what came of it."""
    is_over, at = found.ends_at <= today.now, found.starts_at
    when, left, tone = _of_clock(found.ends_at if is_over else at, today)
    if not is_over and at <= today.now:
        left, tone = _("now"), "near"
    title = _("Ride-along with %(name)s at %(time)s")
    return Due(
        group=today.group(at) if is_over or at > today.now else "noon" if at < today.noon else "today",
        order=(at, at),
        icon="clipboard-check" if is_over else "headset",
        kind=_("Ride-along"),
        title=title % {"name": found.with_whom, "time": date_format(at.astimezone(today.zone), "H:i")},
        why=_("%(process)s, note what came of it") % {"process": found.process} if is_over else found.process,
        when=when,
        left=left,
        tone=tone,
        act=_("Note it") if is_over else _("Open"),
        url=reverse("training:ride", args=[found.id]),
    )


# --- Development plans --------------------------------------------------------------------------------------------


def _of_review(found: ReviewDue, today: Today) -> Due:
    """A plan that is to be looked at together."""
    days = (found.review_on - today.promised).days
    at = today.end_of(today.local.date() + timedelta(days=days))
    return Due(
        group=today.group(at) if days >= 0 else "late",
        order=(at, at),
        icon="trending-up",
        kind=_("Plan"),
        title=found.title,
        why=_("review of your development plan")
        if found.own
        else _("review with %(name)s") % {"name": found.name},
        when=_day(found.review_on, today.promised),
        left=ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days} if days < 0 else "",
        tone="late" if days < 0 else "",
        act=_("Review"),
        url=reverse("training:plan", args=[found.plan]),
    )


# --- Training -----------------------------------------------------------------------------------------------------


def _of_part(found: PartDue, today: Today) -> Due:
    """A part of the own path."""
    days = (found.due_on - today.promised).days
    at = today.end_of(today.local.date() + timedelta(days=days))
    late = ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days} if days < 0 else ""
    return Due(
        group=today.group(at) if days >= 0 else "late",
        order=(at, today.now),
        icon="school",
        kind=_("Training"),
        title=found.title,
        why=f"{found.module}, {_('not yet')}" if found.is_not_yet else found.module,
        when=_day(found.due_on, today.promised),
        left=late,
        tone="late" if days < 0 else "",
        act=found.act,
        url=reverse("training:item", args=[found.enrolment, found.item]),
    )


def _of_word(found: WordAsked, today: Today) -> Due:
    """A sign-off that somebody waits for: said today, however long ago it was asked."""
    return Due(
        group=today.group(today.tonight),
        order=(today.tonight, found.at),
        icon="clipboard-check",
        kind=_("Sign-off"),
        title=found.title,
        why=_("%(name)s asks for it") % {"name": found.name},
        when=_("Today"),
        left=_waits(found.at, today),
        tone="",
        act=_("Look at it"),
        url=reverse("training:item", args=[found.enrolment, found.item]),
    )

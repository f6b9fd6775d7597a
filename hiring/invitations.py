"""How a mail about an interview reads, and the calendar entry in it (RFC 5545 and 5546).

Panel and candidate get different words: the panel's name no candidate, since an erasure does not
reach into mailboxes; the candidate's name no kit, attribute or question.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.mailbox import COMPANY
from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Interview, InterviewMail

Kind = InterviewMail.Kind


@dataclass(frozen=True)
class Span:
    """From when to when, on the clock of whoever reads it."""

    starts_at: datetime
    ends_at: datetime
    zone: str

    @classmethod
    def of(cls, interview: Interview, zone: str) -> "Span":
        there = ZoneInfo(zone)
        return cls(interview.starts_at.astimezone(there), interview.ends_at.astimezone(there), zone)


def zone_of(member: Member, interview: Interview) -> str:
    """A person's own zone, else the company's on that day."""
    own = member.user.zone if member.user else ""
    return own or member.company.zones().at(interview.starts_at).key


def letter_of(mail: InterviewMail, address: str) -> EmailMessage:
    """The mail to this address. Raises ValueError for one that no mail can carry."""
    interview = mail.interview
    language = (
        mail.member.user.language if mail.member and mail.member.user else ""
    ) or settings.LANGUAGE_CODE
    with translation.override(language):
        words = _words(mail)
        letter = EmailMultiAlternatives(
            subject_of(mail, words["span"]),
            render_to_string(f"hiring/email/{_template(mail)}.txt", words).strip() + "\n",
            formataddr(
                (mail.company.sender_name or mail.company.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
            ),
            [address],
            reply_to=[interview.planned_by.email] if interview.planned_by else None,
            headers={COMPANY: mail.company.slug},
        )
        if mail.kind != Kind.REMINDER:
            method = "CANCEL" if mail.kind == Kind.CANCELLATION else "REQUEST"
            entry = calendar_of(
                interview, method, to=address, is_candidate=mail.member is None, link=words["link"]
            )
            letter.attach_alternative(entry.decode(), f"text/calendar; method={method}")
            letter.attach("interview.ics", entry.decode(), "application/ics")
    return letter


def subject_of(mail: InterviewMail, span: Span) -> str:
    """The job and the day; nothing of the person."""
    said = {
        "job": _one_line(str(mail.interview.application.requisition)),
        "day": f"{span.starts_at:%Y-%m-%d %H:%M}",
    }
    if mail.kind == Kind.REMINDER:
        return _("Your scorecard is due: %(job)s") % said
    if mail.kind == Kind.CANCELLATION:
        return _("Cancelled: interview, %(job)s, %(day)s") % said
    if mail.sequence:
        return _("Changed: interview, %(job)s, %(day)s") % said
    return _("Interview, %(job)s, %(day)s") % said


def calendar_of(
    interview: Interview, method: str, *, to: str = "", is_candidate: bool = False, link: str = ""
) -> bytes:
    """One event, in UTC, so that it stands at the same instant wherever it is read. to: the one who is invited."""
    event = icalendar.Event()
    event.add("uid", f"interview-{interview.company_id}-{interview.id}@{_domain()}")
    event.add("sequence", interview.sequence)
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", interview.starts_at.astimezone(UTC))
    event.add("dtend", interview.ends_at.astimezone(UTC))
    job = str(interview.application.requisition)
    event.add("summary", _("Interview, %(job)s") % {"job": job})
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if interview.place:
        event.add("location", interview.place)
    if link and not is_candidate:
        event.add("description", link)
        event.add("url", link)
    if interview.planned_by:
        event.add("organizer", f"mailto:{interview.planned_by.email}", {"CN": interview.planned_by.name})
    if to:
        event.add("attendee", f"mailto:{to}", {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"})
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//cs-platform//interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical()


def _words(mail: InterviewMail) -> dict:
    interview, member = mail.interview, mail.member
    zone = zone_of(member, interview) if member else interview.zone
    page = reverse("hiring:interview", args=[interview.id])
    return {
        "mail": mail,
        "interview": interview,
        "job": interview.application.requisition,
        "name": interview.application.candidate.name if member is None else member.name,
        "sender": interview.planned_by,
        "company": mail.company,
        "span": Span.of(interview, zone),
        "link": mail.site + page if mail.site else "",
    }


def _template(mail: InterviewMail) -> str:
    if mail.kind == Kind.REMINDER:
        return "reminder"
    return "panel" if mail.member_id else "candidate"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())

"""How a mail about an interview reads, and the calendar entry in it.

Panel and candidate get different words: the panel's name no candidate, since an erasure does not
reach into mailboxes; the candidate's name no kit, attribute or question.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.mailbox import COMPANY
from accounts.models import Member
from cs_platform.lib import invites
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
            method = invites.CANCEL if mail.kind == Kind.CANCELLATION else invites.REQUEST
            entry = calendar_of(
                interview, method, to=address, is_candidate=mail.member is None, link=words["link"]
            )
            invites.attach(letter, entry, method, "interview.ics")
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
    """One event for one person's calendar. to: the one who is invited."""
    by = interview.planned_by
    entry = invites.Entry(
        key=f"interview-{interview.company_id}-{interview.id}",
        sequence=interview.sequence,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        summary=_("Interview, %(job)s") % {"job": interview.application.requisition},
        place=interview.place,
        link="" if is_candidate else link,
        organizer=(by.email, by.name) if by else None,
        attendee=to,
    )
    return invites.calendar_of(entry, method, "interviews")


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


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())

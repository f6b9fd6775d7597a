"""How a mail about a live session reads."""

from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.mailbox import COMPANY
from accounts.models import Member
from cs_platform.lib import invites
from cs_platform.lib.invites import CANCEL
from training.models import Session


def letter_of(
    session: Session, member: Member, method: str, site: str = "", is_new: bool = False
) -> EmailMultiAlternatives:
    """The mail to somebody who is asked, newly or to something else than before, or not any more.

    Raises ValueError for an address that no mail can carry.
    """
    language = (member.user.language if member.user else "") or settings.LANGUAGE_CODE
    link = site + reverse("training:session", args=[session.id]) if site else ""
    with translation.override(language):
        zone = ZoneInfo(_zone_of(member, session))
        words = {
            "session": session,
            "is_off": method == CANCEL,
            "is_new": is_new,
            "starts_at": session.starts_at.astimezone(zone),
            "ends_at": session.ends_at.astimezone(zone),
            "zone": zone.key,
            "link": link,
        }
        letter = EmailMultiAlternatives(
            _subject(session, method, is_new, f"{words['starts_at']:%Y-%m-%d %H:%M}"),
            render_to_string("training/email/session.txt", words).strip() + "\n",
            formataddr(
                (
                    session.company.sender_name or session.company.name,
                    parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
                )
            ),
            [member.email],
            reply_to=[session.host.email] if session.host else None,
            headers={COMPANY: session.company.slug},
        )
        entry = calendar_of(session, method, to=member.email, link=link)
    invites.attach(letter, entry, method, "session.ics")
    return letter


def calendar_of(session: Session, method: str, *, to: str = "", link: str = "") -> bytes:
    """One event for one person's calendar. to: the one who is invited."""
    host = session.host
    entry = invites.Entry(
        key=f"session-{session.company_id}-{session.id}",
        sequence=session.sequence,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        summary=session.title,
        place=session.place,
        link=link,
        organizer=(host.email, host.name) if host else None,
        attendee=to,
    )
    return invites.calendar_of(entry, method, "sessions")


def _subject(session: Session, method: str, is_new: bool, at: str) -> str:
    said = {"title": " ".join(session.title.split()), "day": at}
    if method == CANCEL:
        return _("Cancelled: %(title)s, %(day)s") % said
    if not is_new:
        return _("Changed: %(title)s, %(day)s") % said
    return _("Training session: %(title)s, %(day)s") % said


def _zone_of(member: Member, session: Session) -> str:
    """A person's own zone, else the session's."""
    return (member.user.zone if member.user else "") or session.zone

"""Mails about live sessions: one to each who is asked, or not asked any more."""

from accounts.mailbox import mails_are_kept
from accounts.models import Member
from cs_platform.lib.invites import CANCEL
from training.models import Session
from training.session_mail import letter_of


def send_session_mail(
    *, session_id: int, member_id: int, sequence: int, method: str, is_new: bool, site: str
) -> bool:
    """Whether a mail went out. What was overtaken by a later change is not sent: that change tells by itself.

    Sent twice, calendars take it for the same invitation. Raises OSError if the mail server is away.
    """
    session = Session.objects.filter(id=session_id).select_related("company", "host").first()
    if session is None:
        return False
    member = Member.objects.filter(id=member_id, company_id=session.company_id).select_related("user").first()
    if member is None or not member.is_active or (session.company.demo_note and not mails_are_kept()):
        return False
    is_seated = session.cancelled_at is None and session.seats.filter(member=member).exists()
    if is_seated == (method == CANCEL) or (method != CANCEL and session.sequence != sequence):
        return False
    return bool(letter_of(session, member, method, site, is_new).send())

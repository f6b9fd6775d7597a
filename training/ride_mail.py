"""How a mail about a ride-along reads, with the calendar entry in it."""

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
from training.models import RideAlong


def letter_of(ride: RideAlong, member: Member, site: str = "") -> EmailMultiAlternatives:
    """To host or trainee, on that person's clock. Raises ValueError for an address that no mail can carry."""
    is_off = ride.state == RideAlong.State.CANCELLED
    link = site + reverse("training:ride", args=[ride.id]) if site else ""
    with translation.override((member.user.language if member.user else "") or settings.LANGUAGE_CODE):
        zone = ZoneInfo(
            (member.user.zone if member.user else "") or ride.company.zones().at(ride.starts_at).key
        )
        words = {
            "ride": ride,
            "is_host": member.id == ride.host_id,
            "trainee": ride.enrolment.member,
            "is_off": is_off,
            "starts_at": ride.starts_at.astimezone(zone),
            "ends_at": ride.ends_at.astimezone(zone),
            "zone": zone.key,
            "link": link,
        }
        sender = (
            ride.company.sender_name or ride.company.name,
            parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        )
        letter = EmailMultiAlternatives(
            _subject(ride, f"{words['starts_at']:%Y-%m-%d %H:%M}"),
            render_to_string("training/email/ride.txt", words).strip() + "\n",
            formataddr(sender),
            [member.email],
            reply_to=[ride.planned_by.email] if ride.planned_by and ride.planned_by.is_active else None,
            headers={COMPANY: ride.company.slug},
        )
        method = invites.CANCEL if is_off else invites.REQUEST
        invites.attach(
            letter, calendar_of(ride, method, to=member.email, link=link), method, "ride-along.ics"
        )
    return letter


def calendar_of(ride: RideAlong, method: str, *, to: str = "", link: str = "") -> bytes:
    by = ride.planned_by
    entry = invites.Entry(
        key=f"ride-along-{ride.company_id}-{ride.id}",
        sequence=ride.sequence,
        starts_at=ride.starts_at,
        ends_at=ride.ends_at,
        summary=_("Ride-along: %(trainee)s beside %(host)s")
        % {"trainee": ride.enrolment.member.name, "host": ride.host.name},
        link=link,
        organizer=(by.email, by.name) if by else None,
        attendee=to,
    )
    return invites.calendar_of(entry, method, "training")


def _subject(ride: RideAlong, at: str) -> str:
    said = {"title": " ".join(str(ride.item.module.title).split()), "day": at}
    if ride.state == RideAlong.State.CANCELLED:
        return _("Cancelled: ride-along, %(title)s, %(day)s") % said
    if ride.sequence:
        return _("Changed: ride-along, %(title)s, %(day)s") % said
    return _("Ride-along, %(title)s, %(day)s") % said

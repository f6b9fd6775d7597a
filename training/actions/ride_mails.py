"""Mails about ride-alongs: to the host and to the trainee, each on the own clock."""

from accounts.mailbox import mails_are_kept
from accounts.models import Member
from training.models import RideAlong
from training.ride_mail import letter_of


def send_ride_mail(*, ride_id: int, member_id: int, sequence: int, site: str) -> bool:
    """Whether a mail went out. What was overtaken by a later change is not sent: that change tells by itself.

    Sent twice, calendars take it for the same invitation. Raises OSError if the mail server is away.
    """
    links = ("company", "host", "planned_by", "item__module", "enrolment__member")
    ride = RideAlong.objects.filter(id=ride_id, sequence=sequence).select_related(*links).first()
    if ride is None or member_id not in (ride.host_id, ride.enrolment.member_id):
        return False
    member = Member.objects.select_related("user").get(id=member_id)
    if not member.is_active or (ride.company.demo_note and not mails_are_kept()):
        return False
    return bool(letter_of(ride, member, site).send())

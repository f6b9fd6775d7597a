"""How notifications about ride-alongs read. Kept are ids; names and times are those of the moment it is read."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Words
from cs_platform.lib.words import isolated
from training.models import Enrolment, RideAlong

RIDE_ICONS = {"ride.planned": "headset", "ride.moved": "headset", "ride.cancelled": "calendar-off"}


def read_of_rides(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """The words of each row, in one query however many rows there are."""
    rides = RideAlong.objects.filter(
        company_id=member.company_id,
        id__in={row.detail.get("ride") for row in rows},
        enrolment__in=Enrolment.objects.visible_to(member),
    )
    found = {ride.id: ride for ride in rides.select_related("host", "enrolment__member")}
    return {
        row.id: _in_words(member, row.verb, found.get(row.detail.get("ride")))  # type: ignore[arg-type]
        for row in rows
    }


def _in_words(member: Member, verb: str, ride: RideAlong | None) -> Words:
    if ride is None:
        return Words(RIDE_ICONS[verb], _("A ride-along"), _("It is not there any more"))
    trainee, host = ride.enrolment.member, ride.host
    names = {"host": isolated(host.name), "trainee": isolated(trainee.name)}
    by_place = {
        "ride.planned": (
            _("%(trainee)s rides along with you"),
            _("You ride along with %(host)s"),
            _("%(trainee)s rides along with %(host)s"),
        ),
        "ride.moved": (
            _("The ride-along of %(trainee)s with you has another time"),
            _("Your ride-along with %(host)s has another time"),
            _("The ride-along of %(trainee)s with %(host)s has another time"),
        ),
        "ride.cancelled": (
            _("The ride-along of %(trainee)s with you is cancelled"),
            _("Your ride-along with %(host)s is cancelled"),
            _("The ride-along of %(trainee)s with %(host)s is cancelled"),
        ),
    }
    place = 0 if member.id == host.id else 1 if member.id == trainee.id else 2
    at = date_format(timezone.localtime(ride.starts_at), "D j M, H:i")
    about = f"{at} · {ride.cancelled_because}" if ride.cancelled_because else at
    return Words(RIDE_ICONS[verb], by_place[verb][place] % names, about)

"""Ride-alongs: those of an item, those of a host, and those of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Member
from training.completion import Progress, progress_of
from training.models import Enrolment, Entry, Item, RideAlong

OFFERED = 200
MOST_HOSTED = 50


@dataclass(frozen=True)
class RidesOfItem:
    """at: how far the item is, computed from its entries."""

    planned: Sequence[RideAlong]
    held: Sequence[RideAlong]
    cancelled: Sequence[RideAlong]
    at: Progress


def rides_of(enrolment: Enrolment, item: Item) -> RidesOfItem:
    """The next one first; of those that are over the last one."""
    of_it = {"company_id": enrolment.company_id, "enrolment": enrolment, "item": item}
    rows = list(
        RideAlong.objects.filter(**of_it).select_related("host", "entry__by").order_by("starts_at", "id")
    )
    entries = Entry.objects.filter(**of_it).only("id", "item_id", "kind", "outcome")

    def of(state: str) -> list[RideAlong]:
        return [ride for ride in rows if ride.state == state]

    return RidesOfItem(
        of(RideAlong.State.PLANNED),
        of(RideAlong.State.HELD)[::-1],
        of(RideAlong.State.CANCELLED)[::-1],
        progress_of(item, entries),
    )


def items_to_ride(enrolment: Enrolment) -> QuerySet[Any]:
    """The ride-alongs of a path."""
    items = Item.objects.filter(
        company_id=enrolment.company_id, module__of=enrolment.version_id, kind=Item.Kind.RIDE_ALONG
    )
    return items.select_related("module__playbook")


def paths_of(member: Member) -> QuerySet[Any]:
    """Paths that a member may see, with whose they are."""
    return Enrolment.objects.visible_to(member).select_related("member__company", "member__user", "version")


def rides_with_links(member: Member) -> QuerySet[Any]:
    """Ride-alongs that a member may see."""
    rides = RideAlong.objects.filter(
        company_id=member.company_id, enrolment__in=Enrolment.objects.visible_to(member)
    )
    return rides.select_related(
        "host__company", "enrolment__member", "item__module__playbook", "planned_by", "entry__by"
    )


def hosted_by(member: Member, now: datetime) -> tuple[list[RideAlong], list[RideAlong]]:
    """(coming, over but not noted yet) of those in which somebody hosts; the oldest first."""
    rides = RideAlong.objects.filter(company_id=member.company_id, host=member, state=RideAlong.State.PLANNED)
    rides = rides.select_related("enrolment__member", "item__module").order_by("starts_at", "id")
    rows = list(rides[:MOST_HOSTED])
    return [ride for ride in rows if ride.ends_at > now], [ride for ride in rows if ride.ends_at <= now]


def to_host(enrolment: Enrolment) -> QuerySet[Member]:
    """Who can host at all: people at work here, but the trainee."""
    people = Member.objects.active().filter(company_id=enrolment.company_id, is_stub=False, is_bot=False)
    return people.exclude(id=enrolment.member_id)


def offered(enrolment: Enrolment) -> list[Member]:
    """Some of them, for the field to suggest."""
    return list(to_host(enrolment).order_by("name", "id")[:OFFERED])


@dataclass(frozen=True)
class RideDue:
    """A ride-along of today, or one of a host that is over and not noted yet."""

    id: int
    with_whom: str
    process: str
    starts_at: datetime
    ends_at: datetime
    is_host: bool


def rides_due(member: Member, now: datetime, until: datetime, most: int) -> list[RideDue]:
    """Of host and trainee, in one statement; the oldest first."""
    rides = RideAlong.objects.filter(
        company_id=member.company_id, state=RideAlong.State.PLANNED, starts_at__lte=until
    )
    rides = rides.filter(Q(host=member) | Q(enrolment__member=member, ends_at__gt=now))
    rows = rides.order_by("starts_at", "id").values_list(
        "id",
        "host_id",
        "host__name",
        "enrolment__member__name",
        "item__module__title",
        "starts_at",
        "ends_at",
    )
    return [
        RideDue(id, trainee if host == member.id else name, title, starts_at, ends_at, host == member.id)
        for id, host, name, trainee, title, starts_at, ends_at in rows[:most]
    ]

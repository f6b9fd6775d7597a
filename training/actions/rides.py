"""Ride-alongs: planned, moved, cancelled, held. What comes of one is an entry of its item, and counts one time."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from training.models import Enrolment, Item, RideAlong

from .entries import judge, lock_enrolment

State = RideAlong.State
LONGEST_WHY = 300


@transaction.atomic
def plan_ride(
    *,
    actor: Member,
    enrolment: Enrolment,
    item: Item,
    host: Member,
    starts_at: datetime,
    minutes: int,
    zone: str,
    why: Sequence[str] = (),
    site: str = "",
) -> RideAlong:
    """Host and trainee are invited by mail, unless it lies behind. Planned twice it is planned once.

    why: why this host was proposed. site: what links in mails begin with. Raises ValidationError that names the field.
    """
    enrolment = _open_path(actor, enrolment)
    if item.kind != Item.Kind.RIDE_ALONG or item.module.of_id != enrolment.version_id:
        raise ValidationError(_("This is no ride-along of the path."))
    host = _with_both_locked(enrolment, host)
    found = RideAlong.objects.filter(
        company_id=actor.company_id,
        enrolment=enrolment,
        item=item,
        host=host,
        starts_at=starts_at,
        state=State.PLANNED,
    ).first()
    if found is not None:
        return found
    ride = RideAlong(
        company_id=actor.company_id,
        enrolment=enrolment,
        item=item,
        host=host,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        zone=zone,
        planned_by=actor,
        why=list(why),
    )
    _check(ride)
    ride.save()
    activity.record("ride.planned", ride, actor=actor, site=site, **_about(ride))
    return ride


@transaction.atomic
def move_ride(
    *,
    actor: Member,
    ride: RideAlong,
    starts_at: datetime,
    minutes: int,
    zone: str,
    version: int | None = None,
    site: str = "",
) -> RideAlong:
    """Another time. Raises EditConflict if it was changed since that version, ValidationError."""
    _open_path(actor, ride.enrolment)
    _with_both_locked(ride.enrolment, ride.host)
    ride = _locked(actor, ride)
    if version is not None and version != ride.version:
        raise EditConflict(ride, ride.version)
    if ride.state != State.PLANNED:
        raise ValidationError(_("Only a ride-along that is still planned can be moved."))
    ride.starts_at, ride.ends_at, ride.zone = starts_at, starts_at + timedelta(minutes=minutes), zone
    _check(ride)
    ride.sequence += 1
    ride.version += 1
    ride.save(update_fields=["starts_at", "ends_at", "zone", "sequence", "version"])
    activity.record("ride.moved", ride, actor=actor, site=site, **_about(ride))
    return ride


@transaction.atomic
def cancel_ride(*, actor: Member | None, ride: RideAlong, why: str, site: str = "", **told: Any) -> RideAlong:
    """Host and trainee are told, with the reason. Twice is once. Raises ValidationError for one that was held.

    told: who left, if that is why.
    """
    ride = RideAlong.objects.select_for_update(no_key=True).get(id=ride.id, company_id=ride.company_id)
    if ride.state == State.CANCELLED:
        return ride
    if ride.state == State.HELD:
        raise ValidationError(_("It was held, and stays so."))
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    ride.state, ride.cancelled_because = State.CANCELLED, why.strip()[:LONGEST_WHY]
    ride.sequence += 1
    ride.version += 1
    ride.save(update_fields=["state", "cancelled_because", "sequence", "version"])
    activity.record("ride.cancelled", ride, actor=actor, site=site, **_about(ride), **told)
    return ride


@transaction.atomic
def cancel_rides_of(*, company_id: int, member_id: int) -> int:
    """Of somebody who left, as host or as trainee; returns how many. Somebody who is back already keeps theirs."""
    member = Member.objects.filter(id=member_id, company_id=company_id).first()
    if member is None or member.is_active:
        return 0
    rides = RideAlong.objects.filter(company_id=company_id, state=State.PLANNED, ends_at__gt=clock.now())
    found = list(rides.filter(Q(host_id=member_id) | Q(enrolment__member_id=member_id)).order_by("id"))
    for ride in found:
        why = _("%(name)s has left the company.") % {"name": member.name}
        cancel_ride(actor=None, ride=ride, why=why, left=member_id)
    return len(found)


@transaction.atomic
def cancel_rides_on(*, enrolment_id: int, company_id: int, why: str) -> int:
    """Of a path that was given up; returns how many."""
    rides = RideAlong.objects.filter(company_id=company_id, enrolment_id=enrolment_id, state=State.PLANNED)
    found = list(rides.filter(ends_at__gt=clock.now()).order_by("id"))
    for ride in found:
        cancel_ride(actor=None, ride=ride, why=why)
    return len(found)


@transaction.atomic
def hold_ride(
    *,
    actor: Member,
    ride: RideAlong,
    outcome: str,
    interactions: int = 0,
    words: str = "",
    next_step: str = "",
    checks: Collection[int] = (),
    tickets: Collection[int] = (),
) -> RideAlong:
    """What came of it, by the host or by who is above the trainee. Sent twice it counts once.

    Raises ValidationError that names the field.
    """
    enrolment = _open_path(actor, ride.enrolment)
    ride = _locked(actor, ride)
    if ride.state == State.HELD:
        return ride
    if ride.state == State.CANCELLED:
        raise ValidationError(_("This ride-along was cancelled."))
    if ride.starts_at > clock.now():
        raise ValidationError(_("It has not begun yet."))
    ride.entry = judge(
        actor=actor,
        enrolment=enrolment,
        item=ride.item,
        outcome=outcome,
        words=words,
        next_step=next_step,
        checks=checks,
        tickets=tickets,
        minutes=int((ride.ends_at - ride.starts_at).total_seconds() // 60),
    )
    ride.state, ride.interactions = State.HELD, interactions
    ride.version += 1
    ride.save(update_fields=["state", "interactions", "entry", "version"])
    activity.record("ride.held", ride, actor=actor, **_about(ride))
    return ride


@transaction.atomic
def reflect(*, actor: Member, ride: RideAlong, reflection: str) -> RideAlong:
    """What the trainee makes of it, whether the host has noted theirs or not."""
    ride = _locked(actor, ride)
    if ride.enrolment.member_id != actor.id:
        raise ValidationError(_("Only whose ride-along it is can say so."))
    if ride.state == State.CANCELLED:
        raise ValidationError(_("This ride-along was cancelled."))
    if ride.reflection != reflection.strip():
        ride.reflection = reflection.strip()
        ride.save(update_fields=["reflection"])
        activity.record("ride.reflected", ride, actor=actor, **_about(ride))
    return ride


# ------------------------------------------------------------------------------------------------------------------


def _about(ride: RideAlong) -> dict[str, Any]:
    return {"item": ride.item_id, "member": ride.enrolment.member_id, "host": ride.host_id}


def _open_path(actor: Member, enrolment: Enrolment) -> Enrolment:
    if enrolment.company_id != actor.company_id:
        raise Enrolment.DoesNotExist
    return lock_enrolment(enrolment)


def _locked(actor: Member, ride: RideAlong) -> RideAlong:
    rides = RideAlong.objects.select_for_update(no_key=True, of=["self"])
    return rides.select_related("enrolment__member", "item__module", "host").get(
        id=ride.id, company_id=actor.company_id
    )


def _with_both_locked(enrolment: Enrolment, host: Member) -> Member:
    """The host. Plans of the same people queue here, so that nobody is at two places at once."""
    people = Member.objects.select_for_update(no_key=True).filter(
        company_id=enrolment.company_id, id__in=[host.id, enrolment.member_id]
    )
    found = {person.id: person for person in people.order_by("id")}
    if host.id not in found:
        raise ValidationError({"host": _("Nobody here is called that.")})
    return found[host.id]


def _check(ride: RideAlong) -> None:
    host, trainee = ride.host, ride.enrolment.member
    if host.id == trainee.id:
        raise ValidationError({"host": _("Nobody rides along with themselves.")})
    day = host.company.zones().day(ride.starts_at)
    if not host.is_active or host.is_bot or (host.left_on and host.left_on < day):
        told = _("%(name)s does not work here any more on that day.")
        raise ValidationError({"host": told % {"name": host.name}})
    if host.started_on and host.started_on > day:
        told = _("%(name)s does not work here yet on that day.")
        raise ValidationError({"host": told % {"name": host.name}})
    beside = RideAlong.objects.filter(
        company_id=ride.company_id,
        state=State.PLANNED,
        starts_at__lt=ride.ends_at,
        ends_at__gt=ride.starts_at,
    ).exclude(id=ride.id)
    both = [host.id, trainee.id]
    clash = (
        beside.filter(Q(host_id__in=both) | Q(enrolment__member_id__in=both))
        .select_related("enrolment")
        .first()
    )
    if clash is not None:
        who = host if host.id in (clash.host_id, clash.enrolment.member_id) else trainee
        told = _("%(name)s is at another ride-along at that time.")
        raise ValidationError({"starts_at": told % {"name": who.name}})

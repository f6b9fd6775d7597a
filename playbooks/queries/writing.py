"""Time that people are given to write: what lies ahead, and when somebody could begin."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

import icalendar
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Shift
from playbooks.models import WritingSlot

MORNING, NOON = time(9), time(12)
AHEAD = timedelta(days=14)
DAY = timedelta(days=1)


def slots(member: Member) -> QuerySet[WritingSlot]:
    """What lies ahead or is under way, of the whole company: everybody may know who is writing."""
    since = clock.now() - timedelta(hours=8)
    found = WritingSlot.objects.visible_to(member).filter(starts_at__gte=since)
    return found.select_related("scenario", "member", "given_by").order_by("starts_at", "id")


def next_morning(of: Member) -> datetime:
    """When the next planned shift of somebody begins that begins in the morning, else 9:00 of the next weekday."""
    now, zones = clock.now(), of.company.zones()
    today = zones.day(now)
    shifts = Shift.objects.filter(
        company_id=of.company_id, member=of, started_at__gt=now, started_at__lt=now + AHEAD
    )
    taken = set(
        WritingSlot.objects.filter(company_id=of.company_id, member=of, starts_at__gt=now).values_list(
            "starts_at", flat=True
        )
    )
    for started_at in shifts.order_by("started_at").values_list("started_at", flat=True):
        local = started_at.astimezone(zones.at(started_at))
        if local.date() > today and local.time() < NOON and started_at not in taken:
            return started_at
    day = today + DAY
    while True:
        begin = datetime.combine(day, MORNING, zones.at(now))
        if day.weekday() < 5 and begin not in taken:
            return begin
        day += DAY


def calendar_of(found: Iterable[WritingSlot], site: str) -> bytes:
    """A calendar (RFC 5545) with an event for each slot. site: the address of this installation, for their links."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//cs-platform//writing time//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for slot in found:
        event = icalendar.Event()
        event.add("uid", f"writing-{slot.company_id}-{slot.id}@{site}")
        event.add("dtstamp", clock.now().astimezone(UTC))
        event.add("dtstart", slot.starts_at.astimezone(UTC))
        event.add("dtend", (slot.starts_at + timedelta(minutes=slot.minutes)).astimezone(UTC))
        event.add("summary", _("Write the playbook “%(name)s”") % {"name": slot.scenario.name})
        event.add("description", _("Time given by %(name)s") % {"name": slot.given_by or _("nobody")})
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return calendar.to_ical()

"""Calendar entries that travel by mail or as a file (RFC 5545 and 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr

import icalendar
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from . import clock

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True)
class Entry:
    """One event. key: the same one for every change of it; sequence goes up with each. organizer: (address, name).

    attendee: the address of the one who is invited, empty in a file that anybody may keep.
    """

    key: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str = ""
    link: str = ""
    organizer: tuple[str, str] | None = None
    attendee: str = ""


def calendar_of(entry: Entry, method: str, product: str) -> bytes:
    """In UTC, so that it stands at the same instant wherever it is read."""
    event = icalendar.Event()
    event.add("uid", f"{entry.key}@{_domain()}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if entry.place:
        event.add("location", entry.place)
    if entry.link:
        event.add("description", entry.link)
        event.add("url", entry.link)
    if entry.organizer:
        address, name = entry.organizer
        event.add("organizer", f"mailto:{address}", {"CN": name})
    if entry.attendee:
        event.add(
            "attendee", f"mailto:{entry.attendee}", {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"}
        )
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//cs-platform//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical()


def attach(letter: EmailMultiAlternatives, calendar: bytes, method: str, name: str) -> None:
    """Both as what mail programs answer, and as a file for those that do not."""
    letter.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    letter.attach(name, calendar.decode(), "application/ics")


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"

"""Edits of a ticket: what the ledger says of them, and where two people's edits meet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Activity
from customers.models import Channel, Priority, Ticket

LONGEST = 80
EDITED = (
    "subject",
    "customer",
    "requester_email",
    "category",
    "priority",
    "channel",
    "tags",
    "first_response_due_at",
    "resolution_due_at",
)


def field_names() -> dict[str, str]:
    """The fields of a ticket that people edit, as the screen names them."""
    return {
        "subject": _("Subject"),
        "category": _("Category"),
        "customer": _("Customer"),
        "requester_email": _("Requester"),
        "priority": _("Priority"),
        "channel": _("Channel"),
        "tags": _("Tags"),
        "first_response_due_at": _("First response due"),
        "resolution_due_at": _("Resolution due"),
    }


def told(detail: dict[str, Any]) -> str:
    """An edit in words: "set category to Billing, priority to high". Nothing if it changed nothing."""
    before, after, names = detail.get("before", {}), detail.get("after"), field_names()
    if after is None:
        changed = [names[name].lower() for name in before if name in names]
        return _("changed %(fields)s") % {"fields": ", ".join(changed)} if changed else ""
    parts = [
        _("%(field)s to %(value)s")
        % {"field": names[name].lower(), "value": in_words(name, value)[:LONGEST] or _("nothing")}
        for name, value in after.items()
        if name in names and before.get(name) != value
    ]
    return _("set %(changes)s") % {"changes": ", ".join(parts)} if parts else ""


def in_words(name: str, value: str) -> str:
    """A field's text in the ledger as people read it."""
    if name == "priority":
        return str(dict(Priority.choices).get(value, value)).lower()
    if name == "channel" and value.isdigit():
        return str(dict(Channel.choices).get(int(value), value))
    if name.endswith("_due_at") and value:
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "j M Y, H:i")
    return value


@dataclass(frozen=True, slots=True)
class Earlier:
    """What somebody else changed since a version: {field: its text before}, and who was last."""

    before: dict[str, str]
    who: str = ""


def changed_since(ticket: Ticket, version: int) -> Earlier:
    """Each edit raises the version by one and leaves one row in the ledger."""
    edits = max(ticket.version - version, 0)
    rows = list(
        Activity.objects.filter(
            company_id=ticket.company_id,
            subject_type="ticket",
            subject_id=ticket.id,
            verb="ticket.changed",
        )
        .select_related("actor")
        .order_by("-id")[: min(edits, 200)]
    )
    before: dict[str, str] = {}
    for row in rows:
        before.update(row.detail.get("before", {}))
    last = rows[0].actor if rows else None
    return Earlier(before, last.name if last else "")


@dataclass(frozen=True, slots=True)
class Difference:
    """One property as it stands and as I want it. is_theirs: they changed it too."""

    name: str
    label: str
    theirs: str
    mine: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two edits of one ticket. taken_over: what only they changed."""

    who: str
    differences: list[Difference]
    taken_over: list[str]


def meeting(ticket: Ticket, mine: dict[str, Any], version: int) -> Meeting:
    """What I sent against what stands; what I left as I saw it is no wish of mine."""
    earlier, names = changed_since(ticket, version), field_names()
    differences, taken_over = [], []
    for name in EDITED:
        wanted, stands = as_text(mine[name]), as_text(getattr(ticket, name))
        if _same(name, wanted, stands):
            continue
        is_theirs = name in earlier.before
        if is_theirs and _same(name, wanted, earlier.before[name]):
            taken_over.append(name)
            continue
        theirs, own = in_words(name, stands), in_words(name, wanted)
        differences.append(Difference(name, names[name], theirs, own, is_theirs))
    return Meeting(earlier.who, differences, taken_over)


def _same(name: str, one: str, other: str) -> bool:
    if name == "category":
        return one.lower() == other.lower()
    if name.endswith("_due_at") and one and other:
        # The field on the page knows no seconds.
        minutes = [datetime.fromisoformat(text).replace(second=0, microsecond=0) for text in (one, other)]
        return minutes[0] == minutes[1]
    return one == other


def as_text(value: Any) -> str:
    """A property of a ticket as the ledger keeps it."""
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)

"""How a deed is done to many tickets: one transaction, one batch id in the ledger, and a report of what was refused."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import MatchKey, derive_tickets
from customers.models import Event, Status, Ticket, TicketEvent
from customers.queries.changes import as_text
from metrics.facts import queue_up

MOST = 500


@dataclass
class Report:
    """What came of a bulk deed. refused: (number of the ticket, why)."""

    batch: UUID
    done: list[int] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Deed:
    """An event on each ticket whose state is one of `needs`."""

    event: Event
    verb: str
    needs: tuple[str, ...]


def locked_many(
    actor: Member, ids: Collection[int], *, deleted_too: bool = False
) -> tuple[list[Ticket], Report]:
    """The tickets of the company among the ids, locked in the order of all writers. Raises ValidationError."""
    wanted = set(ids)
    if not wanted:
        raise ValidationError({"ticket": _("Select at least one ticket.")})
    if len(wanted) > MOST:
        raise ValidationError({"ticket": _("At most %(most)s tickets at once.") % {"most": MOST}})
    queue_up(actor.company_id)
    rows = Ticket.objects.of(actor) if deleted_too else Ticket.objects.visible_to(actor)
    found = rows.filter(id__in=wanted).order_by("id").select_for_update(no_key=True)
    tickets, report = list(found), Report(uuid4())
    missing = wanted - {ticket.id for ticket in tickets}
    report.refused = [(f"#{number}", _("There is no such ticket.")) for number in sorted(missing)]
    return tickets, report


def do_state(actor: Member, ids: Collection[int], deed: Deed) -> Report:
    tickets, report = locked_many(actor, ids)
    kept = []
    for ticket in tickets:
        if ticket.status in deed.needs:
            kept.append(ticket)
        else:
            why = _("It is %(status)s.") % {"status": str(Status(ticket.status).label).lower()}
            report.refused.append((ticket.external_id, why))
    happen_to(actor, kept, deed.event, deed.verb, report)
    return report


def happen_to(
    actor: Member,
    tickets: Sequence[Ticket],
    event: Event,
    verb: str,
    report: Report,
    *,
    details: dict[int, dict] | None = None,
    assignee: Member | None = None,
) -> None:
    now = clock.now()
    early = [ticket for ticket in tickets if ticket.opened_at > now]
    report.refused += [(ticket.external_id, _("It is opened later than now.")) for ticket in early]
    kept = [ticket for ticket in tickets if ticket.opened_at <= now]
    if not kept:
        return
    written = TicketEvent.objects.bulk_create(
        TicketEvent(
            company_id=actor.company_id,
            ticket=ticket,
            occurred_at=now,
            event=event,
            actor=actor,
            assignee=assignee,
            identity=f"live:{uuid4().hex}",
        )
        for ticket in kept
    )
    events = {row.ticket_id: row.id for row in written}
    told = [
        (ticket.id, {"event": events[ticket.id], "was": ticket.status, **(details or {}).get(ticket.id, {})})
        for ticket in kept
    ]
    _record(actor, verb, told, report)
    derive_tickets(actor.company_id, [ticket.id for ticket in kept], [MatchKey.of(ticket) for ticket in kept])


def change_field(
    actor: Member,
    ids: Collection[int],
    name: str,
    value_of: Callable[[Ticket], Any],
    expected: dict[int, dict] | None = None,
) -> Report:
    """Sets a field of each ticket. expected: the ledger's details whose value must still stand (undo)."""
    tickets, report = locked_many(actor, ids)
    told: list[tuple[int, dict]] = []
    former, changed, same = [], [], []
    for ticket in tickets:
        before, value = getattr(ticket, name), value_of(ticket)
        if expected and before != expected[ticket.id]["value"]:
            report.refused.append((ticket.external_id, _("Somebody has changed it since.")))
        elif before == value:
            same.append(ticket.id)
        else:
            former.append(MatchKey.of(ticket))
            setattr(ticket, name, value)
            ticket.version += 1
            changed.append(ticket)
            told.append((ticket.id, _told(name, before, value)))
    Ticket.objects.bulk_update(changed, [name, "version"], batch_size=MOST)
    _record(actor, "ticket.changed", told, report)
    if name == "category_id" and changed:
        derive_tickets(actor.company_id, [ticket.id for ticket in changed], former)
    report.done += same
    return report


def _told(name: str, before: Any, value: Any) -> dict[str, Any]:
    """As `change_ticket` tells it, and the bare values for whoever takes it back."""
    shown = name.removesuffix("_id")
    return {
        "field": name,
        "former": before,
        "value": value,
        "before": {shown: as_text(before)},
        "after": {shown: as_text(value)},
    }


def _record(actor: Member, verb: str, told: list[tuple[int, dict]], report: Report) -> None:
    if told:
        activity.record_many(
            verb, "ticket", told, actor=actor, company_id=actor.company_id, batch=report.batch
        )
    report.done += [ticket_id for ticket_id, _detail in told]


def refused_ids(report: Report, tickets: Sequence[Ticket]) -> set[int]:
    numbers = {number for number, _why in report.refused}
    return {ticket.id for ticket in tickets if ticket.external_id in numbers}

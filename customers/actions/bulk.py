"""One deed on many tickets: one transaction, one batch id in the ledger, and a report of what was refused and why."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Activity, Member
from cs_platform.lib import clock
from customers.facts import MatchKey, derive_tickets
from customers.models import UNRESOLVED, Category, Event, Priority, Status, Ticket, TicketEvent
from customers.queries.changes import as_text
from metrics.facts import queue_up

from .ticket_events import COUNTED

MOST = 500
UNDONE_WITHIN = timedelta(days=1)


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


STATES = {
    "pending": Deed(Event.PENDING, "ticket.pended", UNRESOLVED),
    "on_hold": Deed(Event.HELD, "ticket.held", UNRESOLVED),
    "resolved": Deed(Event.RESOLVED, "ticket.resolved", UNRESOLVED),
    "closed": Deed(Event.CLOSED, "ticket.closed", (*UNRESOLVED, Status.RESOLVED)),
}
SPAM = Deed(Event.SPAM, "ticket.marked_spam", COUNTED)
DELETE = Deed(Event.DELETED, "ticket.deleted", COUNTED)


# --- Deeds --------------------------------------------------------------------------------------------------------


@transaction.atomic
def assign_tickets(*, actor: Member, ids: Collection[int], assignee: Member | None) -> Report:
    """Gives tickets to somebody, or to nobody. Who has one already keeps it, and nothing is recorded."""
    if assignee is not None and (assignee.company_id != actor.company_id or not assignee.is_active):
        raise ValidationError({"assignee": _("There is no such person here.")})
    tickets, report = _locked(actor, ids)
    new = assignee.id if assignee else None
    kept = [ticket for ticket in tickets if ticket.assignee_id != new]
    details = {ticket.id: {"assignee": new, "former": ticket.assignee_id} for ticket in kept}
    _happen(actor, kept, Event.ASSIGNED, "ticket.assigned", report, details, assignee=assignee)
    report.done = [ticket.id for ticket in tickets if ticket.id not in _refused_ids(report, tickets)]
    return report


@transaction.atomic
def set_states(*, actor: Member, ids: Collection[int], state: str) -> Report:
    """state: pending, on_hold, resolved or closed."""
    return _do(actor, ids, STATES[state])


@transaction.atomic
def mark_spam_tickets(*, actor: Member, ids: Collection[int]) -> Report:
    return _do(actor, ids, SPAM)


@transaction.atomic
def delete_tickets(*, actor: Member, ids: Collection[int]) -> Report:
    """Out of sight and out of every figure, until `undo_bulk`."""
    return _do(actor, ids, DELETE)


@transaction.atomic
def set_categories(*, actor: Member, ids: Collection[int], category: Category | None) -> Report:
    if category is not None and category.company_id != actor.company_id:
        raise ValidationError({"category": _("There is no such category.")})
    new = category.id if category else None
    return _change(actor, ids, "category_id", lambda ticket: new)


@transaction.atomic
def set_priorities(*, actor: Member, ids: Collection[int], priority: str) -> Report:
    if priority not in Priority.values:
        raise ValidationError({"priority": _("There is no such priority.")})
    return _change(actor, ids, "priority", lambda ticket: priority)


@transaction.atomic
def change_tags(
    *, actor: Member, ids: Collection[int], add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Report:
    def tags(ticket: Ticket) -> list[str]:
        kept = [tag for tag in ticket.tags if tag not in remove]
        return kept + [tag for tag in dict.fromkeys(add) if tag not in kept]

    return _change(actor, ids, "tags", tags)


@transaction.atomic
def undo_bulk(*, actor: Member, batch: UUID) -> Report:
    """Takes back a bulk deed of one's own: what somebody has changed since is left as it is, and reported."""
    rows = list(
        Activity.objects.filter(
            company_id=actor.company_id,
            actor=actor,
            batch=batch,
            subject_type="ticket",
            occurred_at__gte=clock.now() - UNDONE_WITHIN,
        )
    )
    if not rows:
        raise Activity.DoesNotExist
    verb, details = rows[0].verb, {row.subject_id: row.detail for row in rows}
    if verb == "ticket.assigned":
        return _assign_back(actor, details)
    if verb == "ticket.changed":
        name = rows[0].detail["field"]
        return _change(actor, list(details), name, lambda ticket: details[ticket.id]["former"], details)
    if verb in (SPAM.verb, DELETE.verb):
        status = Status.SPAM if verb == SPAM.verb else Status.DELETED
        return _do(actor, list(details), Deed(Event.RESTORED, "ticket.restored", (status,)))
    raise Activity.DoesNotExist


def _assign_back(actor: Member, details: dict[int, dict]) -> Report:
    tickets, report = _locked(actor, list(details))
    people = Member.objects.visible_to(actor).in_bulk({d["former"] for d in details.values() if d["former"]})
    by_former: dict[int | None, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.assignee_id != details[ticket.id].get("assignee"):
            report.refused.append((ticket.external_id, _("Somebody has changed it since.")))
        else:
            by_former.setdefault(details[ticket.id]["former"], []).append(ticket)
    for former, kept in by_former.items():
        assignee = people.get(former or 0)
        new = assignee.id if assignee else None
        told = {ticket.id: {"assignee": new, "former": ticket.assignee_id} for ticket in kept}
        _happen(actor, kept, Event.ASSIGNED, "ticket.assigned", report, told, assignee=assignee)
    return report


# --- How ----------------------------------------------------------------------------------------------------------


def _locked(actor: Member, ids: Collection[int], *, deleted_too: bool = False) -> tuple[list[Ticket], Report]:
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


def _do(actor: Member, ids: Collection[int], deed: Deed) -> Report:
    tickets, report = _locked(actor, ids, deleted_too=deed.event == Event.RESTORED)
    kept = []
    for ticket in tickets:
        if ticket.status in deed.needs:
            kept.append(ticket)
        else:
            why = _("It is %(status)s.") % {"status": str(Status(ticket.status).label).lower()}
            report.refused.append((ticket.external_id, why))
    _happen(actor, kept, deed.event, deed.verb, report, {})
    return report


def _happen(
    actor: Member,
    tickets: Sequence[Ticket],
    event: Event,
    verb: str,
    report: Report,
    details: dict[int, dict],
    *,
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
    told = [(ticket.id, {"event": events[ticket.id], **details.get(ticket.id, {})}) for ticket in kept]
    _record(actor, verb, told, report)
    derive_tickets(actor.company_id, [ticket.id for ticket in kept], [MatchKey.of(ticket) for ticket in kept])


def _change(
    actor: Member,
    ids: Collection[int],
    name: str,
    value_of: Callable[[Ticket], Any],
    expected: dict[int, dict] | None = None,
) -> Report:
    """Sets a field of each ticket. expected: the ledger's details whose value must still stand (undo)."""
    tickets, report = _locked(actor, ids)
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


def _refused_ids(report: Report, tickets: Sequence[Ticket]) -> set[int]:
    numbers = {number for number, _why in report.refused}
    return {ticket.id for ticket in tickets if ticket.external_id in numbers}

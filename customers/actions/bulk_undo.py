"""Bulk deeds taken back by whoever did them."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Activity, Member
from cs_platform.lib import clock
from customers.models import Event, Status, Ticket, TicketEvent
from customers.queries.ticket_states import newest_states

from .bulk import DELETE, SPAM
from .bulk_events import Report, change_field, happen_to, locked_many
from .ticket_undo import BACK_TO, no_slip, withdraw

UNDONE_WITHIN = timedelta(days=1)


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
        return change_field(actor, list(details), name, lambda ticket: details[ticket.id]["former"], details)
    if verb in (SPAM.verb, DELETE.verb):
        return _restore(actor, details)
    if verb in ("ticket.pended", "ticket.held"):
        return _go_back(actor, details)
    if verb in ("ticket.resolved", "ticket.closed"):
        return _withdraw(actor, details)
    raise Activity.DoesNotExist


def _standing(actor: Member, details: dict[int, dict]) -> tuple[list[Ticket], Report, dict[int, TicketEvent]]:
    """The tickets whose newest state is still the one that is taken back, locked; and the events of these states."""
    tickets, report = locked_many(actor, list(details), deleted_too=True)
    newest = newest_states(list(details))
    kept = []
    for ticket in tickets:
        event = newest.get(ticket.id)
        if event and event.id == details[ticket.id].get("event"):
            kept.append(ticket)
        else:
            report.refused.append((ticket.external_id, _("It has changed since.")))
    return kept, report, newest


def _restore(actor: Member, details: dict[int, dict]) -> Report:
    """Back from spam, or from where deleted tickets are."""
    kept, report, _newest = _standing(actor, details)
    happen_to(actor, kept, Event.RESTORED, "ticket.restored", report)
    return report


def _go_back(actor: Member, details: dict[int, dict]) -> Report:
    """From pending or on hold to where each stood."""
    kept, report, _newest = _standing(actor, details)
    for state, (event, verb) in BACK_TO.items():
        its = [ticket for ticket in kept if details[ticket.id].get("was", Status.OPEN) == state]
        happen_to(actor, its, event, verb, report)
    return report


def _withdraw(actor: Member, details: dict[int, dict]) -> Report:
    """Resolved or closed by a slip."""
    kept, report, newest = _standing(actor, details)
    stands = no_slip([newest[ticket.id] for ticket in kept])
    report.refused += [(ticket.external_id, stands[ticket.id]) for ticket in kept if ticket.id in stands]
    slips = [ticket.id for ticket in kept if ticket.id not in stands]
    withdraw(actor, [newest[ticket_id] for ticket_id in slips])
    report.done += slips
    return report


def _assign_back(actor: Member, details: dict[int, dict]) -> Report:
    tickets, report = locked_many(actor, list(details))
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
        happen_to(actor, kept, Event.ASSIGNED, "ticket.assigned", report, details=told, assignee=assignee)
    return report

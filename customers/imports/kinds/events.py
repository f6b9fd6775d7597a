from typing import Any

from django.utils.translation import gettext as _

from customers.facts import derive_tickets
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.rows import Row, identities
from customers.imports.upsert import upsert
from customers.life import RESOLVING
from customers.models import Event, Ticket, TicketEvent

from .base import Kind, Outcome

IMPORTED = tuple(event for event in Event.values if event not in (Event.RESTORED, Event.DELETED))
ALWAYS = {"ticket_id", "occurred_at", "event"}
# Fields that stay as they are when a later file has no column for them.
FIELDS = {
    "actor_email": "actor_id",
    "assignee_email": "assignee_id",
    "seconds": "seconds",
    "body": "body",
    "is_public": "is_public",
}
TicketKey = tuple[int, Any, str]


class TicketEvents(Kind):
    name = "ticket_events"
    columns = (
        Column("ticket_external_id", columns.text(200), required=True),
        Column("occurred_at", columns.instant, required=True),
        Column("event", columns.choice(*IMPORTED), required=True),
        Column("external_id", columns.text(200)),
        Column("actor_email", columns.email),
        Column("assignee_email", columns.email),
        Column("seconds", columns.whole(0, 10**8)),
        Column("body", columns.text(1_000_000), empty=""),
        Column("is_public", columns.yes_or_no, empty=True),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        tickets = self._tickets(rows)
        kept = [row for row in rows if self._is_possible(row, tickets, outcome)]
        if not kept:
            return outcome
        named = [row["assignee_email"] for row in kept]
        named += [row["actor_email"] for row in kept if self._is_credited(row, tickets)]
        people = self.directory.members(named)
        keys = identities(self.run.id, self.name, kept)
        wanted = {key: self._fields(row, tickets, people) for key, row in zip(keys, kept, strict=True)}
        given = {key: _given(row) for key, row in zip(keys, kept, strict=True)}
        result = upsert(TicketEvent, self.company.id, "identity", wanted, given)
        touched = {event.ticket_id for event in [*result.added, *result.changed]}
        touched |= {former["ticket_id"] for former in result.former.values() if "ticket_id" in former}
        derive_tickets(self.company.id, sorted(touched))
        outcome.added, outcome.changed = len(result.added), len(result.changed)
        return outcome

    def _tickets(self, rows: list[Row]) -> dict[str, TicketKey]:
        found = Ticket.objects.filter(
            company=self.company, external_id__in={row["ticket_external_id"] for row in rows}
        ).values_list("external_id", "id", "opened_at", "requester_email")
        return {
            external_id: (ticket_id, opened_at, requester)
            for external_id, ticket_id, opened_at, requester in found
        }

    def _is_possible(self, row: Row, tickets: dict[str, TicketKey], outcome: Outcome) -> bool:
        ticket = tickets.get(row["ticket_external_id"])
        if ticket is None:
            reason = _("There is no ticket “%(ticket)s”.") % {"ticket": row["ticket_external_id"]}
            outcome.refuse(row, "ticket_external_id", reason)
        elif row["occurred_at"] < ticket[1]:
            outcome.refuse(row, "occurred_at", _("This lies before the ticket was opened."))
        else:
            return True
        return False

    def _is_credited(self, row: Row, tickets: dict[str, TicketKey]) -> bool:
        """Whether who did it matters: a customer who only writes is no person of ours."""
        if row["event"] in RESOLVING or row["seconds"] is not None:
            return True
        return not self._is_by_requester(row, tickets) and row["event"] != Event.CUSTOMER_REPLIED

    def _is_by_requester(self, row: Row, tickets: dict[str, TicketKey]) -> bool:
        return bool(row["actor_email"]) and row["actor_email"] == tickets[row["ticket_external_id"]][2]

    def _fields(self, row: Row, tickets: dict[str, TicketKey], people: dict) -> dict[str, Any]:
        return {
            "ticket_id": tickets[row["ticket_external_id"]][0],
            "occurred_at": row["occurred_at"],
            "event": row["event"],
            "actor_id": people[row["actor_email"]] if self._is_credited(row, tickets) else None,
            "by_requester": self._is_by_requester(row, tickets),
            "assignee_id": people[row["assignee_email"]],
            "seconds": row["seconds"],
            "body": row["body"],
            "is_public": row["is_public"],
        }


def _given(row: Row) -> set[str]:
    fields = ALWAYS | row.fills(FIELDS)
    return fields | {"by_requester"} if "actor_id" in fields else fields

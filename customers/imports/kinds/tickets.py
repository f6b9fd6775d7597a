from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from customers.facts import MatchKey, derive_tickets
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.rows import Row
from customers.imports.upsert import Upserted, upsert
from customers.models import Channel, Priority, Status, Ticket, TicketStatement

from .base import Kind, Outcome

STATUSES = columns.choice(
    *(status for status in Status.values if status != Status.DELETED),
    also={"new": "open", "hold": "on_hold", "waiting": "pending", "solved": "resolved", "deleted": "spam"},
)
CHANNELS = {
    "email": Channel.EMAIL,
    "e-mail": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "phone": Channel.PHONE,
    "voice": Channel.PHONE,
    "call": Channel.PHONE,
    "chat": Channel.CHAT,
    "messaging": Channel.CHAT,
    "web": Channel.WEB,
    "portal": Channel.WEB,
    "self service": Channel.WEB,
    "social": Channel.SOCIAL,
    "twitter": Channel.SOCIAL,
    "facebook": Channel.SOCIAL,
    "api": Channel.API,
    "other": Channel.OTHER,
}
PEOPLE = {
    "assignee_email": "assignee_id",
    "first_responder_email": "first_responder_id",
    "resolver_email": "resolver_id",
}
# Columns of the ticket itself and of what the file says of its life, by the field that they fill.
OWN = {
    name: name
    for name in (
        "opened_at",
        "requester_email",
        "subject",
        "body",
        "priority",
        "tags",
        "first_response_due_at",
        "resolution_due_at",
    )
} | {"customer_external_id": "customer_id", "category": "category_id", "channel": "channel"}
SAID = {
    name: name
    for name in (
        "status",
        "first_response_at",
        "resolved_at",
        "last_resolved_at",
        "reopened_count",
        "closed_at",
        "handle_seconds",
        "merged_into_external_id",
    )
} | PEOPLE


def any_requester(cell: str, frame) -> str:
    """Requesters are compared, not written to, so a user name will do."""
    return columns.text(254)(cell.lower(), frame)


class Tickets(Kind):
    name = "tickets"
    columns = (
        Column("external_id", columns.text(200), required=True),
        Column("opened_at", columns.instant, required=True),
        Column("customer_external_id", columns.text(200)),
        Column("requester_email", any_requester, empty=""),
        Column("subject", columns.text(500), empty=""),
        Column("body", columns.text(1_000_000), empty=""),
        Column("status", STATUSES, empty=""),
        Column("category", columns.text(200)),
        Column("priority", columns.text(30), empty=Priority.NORMAL),
        Column("channel", columns.text(60), empty=""),
        Column("assignee_email", columns.email),
        Column("first_response_at", columns.instant),
        Column("first_responder_email", columns.email),
        Column("resolved_at", columns.instant),
        Column("resolver_email", columns.email),
        Column("last_resolved_at", columns.instant),
        Column("reopened_count", columns.whole(0, 1_000_000), empty=0),
        Column("closed_at", columns.instant),
        Column("handle_seconds", columns.whole(0, 10**9)),
        Column("first_response_due_at", columns.deadline),
        Column("resolution_due_at", columns.deadline),
        Column("merged_into_external_id", columns.text(200), empty=""),
        Column("tags", columns.tags, empty=[]),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        latest = self.latest([row for row in rows if self._is_in_order(row, outcome)], "external_id")
        if not latest:
            return outcome
        ids = self._look_up(latest)
        tickets = upsert(
            Ticket,
            self.company.id,
            "external_id",
            {key: self._own(row, ids) for key, row in latest.items()},
            {key: row.fills(OWN) for key, row in latest.items()},
        )
        said = upsert(
            TicketStatement,
            self.company.id,
            "ticket_id",
            {tickets.rows[key].id: self._said(row, ids) for key, row in latest.items()},
            {tickets.rows[key].id: row.fills(SAID) for key, row in latest.items()},
        )
        touched = {row.id for row in [*tickets.added, *tickets.changed]}
        touched |= {row.ticket_id for row in [*said.added, *said.changed]}
        self._link_merged([row.id for row in tickets.rows.values()])
        derive_tickets(self.company.id, sorted(touched), _former_keys(tickets))
        self._remark_channels(latest, outcome)
        outcome.added = len(tickets.added)
        outcome.changed = len(touched) - len(tickets.added)
        return outcome

    def _is_in_order(self, row: Row, outcome: Outcome) -> bool:
        for name in ("first_response_at", "resolved_at", "last_resolved_at", "closed_at"):
            if row[name] and row[name] < row["opened_at"]:
                outcome.refuse(row, name, _("This lies before the ticket was opened."))
                return False
        return True

    def _look_up(self, latest: dict[str, Row]) -> dict[str, dict]:
        rows = latest.values()
        people = {
            row[name]
            for row in rows
            for name in PEOPLE
            if not (name == "first_responder_email" and _is_requester(row, name))
        }
        return {
            "people": self.directory.members(people),
            "customers": self.directory.customers([row["customer_external_id"] for row in rows]),
            "categories": self.directory.categories([row["category"] for row in rows]),
        }

    def _own(self, row: Row, ids: dict[str, dict]) -> dict[str, Any]:
        fields = {field: row[name] for name, field in OWN.items() if name == field}
        fields["customer_id"] = ids["customers"][row["customer_external_id"]]
        fields["category_id"] = ids["categories"][row["category"]]
        fields["channel"] = CHANNELS.get(row["channel"].lower(), Channel.OTHER)
        fields["priority"] = row["priority"].lower()
        return fields

    def _said(self, row: Row, ids: dict[str, dict]) -> dict[str, Any]:
        fields = {field: row[name] for name, field in SAID.items() if name == field}
        fields |= {field: ids["people"].get(row[name]) for name, field in PEOPLE.items()}
        if _is_requester(row, "first_responder_email"):
            fields |= {"first_response_at": None, "first_responder_id": None}
        if row["merged_into_external_id"]:
            fields["status"] = Status.MERGED
        return fields

    def _link_merged(self, ticket_ids: list[int]) -> None:
        """Links merged tickets to their target, whichever of the two came first."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE customers_ticket t SET merged_into_id = target.id
                  FROM customers_ticketstatement s
                  JOIN customers_ticket target
                    ON target.company_id = s.company_id AND target.external_id = s.merged_into_external_id
                 WHERE s.company_id = %(company)s AND s.merged_into_external_id <> '' AND t.id = s.ticket_id
                   AND t.merged_into_id IS DISTINCT FROM target.id
                   AND (t.id = ANY(%(ids)s) OR target.id = ANY(%(ids)s))
                """,
                {"company": self.company.id, "ids": ticket_ids},
            )

    def _remark_channels(self, latest: dict[str, Row], outcome: Outcome) -> None:
        for row in latest.values():
            if row["channel"] and row["channel"].lower() not in CHANNELS:
                outcome.remark(
                    _("unknown channel “%(channel)s”, kept as other") % {"channel": row["channel"][:40]}
                )


def _is_requester(row: Row, column: str) -> bool:
    return bool(row[column]) and row[column] == row["requester_email"]


def _former_keys(tickets: Upserted) -> list[MatchKey]:
    """What tickets matched by before, where that has changed."""
    names = ("opened_at", "requester_email", "customer_id", "category_id")
    return [
        MatchKey(row.id, *(tickets.former[row.id].get(name, getattr(row, name)) for name in names))
        for row in tickets.changed
        if any(name in tickets.former[row.id] for name in names)
    ]

"""How notifications about tickets, customers, answers, promises and imports read.

What is kept is ids; subject and names are those of the moment it is read, so that nothing of an erased customer
or of a deleted ticket lives on in a notification.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Words
from cs_platform.lib.words import isolated
from customers.models import Customer, ImportRun, Note, Survey, Ticket

SHORT = 120
ICONS = {
    "ticket.assigned": "inbox",
    "tickets.assigned": "inbox",
    "ticket.mentioned": "at",
    "note.mentioned": "at",
    "ticket.reopened": "refresh",
    "ticket.customer_replied": "message-circle",
    "ticket.not_mailed": "mail",
    "survey.low": "trending-down",
    "customer.given": "transfer",
    "promise.due": "pin",
    "promise.late": "pin",
    "import.done": "file-import",
    "import.failed": "file-import",
}


def read(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """The words of each row, in the reader's language; a handful of queries however many rows there are."""
    found = _Found.of(member, rows)
    return {row.id: Words(ICONS[row.verb], _title(row, found), _about(row, found)) for row in rows}


def url_of_note(note: Note) -> str:
    """Where a note stands: on its customer's page, else on its ticket's."""
    if note.customer_id:
        return f"{reverse('customers:customer_show', args=[note.customer_id])}#note-{note.id}"
    return reverse("customers:ticket_show", args=[note.ticket_id])


@dataclass(frozen=True)
class _Found:
    """The rows that notifications are about, by id, as far as the reader may see them."""

    actor: dict[int, Any]
    ticket: dict[int, Any]
    customer: dict[int, Any]
    note: dict[int, Any]
    run: dict[int, Any]

    @classmethod
    def of(cls, member: Member, rows: Sequence[Notification]) -> "_Found":
        def fetch(name: str, source: QuerySet) -> dict[int, Any]:
            ids = {row.detail[name] for row in rows if row.detail.get(name)}
            return {found.id: found for found in source.filter(id__in=ids)} if ids else {}

        def visible(model: Any, *fields: str) -> QuerySet:
            return model.objects.visible_to(member).only("id", *fields)

        return cls(
            actor=fetch("actor", visible(Member, "name")),
            ticket=fetch(
                "ticket",
                visible(Ticket, "external_id", "subject", "customer__name").select_related("customer"),
            ),
            customer=fetch("customer", visible(Customer, "name")),
            note=fetch("note", visible(Note, "body")),
            run=fetch("run", visible(ImportRun, "file_name", "rows_added", "rows_refused")),
        )

    def the(self, name: str, row: Notification) -> Any:
        return getattr(self, name).get(row.detail.get(name))


def _title(row: Notification, found: _Found) -> str:
    actor = found.the("actor", row)
    by_somebody = {
        "ticket.assigned": _("%(name)s gave you a ticket"),
        "ticket.mentioned": _("%(name)s mentioned you in a note"),
        "note.mentioned": _("%(name)s mentioned you in a note"),
        "ticket.reopened": _("%(name)s reopened a ticket of yours"),
        "ticket.customer_replied": _("%(name)s entered a customer's reply"),
        "customer.given": _("%(name)s gave you a customer"),
    }
    if actor and row.verb in by_somebody:
        return by_somebody[row.verb] % {"name": isolated(actor.name)}
    if row.verb == "survey.low":
        return _low(row)
    if row.verb == "tickets.assigned":
        many = {"name": isolated(actor.name) if actor else _("Somebody"), "count": row.detail.get("count", 0)}
        return _("%(name)s gave you %(count)s tickets") % many
    return {
        "ticket.assigned": _("A ticket is yours now"),
        "ticket.mentioned": _("You were mentioned in a note"),
        "note.mentioned": _("You were mentioned in a note"),
        "ticket.reopened": _("The customer wrote again: a ticket of yours is open once more"),
        "ticket.customer_replied": _("The customer replied"),
        "ticket.not_mailed": _("A reply of yours was not mailed"),
        "customer.given": _("A customer is yours now"),
        "promise.due": _("You promised this for today"),
        "promise.late": _("This promise is late"),
        "import.done": _("Your import is done"),
        "import.failed": _("Your import could not be read to its end"),
    }[row.verb]


def _low(row: Notification) -> str:
    kind = Survey.Kind(row.detail["kind"])
    score = {"kind": kind.label, "score": row.detail["score"], "most": Survey.SCALES[kind].stop - 1}
    if row.detail.get("ticket"):
        return _("A low score on a ticket of yours: %(kind)s %(score)s of %(most)s") % score
    return _("A low score from a customer of yours: %(kind)s %(score)s of %(most)s") % score


def _about(row: Notification, found: _Found) -> str:
    """What it is about: "Refund for 14 seats · Northgate Logistics"."""
    ticket, customer, note, run = (found.the(name, row) for name in ("ticket", "customer", "note", "run"))
    if run:
        counts = {"file": run.file_name, "added": run.rows_added, "refused": run.rows_refused}
        return _("%(file)s: %(added)s rows added, %(refused)s refused") % counts
    parts = [Truncator(note.body).chars(SHORT)] if note else []
    if ticket:
        parts += [ticket.subject or ticket.external_id]
        customer = customer or ticket.customer
    elif row.detail.get("ticket"):
        return _("The ticket is not there any more")
    if customer:
        parts.append(customer.name)
    return " · ".join(parts)

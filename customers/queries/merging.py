"""What a merge of two customers would move, before anything moves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Contact, Customer, CustomerFact, CustomerOwner, Note, Revenue, Survey, Ticket
from customers.queries.revenue import money


@dataclass(frozen=True)
class MonthMerged:
    month: date
    kept: str
    gone: str
    total: str
    is_sum: bool


@dataclass(frozen=True)
class MergePreview:
    """kept stays, gone is folded into it."""

    kept: Customer
    gone: Customer
    moves: list[tuple[str, int]]
    months: list[MonthMerged]
    months_left: int
    owners_move: list[CustomerOwner]
    owners_stay: list[CustomerOwner]
    facts_stay: list[CustomerFact]
    values: list[tuple[str, Any, Any, Any]]


SHOWN = 24
# What the survivor lacks of these is taken from the other.
FILLED = ("segment", "owner", "started_on")


def merge_preview(kept: Customer, gone: Customer) -> MergePreview:
    months = _months(kept, gone)
    move, stay = _owners(kept, gone)
    labels = CustomerFact.objects.filter(company_id=kept.company_id, customer=kept).values("label")
    counted = (("ticket", Ticket), ("contact", Contact), ("note", Note), ("answer", Survey))
    return MergePreview(
        kept,
        gone,
        [
            (name, model.objects.filter(company_id=gone.company_id, customer=gone).count())
            for name, model in counted
        ],
        months[:SHOWN],
        len(months) - SHOWN,
        move,
        stay,
        list(CustomerFact.objects.filter(company_id=gone.company_id, customer=gone, label__in=labels)),
        [_value(label, kept, gone, name) for name, label in _fields().items()],
    )


def _fields() -> dict[str, str]:
    return {
        "name": _("Name"),
        "external_id": _("Number"),
        "segment": _("Segment"),
        "owner": _("Owner"),
        "started_on": _("Customer since"),
        "ended_on": _("Ended on"),
    }


def _value(label: str, kept: Customer, gone: Customer, name: str) -> tuple[str, Any, Any, Any]:
    """(label, of the one that stays, of the other, afterwards)."""
    own, other = (_shown(getattr(row, name)) for row in (kept, gone))
    return label, own, other, own or (other if name in FILLED else None)


def _shown(value: Any) -> Any:
    return date_format(value, "j M Y") if isinstance(value, date) else value


def _months(kept: Customer, gone: Customer) -> list[MonthMerged]:
    currency = kept.company.currency
    amounts: dict[date, dict[int, int]] = {}
    rows = Revenue.objects.filter(company_id=kept.company_id, customer__in=[kept, gone]).order_by("-month")
    for row in rows:
        amounts.setdefault(row.month, {})[row.customer_id] = row.amount_minor
    return [
        MonthMerged(
            month,
            money(of[kept.id], currency) if kept.id in of else "",
            money(of[gone.id], currency) if gone.id in of else "",
            money(sum(of.values()), currency),
            len(of) == 2,
        )
        for month, of in amounts.items()
        if gone.id in of
    ]


def _owners(kept: Customer, gone: Customer) -> tuple[list[CustomerOwner], list[CustomerOwner]]:
    """Which of the other's owners count for the survivor: those of the days before its own history."""
    history = CustomerOwner.objects.filter(company_id=kept.company_id).select_related("owner")
    first = history.filter(customer=kept).order_by("valid_from").first()
    rows = list(history.filter(customer=gone).order_by("valid_from"))
    move = [row for row in rows if first is None or row.valid_from < first.valid_from]
    return move, rows[len(move) :]

"""What a merge of two customers would move, before anything moves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

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


def merge_preview(kept: Customer, gone: Customer) -> MergePreview:
    months = _months(kept, gone)
    move, stay = _owners(kept, gone)
    labels = CustomerFact.objects.filter(company_id=kept.company_id, customer=kept).values("label")
    return MergePreview(
        kept,
        gone,
        [
            (name, model.objects.filter(company_id=gone.company_id, customer=gone).count())
            for name, model in (("ticket", Ticket), ("contact", Contact), ("note", Note), ("answer", Survey))
        ],
        months[:SHOWN],
        len(months) - SHOWN,
        move,
        stay,
        list(CustomerFact.objects.filter(company_id=gone.company_id, customer=gone, label__in=labels)),
        [
            (
                name,
                getattr(kept, name),
                getattr(gone, name),
                getattr(kept, name) or (name in FILLED and getattr(gone, name)),
            )
            for name in ("name", "external_id", "segment", "owner", "started_on", "ended_on")
        ],
    )


FILLED = ("segment", "owner", "started_on")


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

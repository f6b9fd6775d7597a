from collections.abc import Collection
from datetime import UTC, datetime, time

from django.db import transaction

from customers.life import NOBODY
from customers.models import CustomerOwner, Revenue
from metrics.facts import FactRow, queue_up, record_facts
from metrics.kinds import Kind


@transaction.atomic
def derive_revenue(company_id: int, revenue_ids: Collection[int]) -> None:
    """Derives one fact per customer and month again, credited to who owned the customer in that month."""
    queue_up(company_id)
    rows = list(
        Revenue.objects.filter(company_id=company_id, id__in=revenue_ids)
        .order_by("id")
        .select_for_update(no_key=True)
    )
    owners: dict[int, list[tuple]] = {}
    history = CustomerOwner.objects.filter(
        company_id=company_id, customer_id__in={row.customer_id for row in rows}
    )
    for customer_id, valid_from, owner in history.order_by("valid_from").values_list(
        "customer_id", "valid_from", "owner_id"
    ):
        owners.setdefault(customer_id, []).append((valid_from, owner or NOBODY))
    facts = [
        FactRow(
            Kind.REVENUE,
            row.id,
            0,
            _owner(owners.get(row.customer_id, []), row.month),
            datetime.combine(row.month, time(), UTC),
            row.amount_minor,
            customer_id=row.customer_id,
            day=row.month,
        )
        for row in rows
    ]
    record_facts(company_id=company_id, kinds=(Kind.REVENUE,), source_ids=revenue_ids, facts=facts)


def _owner(history: list[tuple], month) -> int:
    """Who owned the customer when the month began; who came first, if it had nobody before that month's end."""
    owned = [owner for valid_from, owner in history if valid_from <= month]
    if owned:
        return owned[-1]
    in_month = [
        owner
        for valid_from, owner in history
        if (valid_from.year, valid_from.month) == (month.year, month.month)
    ]
    return in_month[0] if in_month else NOBODY

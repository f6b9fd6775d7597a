"""What is being merged or erased just now."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from cs_platform.lib import clock
from customers.models import Customer, LongDeed

STALLED_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class AtWork:
    """A long deed, for who looks on."""

    deed: LongDeed
    is_stalled: bool


def is_at_work() -> Exists:
    """Of each customer of a query, whether a long deed is on it."""
    either = Q(customer=OuterRef("id")) | Q(into=OuterRef("id"))
    return Exists(LongDeed.objects.filter(either, company_id=OuterRef("company_id")))


def at_work_on(customer: Customer) -> list[AtWork]:
    """Long deeds on a customer, or that bring it something; the oldest first."""
    if not getattr(customer, "is_at_work", True):
        return []
    now = clock.now()
    deeds = LongDeed.objects.filter(Q(customer=customer) | Q(into=customer), company_id=customer.company_id)
    deeds = deeds.defer("plan").select_related("customer", "into").order_by("id")
    return [AtWork(deed, deed.beat_at < now - STALLED_AFTER) for deed in deeds]


def has_begun(customer: Customer) -> bool:
    """Whether a worker is needed for what was just begun on a customer."""
    either = Q(customer=customer) | Q(into=customer)
    return LongDeed.objects.filter(either, company_id=customer.company_id).exists()

"""What is being merged or erased just now."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from cs_platform.lib.words import isolated
from customers.models import Customer, LongDeed

STALLED_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class AtWork:
    """A long deed, for who looks on."""

    deed: LongDeed
    is_stalled: bool

    @property
    def words(self) -> str:
        """What is on, as a sentence without its stop."""
        deed = self.deed
        names = {"name": isolated(deed.customer.name), "into": isolated(deed.into.name) if deed.into else ""}
        if deed.kind == LongDeed.Kind.MERGE:
            return _("%(name)s is being merged into %(into)s") % names
        if deed.kind == LongDeed.Kind.UNMERGE:
            return _("What moved from %(name)s to %(into)s is moving back") % names
        return _("Personal data of %(name)s is being erased") % names


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

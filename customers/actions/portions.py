"""Workers at long deeds: portions until the time is over, and what nobody is at."""

import time
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from cs_platform.lib import clock
from customers.models import Customer, LongDeed

from .erasure_steps import erase_portion
from .long_deeds import Portion, do_portion, send
from .merging import MOVED, fetch_after, move_portion
from .unmerging import return_portion

PIECE = 40.0  # seconds of a task; a portion more may follow
STALE = timedelta(seconds=30)
MOST_FETCHED = 20
PORTIONS: dict[str, Portion] = {
    LongDeed.Kind.MERGE: move_portion,
    LongDeed.Kind.UNMERGE: return_portion,
    LongDeed.Kind.ERASURE: erase_portion,
}


def work_on(deed_id: int, seconds: float = PIECE) -> bool:
    """Does portions of a deed for a while; returns whether there is more to do."""
    end = time.monotonic() + seconds
    kind = LongDeed.objects.filter(id=deed_id).values_list("kind", flat=True).first()
    while kind and do_portion(deed_id, PORTIONS[kind]):
        if time.monotonic() > end:
            return True
    return False


def continue_stale() -> None:
    """Sends workers to deeds that nobody seems to be at, and to rows that merged customers hold again."""
    quiet = LongDeed.objects.filter(beat_at__lt=clock.now() - STALE).order_by("beat_at")
    for deed_id in quiet.values_list("id", flat=True):
        send(deed_id)
    for customer_id in _holding_on()[:MOST_FETCHED]:
        fetch_after(customer_id)


def _holding_on():
    """Merged customers with rows, though nobody is moving them."""
    at = {"company_id": OuterRef("company_id"), "customer": OuterRef("id")}
    holds = Q()
    for model in MOVED.values():
        holds |= Q(Exists(model.objects.filter(**at)))
    merged = Customer.objects.filter(holds, merged_into__isnull=False)
    busy = LongDeed.objects.filter(**at)
    return merged.exclude(Exists(busy)).order_by("id").values_list("id", flat=True)

"""What has to be derived again as time passes: windows that close, deadlines that go by."""

from itertools import groupby

from django.db import transaction

from cs_platform.lib import clock

from . import registry
from .models import Timer

BATCH = 500


def fire_due() -> int:
    """Derives the sources of all due timers again; returns how many timers.

    Timers are read without a lock, for whoever derives locks the source first and a timer after it, and
    the other order could deadlock. Deriving removes the timer or moves it; twice does no harm.
    """
    fired, stuck = 0, set[tuple[int, int, int]]()
    while due := _due(stuck):
        for (company_id, kind), rows in groupby(due, key=lambda row: row[:2]):
            source_ids = [source_id for _, _, source_id in rows]
            source = registry.source_of(kind)
            if source is not None:
                with transaction.atomic():
                    source.rederive(company_id, source_ids)
        fired += len(due)
        stuck |= set(due)
    return fired


def _due(seen: set) -> list[tuple[int, int, int]]:
    rows = Timer.objects.filter(due_at__lte=clock.now()).order_by("company_id", "kind", "due_at", "source_id")
    keys = rows.values_list("company_id", "kind", "source_id")[: BATCH + len(seen)]
    return [key for key in keys if key not in seen][:BATCH]

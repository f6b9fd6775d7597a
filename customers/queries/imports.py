"""Reads of imports."""

from datetime import datetime, timedelta

from cs_platform.lib import clock
from customers.models import ImportRun

STALLED_AFTER = timedelta(seconds=60)


def import_running_since() -> datetime | None:
    """Since when an import runs; one that has not moved for a minute was killed and counts no more."""
    alive = ImportRun.objects.filter(state=ImportRun.State.RUNNING, beat_at__gt=clock.now() - STALLED_AFTER)
    return alive.order_by("started_at").values_list("started_at", flat=True).first()

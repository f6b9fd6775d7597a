"""How far behind the figures are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from accounts.models import Company
from accounts.outbox import heard_elsewhere
from cs_platform.lib import clock
from cs_platform.lib.zones import Zones

# Of marks only so many are counted as are worth telling apart.
COUNTED = 1_000
_PENDING = """
SELECT min(at), sum(n)::bigint FROM (
  SELECT min(marked_at) AS at, (SELECT count(*) FROM (SELECT FROM metrics_dirty WHERE {company} LIMIT %(counted)s) m)
         AS n FROM metrics_dirty WHERE {company}
  UNION ALL SELECT min(marked_at), 0 FROM metrics_hist_dirty WHERE {company}
  UNION ALL SELECT min(due_at), 0 FROM metrics_timer WHERE {company} AND due_at <= %(now)s
  UNION ALL SELECT min(created_at), 0 FROM accounts_outbox WHERE {company} AND verb <> ALL(%(elsewhere)s)) pending
"""

# The same, and what `Company.zones` reads.
_PRESENT = """
SELECT waits.*, zones.*, version.* FROM ({pending}) waits (at, n), (
  SELECT array_agg(valid_from ORDER BY valid_from), array_agg(zone ORDER BY valid_from)
    FROM accounts_companyzone WHERE company_id = %(company)s) zones, (
  SELECT (SELECT xmin::text || ctid::text FROM metrics_lock WHERE company_id = %(company)s)) version
"""


@dataclass(frozen=True)
class Present:
    """A company's present: what day it is there, and how far its figures are.

    as_of: every write before it is in. waiting: rep days to be computed again, at most COUNTED of them.
    complete: the last day whose outcomes can all be known. version: moves with every drain and rebuild.
    """

    now: datetime
    zones: Zones
    today: date
    as_of: datetime
    waiting: int
    complete: date
    version: str

    @property
    def is_up_to_date(self) -> bool:
        return self.as_of == self.now

    @property
    def zone(self) -> str:
        return self.zones.at(self.now).key


def present(company: Company) -> Present:
    now = clock.now()
    with connection.cursor() as cursor:
        pending = _PENDING.format(company="company_id = %(company)s")
        cursor.execute(_PRESENT.format(pending=pending), {"company": company.id} | _asked(now))
        oldest, waiting, since, names, version = cursor.fetchone()
    zones = Zones.of(zip(since, names, strict=True))
    complete = complete_through(zones, company.follow_up_days, now)
    return Present(now, zones, zones.day(now), oldest or now, waiting, complete, version or "")


def complete_through(zones: Zones, window_days: int, now: datetime) -> date:
    """The last local day whose end is a whole window ago."""
    return zones.day(now - timedelta(days=window_days)) - timedelta(days=1)


def pending_since(company_id: int) -> datetime | None:
    """Since when something of a company waits to be counted; None when every figure is final."""
    return _oldest("company_id = %(company)s", {"company": company_id})[0]


def lag_seconds() -> int:
    """Age of the oldest thing that waits, over all companies, rounded up; 0 when nothing does."""
    oldest, _waiting = _oldest("true", {})
    return max(ceil((clock.now() - oldest).total_seconds()), 1) if oldest else 0


def _oldest(company: str, scope: dict) -> tuple[datetime | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(_PENDING.format(company=company), scope | _asked(clock.now()))
        return cursor.fetchone()


def _asked(now: datetime) -> dict[str, Any]:
    # What only other apps react to (notifications, say) changes no figure.
    return {"now": now, "counted": COUNTED, "elsewhere": heard_elsewhere("metrics")}

"""How far behind the figures are."""

from datetime import datetime
from math import ceil

from django.db import connection

from cs_platform.lib import clock

_PENDING = """
SELECT min(at) FROM (
  SELECT min(marked_at) AS at FROM metrics_dirty WHERE {company}
  UNION ALL SELECT min(marked_at) FROM metrics_hist_dirty WHERE {company}
  UNION ALL SELECT min(due_at) FROM metrics_timer WHERE {company} AND due_at <= %(now)s
  UNION ALL SELECT min(created_at) FROM accounts_outbox WHERE {company}) pending
"""


def pending_since(company_id: int) -> datetime | None:
    """Since when something of a company waits to be counted; None when every figure is final."""
    return _oldest("company_id = %(company)s", {"company": company_id})


def lag_seconds() -> int:
    """Age of the oldest thing that waits, over all companies, rounded up; 0 when nothing does."""
    oldest = _oldest("true", {})
    return max(ceil((clock.now() - oldest).total_seconds()), 1) if oldest else 0


def _oldest(company: str, scope: dict) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(_PENDING.format(company=company), scope | {"now": clock.now()})
        return cursor.fetchone()[0]

"""Computes all rollups of a company again, in bulk."""

from datetime import date
from typing import Any

from django.db import connection, transaction

from .rollup import AGGREGATE, HISTOGRAM, ORG_DAY, REP_DAY, TEAMS_AND_COMPANY, lock_company


@transaction.atomic
def rebuild(company_id: int, from_day: date | None = None, to_day: date | None = None) -> int:
    """Replaces the rollups of a company, all or of some days, while nobody else writes them.

    CREATE TABLE AS can run on several processes, INSERT ... SELECT cannot; so the sums are made in a
    temporary table and then put in place. Returns the number of (rep, day) buckets.
    """
    scope: dict[str, Any] = {"company": company_id, "from": from_day or date.min, "to": to_day or date.max}
    with connection.cursor() as cursor:
        lock_company(cursor, company_id, wait=True)
        # Every mark that is visible here is of a fact that the next statement will see.
        cursor.execute(
            "DELETE FROM metrics_dirty WHERE company_id = %(company)s AND day BETWEEN %(from)s AND %(to)s",
            scope,
        )
        days = "AND f.day BETWEEN %(from)s AND %(to)s"
        buckets = _swap(cursor, "metrics_rep_day", REP_DAY, AGGREGATE.format(days=days), scope)
        days = "AND day BETWEEN %(from)s AND %(to)s"
        _swap(cursor, "metrics_org_day", ORG_DAY, TEAMS_AND_COMPANY.format(days=days), scope)
        days = "AND f.day BETWEEN %(from)s AND %(to)s"
        columns = "company_id, measure, day, bucket, n"
        _swap(cursor, "metrics_duration_hist", columns, HISTOGRAM.format(days=days), scope)
        cursor.execute(
            "DELETE FROM metrics_hist_dirty WHERE company_id = %(company)s AND day BETWEEN %(from)s AND %(to)s",
            scope,
        )
    return buckets


def _swap(cursor, table: str, columns: str, query: str, scope: dict) -> int:
    cursor.execute(f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS {query}", scope)
    cursor.execute(
        f"DELETE FROM {table} WHERE company_id = %(company)s AND day BETWEEN %(from)s AND %(to)s", scope
    )
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM fresh")
    count = cursor.rowcount
    cursor.execute("DROP TABLE fresh")
    return count

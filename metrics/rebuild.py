"""Computes all rollups of a company again, in bulk."""

from datetime import date
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from .rollup import HISTOGRAM, ORG_DAY, REP_DAY, TEAMS_AND_COMPANY, aggregate, lock_company

# Each process sums the facts of some reps in the order of their index. To let several share the facts page by page
# would not do: each would meet nearly all buckets and hand them over unsummed. What a process costs is set to
# nothing, since the planner does not know how many facts a company has. A comparison of all rows with all would
# never end; what is looked up row by row still is.
_PLAN = (
    "max_parallel_workers_per_gather = 2",
    "parallel_setup_cost = 0",
    "parallel_tuple_cost = 0",
    "min_parallel_index_scan_size = 0",
    "enable_nestloop = off",
    "work_mem = '128MB'",
)
SHARES = 4


@transaction.atomic
def rebuild(company_id: int, from_day: date | None = None, to_day: date | None = None) -> int:
    """Replaces the rollups of a company, all or of some days, while nobody else writes them.

    The sums are made in a temporary table; then only rows that differ are written, so that a rebuild of
    what is right leaves nothing to clean up. Returns the number of (rep, day) buckets.
    """
    scope: dict[str, Any] = {"company": company_id, "from": from_day or date.min, "to": to_day or date.max}
    with connection.cursor() as cursor:
        lock_company(cursor, company_id, wait=True)
        for setting in _PLAN:
            cursor.execute(f"SET LOCAL {setting}")
        # Every mark that is visible here is of a fact that the next statement will see.
        cursor.execute(
            "DELETE FROM metrics_dirty WHERE company_id = %(company)s AND day BETWEEN %(from)s AND %(to)s",
            scope,
        )
        days = "AND f.day BETWEEN %(from)s AND %(to)s"
        query = aggregate(days, _shares(cursor, company_id))
        buckets = _swap(cursor, "metrics_rep_day", "rep_id, day", REP_DAY, query, scope)
        days = "AND day BETWEEN %(from)s AND %(to)s"
        _swap(
            cursor,
            "metrics_org_day",
            "level, manager_id, day",
            ORG_DAY,
            TEAMS_AND_COMPANY.format(days=days),
            scope,
        )
        days = "AND f.day BETWEEN %(from)s AND %(to)s"
        columns = "company_id, measure, day, bucket, n"
        _swap(
            cursor,
            "metrics_duration_hist",
            "measure, day, bucket",
            columns,
            HISTOGRAM.format(days=days),
            scope,
        )
        cursor.execute(
            "DELETE FROM metrics_hist_dirty WHERE company_id = %(company)s AND day BETWEEN %(from)s AND %(to)s",
            scope,
        )
    return buckets


def _shares(cursor, company_id: int) -> list[str]:
    """Conditions that part the company's people, nobody among them, into about equal shares."""
    cursor.execute(
        "SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY id) FROM accounts_member WHERE company_id = %s",
        [[share / SHARES for share in range(1, SHARES)], company_id],
    )
    bounds = sorted({*(cursor.fetchone()[0] or [])})
    if not bounds:
        return [""]
    between = [f"AND f.rep_id > {low} AND f.rep_id <= {high}" for low, high in pairwise(bounds)]
    return [f"AND f.rep_id <= {bounds[0]}", *between, f"AND f.rep_id > {bounds[-1]}"]


def _swap(cursor, table: str, key: str, columns: str, query: str, scope: dict) -> int:
    """Makes what the query gives all there is in the table; returns how many rows that is."""
    same_key = " AND ".join(f"f.{name} = t.{name}" for name in key.split(", "))
    same = " AND ".join(f"f.{name} IS NOT DISTINCT FROM t.{name}" for name in columns.split(", "))
    there = "t.company_id = %(company)s AND t.day BETWEEN %(from)s AND %(to)s"
    cursor.execute(f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS {query}", scope)
    count = cursor.rowcount
    cursor.execute(
        f"DELETE FROM {table} t WHERE {there} AND NOT EXISTS (SELECT FROM fresh f WHERE {same_key} AND {same})",
        scope,
    )
    cursor.execute(f"SELECT count(*) FROM {table} t WHERE {there}", scope)
    if cursor.fetchone()[0] < count:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM fresh f"
            f" WHERE NOT EXISTS (SELECT FROM {table} t WHERE {there} AND {same_key})",
            scope,
        )
    cursor.execute("DROP TABLE fresh")
    return count

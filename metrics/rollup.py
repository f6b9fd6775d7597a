"""Drain and rebuild: from facts to the sums of each rep, team and company by local day.

A bucket is computed again from its facts, never counted up, so a task that runs twice changes nothing.
The order of statements matters, see `drain_batch`.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from cs_platform.lib import clock

from .components import COMPONENTS, NAMES, ROLLED
from .percentiles import BUCKET

MARKS_A_BATCH = 20_000
HIST_DAYS_A_BATCH = 60

COLUMNS = ", ".join(NAMES)
REP_DAY = f"company_id, rep_id, day, manager_id, team_id, {COLUMNS}"
ORG_DAY = f"company_id, level, manager_id, day, {COLUMNS}"
SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in NAMES)

_SUMMED = ", ".join(f"({c.sql})::bigint AS {c.name}" for c in COMPONENTS)
_FROM_A = (
    "a.company_id, a.rep_id, a.day, coalesce(l.manager_id, 0) AS manager_id, coalesce(l.team_id, 0) AS team_id, "
    + ", ".join(f"a.{name}" for name in NAMES)
)
_LINE = """
  LEFT JOIN LATERAL (
    SELECT r.manager_id, r.team_id FROM accounts_reportingline r
     WHERE r.company_id = a.company_id AND r.member_id = a.rep_id AND r.superseded_at IS NULL AND r.valid_from <= a.day
     ORDER BY r.valid_from DESC LIMIT 1) l ON true"""

_BUCKETS = f"""
SELECT f.company_id, f.rep_id, f.day, {_SUMMED}
  FROM metrics_fact f WHERE f.company_id = %(company)s AND {ROLLED} {{days}}
 GROUP BY f.company_id, f.rep_id, f.day
"""


def aggregate(days: str, shares: Sequence[str] = ("",)) -> str:
    """SQL of every (rep, day) bucket of a company's facts, with the manager of that day.

    days and shares are conditions on the facts `f`. The shares must part the facts by rep; each is summed by
    itself, so that PostgreSQL can give them to several processes.
    """
    parts = " UNION ALL ".join(f"({_BUCKETS.format(days=f'{days} {share}')})" for share in shares)
    return f"SELECT {_FROM_A} FROM ({parts}) a {_LINE}"


# The same for the buckets in d. One look-up a bucket, whatever the planner believes: of a new company it knows
# nothing and would compare all facts with all buckets.
_AGGREGATE_D = f"""
SELECT {_FROM_A}
  FROM (SELECT %(company)s::bigint AS company_id, d.rep_id, d.day, sums.* FROM d CROSS JOIN LATERAL (
          SELECT count(*) AS facts, {_SUMMED} FROM metrics_fact f
           WHERE f.company_id = %(company)s AND f.rep_id = d.rep_id AND f.day = d.day AND {ROLLED}) sums
         WHERE sums.facts > 0) a {_LINE}
"""
TEAMS_AND_COMPANY = f"""
SELECT company_id, (CASE WHEN grouping(manager_id) = 1 THEN 0 ELSE 1 END)::smallint AS level,
       coalesce(manager_id, 0) AS manager_id, day, {SUMS}
  FROM metrics_rep_day WHERE company_id = %(company)s {{days}}
 GROUP BY GROUPING SETS ((company_id, day, manager_id), (company_id, day))
"""
HISTOGRAM = f"""
SELECT f.company_id, f.kind AS measure, f.day, {BUCKET} AS bucket, count(*) AS n
  FROM metrics_fact f WHERE f.company_id = %(company)s AND f.kind IN (2, 4, 6) AND (f.kind <> 6 OR f.v2 = 1) {{days}}
 GROUP BY f.company_id, f.kind, f.day, 4
"""


def _assign(table: str, columns: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    return (
        "SET "
        + ", ".join(f"{name} = excluded.{name}" for name in names)
        + " WHERE ("
        + ", ".join(f"{table}.{name}" for name in names)
        + ") IS DISTINCT FROM ("
        + ", ".join(f"excluded.{name}" for name in names)
        + ")"
    )


# NOT IN, for it is always a hash look-up; of NOT EXISTS the planner, which knows nothing of how many rows
# agg has, may make a comparison of all with all.
_DRAIN_REP_DAYS = f"""
WITH d AS MATERIALIZED (SELECT DISTINCT * FROM unnest(%(reps)s::bigint[], %(days)s::date[]) AS u (rep_id, day)),
agg AS MATERIALIZED ({_AGGREGATE_D}),
gone AS (DELETE FROM metrics_rep_day r USING d
          WHERE r.company_id = %(company)s AND r.rep_id = d.rep_id AND r.day = d.day
            AND (d.rep_id, d.day) NOT IN (SELECT rep_id, day FROM agg))
INSERT INTO metrics_rep_day AS r ({REP_DAY}) SELECT {REP_DAY} FROM agg
ON CONFLICT (company_id, rep_id, day) DO UPDATE {_assign("r", "manager_id, team_id, " + COLUMNS)}
"""
_DRAIN_ORG_DAYS = f"""
WITH agg AS MATERIALIZED ({TEAMS_AND_COMPANY.format(days="AND day = ANY(%(days)s::date[])")}),
gone AS (DELETE FROM metrics_org_day o
          WHERE o.company_id = %(company)s AND o.day = ANY(%(days)s::date[])
            AND (o.level, o.manager_id, o.day) NOT IN (SELECT level, manager_id, day FROM agg))
INSERT INTO metrics_org_day AS o ({ORG_DAY}) SELECT {ORG_DAY} FROM agg
ON CONFLICT (company_id, level, manager_id, day) DO UPDATE {_assign("o", COLUMNS)}
"""
_DRAIN_HISTOGRAM = f"""
WITH agg AS MATERIALIZED ({HISTOGRAM.format(days="AND f.day = ANY(%(days)s::date[])")}),
gone AS (DELETE FROM metrics_duration_hist h
          WHERE h.company_id = %(company)s AND h.day = ANY(%(days)s::date[])
            AND (h.measure, h.day, h.bucket) NOT IN (SELECT measure, day, bucket FROM agg))
INSERT INTO metrics_duration_hist AS h (company_id, measure, day, bucket, n)
SELECT company_id, measure, day, bucket, n FROM agg
ON CONFLICT (company_id, measure, day, bucket) DO UPDATE SET n = excluded.n WHERE h.n <> excluded.n
"""


def lock_company(cursor, company_id: int, *, wait: bool = False) -> bool:
    """Takes the right to write a company's rollups until the end of the transaction; False if it is taken.

    Writes the lock's row anew: its xmin and ctid are the version of the company's figures, see `queries.freshness`.
    """
    # Only where there is none: an insert would wait for whoever has the row just written anew.
    cursor.execute(
        "INSERT INTO metrics_lock (company_id) SELECT %(company)s"
        " WHERE NOT EXISTS (SELECT FROM metrics_lock WHERE company_id = %(company)s) ON CONFLICT DO NOTHING",
        {"company": company_id},
    )
    cursor.execute(
        f"SELECT 1 FROM metrics_lock WHERE company_id = %s FOR UPDATE {'' if wait else 'SKIP LOCKED'}",
        [company_id],
    )
    if cursor.fetchone() is None:
        return False
    cursor.execute("UPDATE metrics_lock SET company_id = company_id WHERE company_id = %s", [company_id])
    return True


def take_marks(cursor, company_id: int, limit: int = MARKS_A_BATCH) -> list[tuple[int, date]]:
    """Deletes the oldest marks and returns their buckets."""
    cursor.execute(
        "DELETE FROM metrics_dirty WHERE company_id = %(company)s AND id = ANY(ARRAY"
        " (SELECT id FROM metrics_dirty WHERE company_id = %(company)s ORDER BY id LIMIT %(limit)s))"
        " RETURNING rep_id, day",
        {"company": company_id, "limit": limit},
    )
    return cursor.fetchall()


@transaction.atomic
def drain_batch(company_id: int) -> int | None:
    """Computes the buckets of the oldest marks again; returns how many marks, None if another is at it.

    Exact under READ COMMITTED because each statement sees what was committed before it: the lock comes in
    a statement of its own, so the next one sees all that an earlier drainer wrote; a mark is committed
    together with its fact, so the fact of every deleted mark is seen; a writer who commits later leaves a
    mark of its own; and a crash puts the marks back.
    """
    with connection.cursor() as cursor:
        if not lock_company(cursor, company_id):
            return None
        buckets = take_marks(cursor, company_id)
        if buckets:
            compute_buckets(cursor, company_id, buckets)
    return len(buckets)


def compute_buckets(cursor, company_id: int, buckets: list[tuple[int, date]]) -> None:
    """Writes rep days, then the team and company days they belong to, and marks their histograms."""
    days = sorted({day for _, day in buckets})
    reps_and_days = {
        "company": company_id,
        "reps": [rep for rep, _ in buckets],
        "days": [day for _, day in buckets],
    }
    cursor.execute(_DRAIN_REP_DAYS, reps_and_days)
    cursor.execute(_DRAIN_ORG_DAYS, {"company": company_id, "days": days})
    cursor.execute(
        "INSERT INTO metrics_hist_dirty (company_id, day, marked_at) SELECT %s, unnest(%s::date[]), %s"
        " ON CONFLICT DO NOTHING",
        [company_id, days, clock.now()],
    )


@transaction.atomic
def refresh_histograms(company_id: int) -> int | None:
    """Computes the histograms of the oldest marked days again; returns how many, None if another is at it."""
    with connection.cursor() as cursor:
        if not lock_company(cursor, company_id):
            return None
        cursor.execute(
            "DELETE FROM metrics_hist_dirty WHERE company_id = %(company)s AND day IN"
            " (SELECT day FROM metrics_hist_dirty WHERE company_id = %(company)s ORDER BY day LIMIT %(limit)s)"
            " RETURNING day",
            {"company": company_id, "limit": HIST_DAYS_A_BATCH},
        )
        days = [day for (day,) in cursor.fetchall()]
        if days:
            cursor.execute(_DRAIN_HISTOGRAM, {"company": company_id, "days": days})
    return len(days)


def drain(company_id: int) -> int:
    """Drains a company until nothing is left or another drainer is at it; returns how many marks."""
    done = 0
    while marks := drain_batch(company_id):
        done += marks
    while refresh_histograms(company_id):
        pass
    return done


def marked_companies() -> list[int]:
    """Companies with anything to compute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT company_id FROM metrics_dirty UNION SELECT company_id FROM metrics_hist_dirty ORDER BY 1"
        )
        return [company_id for (company_id,) in cursor.fetchall()]

"""The only writer of facts, timers and dirty marks.

A caller locks the source row first and derives from it in the same transaction, so that of two edits at
once no fact is left that was derived from the older one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from cs_platform.lib import clock

from .kick import kick
from .kinds import UNROLLED, Kind


@dataclass(frozen=True, slots=True)
class FactRow:
    """One measurement. rep_id 0 is nobody. `day` is given only where no instant decides it."""

    kind: Kind
    source_id: int
    seq: int
    rep_id: int
    occurred_at: datetime
    v1: int
    v2: int = 0
    customer_id: int = 0
    category_id: int = 0
    channel_id: int = 0
    day: date | None = None


@dataclass(frozen=True, slots=True)
class TimerRow:
    """Derive the source again at due_at."""

    kind: Kind
    source_id: int
    due_at: datetime


# The local day of an instant: the latest zone whose valid_from is not after the day in that very zone.
# `cs_platform.lib.zones.Zones.day` is the same rule in Python.
LOCAL_DAY = """(SELECT ({instant} AT TIME ZONE z.zone)::date FROM accounts_companyzone z
     WHERE z.company_id = {company} AND z.valid_from <= ({instant} AT TIME ZONE z.zone)::date
     ORDER BY z.valid_from DESC LIMIT 1)"""

# NOT IN is a hash look-up, whatever the planner believes about the number of rows.
_REPLACE = f"""
WITH given AS MATERIALIZED (
  SELECT g.kind, g.source_id, g.seq, g.rep_id, g.occurred_at, g.v1, g.v2, g.customer_id, g.category_id, g.channel_id,
         coalesce(g.day, {LOCAL_DAY.format(instant="g.occurred_at", company="%(company)s")}) AS day
    FROM unnest(%(kind)s::smallint[], %(source_id)s::bigint[], %(seq)s::smallint[], %(rep_id)s::bigint[],
                %(occurred_at)s::timestamptz[], %(v1)s::bigint[], %(v2)s::bigint[], %(customer_id)s::bigint[],
                %(category_id)s::int[], %(channel_id)s::smallint[], %(day)s::date[])
      AS g (kind, source_id, seq, rep_id, occurred_at, v1, v2, customer_id, category_id, channel_id, day)),
gone AS (
  DELETE FROM metrics_fact f
   WHERE f.company_id = %(company)s AND f.kind = ANY(%(kinds)s::smallint[]) AND f.source_id = ANY(%(sources)s::bigint[])
     AND (f.kind, f.source_id, f.seq) NOT IN (SELECT kind, source_id, seq FROM given)
  RETURNING f.kind, f.rep_id, f.day),
put AS (
  INSERT INTO metrics_fact AS f (company_id, kind, source_id, seq, rep_id, day, occurred_at, v1, v2,
                                 customer_id, category_id, channel_id, rule_version)
  SELECT %(company)s, kind, source_id, seq, rep_id, day, occurred_at, v1, v2, customer_id, category_id, channel_id, 1
    FROM given ORDER BY kind, source_id, seq
  ON CONFLICT (company_id, kind, source_id, seq) DO UPDATE SET
    rep_id = excluded.rep_id, day = excluded.day, occurred_at = excluded.occurred_at, v1 = excluded.v1,
    v2 = excluded.v2, customer_id = excluded.customer_id, category_id = excluded.category_id,
    channel_id = excluded.channel_id, rule_version = excluded.rule_version
  WHERE (f.rep_id, f.day, f.occurred_at, f.v1, f.v2, f.customer_id, f.category_id, f.channel_id, f.rule_version)
    IS DISTINCT FROM (excluded.rep_id, excluded.day, excluded.occurred_at, excluded.v1, excluded.v2,
                      excluded.customer_id, excluded.category_id, excluded.channel_id, excluded.rule_version)
  RETURNING new.kind AS kind, new.rep_id AS new_rep, new.day AS new_day, old.rep_id AS old_rep, old.day AS old_day),
touched AS (
  SELECT kind, new_rep AS rep_id, new_day AS day FROM put
  UNION SELECT kind, old_rep, old_day FROM put WHERE old_rep IS NOT NULL
  UNION SELECT kind, rep_id, day FROM gone)
INSERT INTO metrics_dirty (company_id, rep_id, day, marked_at)
SELECT DISTINCT %(company)s::bigint, rep_id, day, %(now)s::timestamptz FROM touched
 WHERE kind <> ALL(%(unrolled)s::smallint[])
"""

_TIMERS = """
WITH given AS (SELECT * FROM unnest(%(kind)s::smallint[], %(source_id)s::bigint[], %(due_at)s::timestamptz[])
                 AS g (kind, source_id, due_at)),
gone AS (
  DELETE FROM metrics_timer t
   WHERE t.company_id = %(company)s AND t.kind = ANY(%(kinds)s::smallint[]) AND t.source_id = ANY(%(sources)s::bigint[])
     AND (t.kind, t.source_id) NOT IN (SELECT kind, source_id FROM given))
INSERT INTO metrics_timer AS t (company_id, kind, source_id, due_at)
SELECT %(company)s, kind, source_id, due_at FROM given ORDER BY kind, source_id
ON CONFLICT (company_id, kind, source_id) DO UPDATE SET due_at = excluded.due_at WHERE t.due_at <> excluded.due_at
"""

FIELDS = (
    "kind",
    "source_id",
    "seq",
    "rep_id",
    "occurred_at",
    "v1",
    "v2",
    "customer_id",
    "category_id",
    "channel_id",
    "day",
)


WRITERS = 7_302  # the class of advisory locks that writers of a company queue at


def queue_up(company_id: int) -> None:
    """Writers whose facts may depend on each other's rows go one after another, a company at a time.

    A ticket's outcome depends on other tickets, an answer's credit on its ticket or on the customer's owner:
    of two that commit at once, neither would see the other. Called first in a transaction, before any row
    is locked, so that nobody who waits here holds what the one in front needs.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [WRITERS, company_id % 2**31])


@transaction.atomic
def record_facts(
    *,
    company_id: int,
    kinds: Collection[Kind],
    source_ids: Collection[int],
    facts: Iterable[FactRow],
    timers: Iterable[TimerRow] = (),
) -> None:
    """Makes `facts` all there is of these kinds and sources, and marks what that touched.

    One statement writes the facts and the marks of both the new and the old bucket; facts that are already
    so write and mark nothing. Runs in the caller's transaction. Facts are unique by (kind, source_id, seq).
    """
    rows, waiting = list(facts), list(timers)
    scope: dict[str, Any] = {
        "company": company_id,
        "kinds": [int(kind) for kind in kinds],
        "sources": list(source_ids),
        "now": clock.now(),
        "unrolled": [int(kind) for kind in UNROLLED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, scope | {name: [getattr(row, name) for row in rows] for name in FIELDS})
        marked = cursor.rowcount
        cursor.execute(
            _TIMERS,
            scope
            | {name: [getattr(row, name) for row in waiting] for name in ("kind", "source_id", "due_at")},
        )
    if marked:
        transaction.on_commit(lambda: kick(company_id))


@transaction.atomic
def mark_rep_days(*, company_id: int, rep_ids: Collection[int], from_day: date) -> None:
    """Marks the days on which some reps have facts, from a day on, since who they reported to has changed.

    From the facts, not from the rep days: a drainer that began before the change may be about to commit
    the first rep day of a fact, with the former manager, and nobody else can see that rep day yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_dirty (company_id, rep_id, day, marked_at)"
            " SELECT DISTINCT company_id, rep_id, day, %s::timestamptz FROM metrics_fact"
            " WHERE company_id = %s AND rep_id = ANY(%s::bigint[]) AND day >= %s AND kind <> ALL(%s::smallint[])",
            [clock.now(), company_id, list(rep_ids), from_day, [int(kind) for kind in UNROLLED]],
        )
    transaction.on_commit(lambda: kick(company_id))

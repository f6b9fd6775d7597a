"""A second witness: the same totals by DuckDB, straight from the csv files.

It shares nothing with the oracle. Only for files in which every time has an offset.
"""

from pathlib import Path

import duckdb

COLUMNS = {
    "tickets": ("external_id", "opened_at", "status", "merged_into_external_id", "resolved_at", "closed_at"),
    "ticket_events": ("ticket_external_id", "occurred_at", "event"),
    "surveys": ("kind", "score", "answered_at", "external_id"),
}

TICKETS = """
with e as (
  select ticket_external_id as id,
         min(occurred_at::timestamptz) filter (event in ('resolved', 'closed')) as done,
         count(*) filter (event in ('merged', 'spam')) as gone
  from ticket_events group by 1
), t as (
  select opened_at::timestamptz as opened,
         coalesce(e.done, resolved_at::timestamptz, closed_at::timestamptz) as done
  from tickets left join e on e.id = external_id
  where coalesce(e.gone, 0) = 0 and coalesce(lower(status), '') not in ('merged', 'spam')
    and merged_into_external_id is null
)
select count(*) filter ((opened at time zone $zone)::date between $first and $last) as tickets_opened,
       count(*) filter ((done at time zone $zone)::date between $first and $last) as tickets_resolved,
       sum(floor(epoch(done) - epoch(opened))::bigint)
         filter ((done at time zone $zone)::date between $first and $last) as resolution_seconds
from t
"""

ANSWERS = """
with a as (
  select kind, score::int as score, answered_at::timestamptz as answered,
         min(answered_at::timestamptz) over (partition by kind, external_id) as first_answered,
         external_id as id
  from surveys
  where (kind = 'csat' and score::int between 1 and 5) or (kind = 'nps' and score::int between 0 and 10)
), last as (
  select kind, arg_max(score, answered) as score from a
  where epoch(answered) <= epoch(first_answered) + 30 * 86400
    and (first_answered at time zone $zone)::date between $first and $last
  group by kind, id
)
select count(*) filter (kind = 'csat') as csat_n,
       count(*) filter (kind = 'csat' and score >= 4) as csat_hits,
       count(*) filter (kind = 'nps') as nps_n,
       count(*) filter (kind = 'nps' and score >= 9) as promoters,
       count(*) filter (kind = 'nps' and score <= 6) as detractors
from last
"""


def ticket_totals(folder, zone, first, last):
    """{"tickets_opened", "tickets_resolved", "resolution_seconds"} of the local days first..last."""
    return _ask(folder, ("tickets", "ticket_events"), TICKETS, zone, first, last)


def answer_totals(folder, zone, first, last):
    """{"csat_n", "csat_hits", "nps_n", "promoters", "detractors"} of the local days first..last."""
    return _ask(folder, ("surveys",), ANSWERS, zone, first, last)


def _ask(folder, kinds, query, zone, first, last):
    with duckdb.connect(config={"threads": 1}) as connection:
        for kind in kinds:
            _table(connection, Path(folder), kind)
        answer = connection.execute(query, {"zone": zone, "first": first, "last": last})
        names = [column[0] for column in answer.description]
        return dict(zip(names, answer.fetchone(), strict=True))


def _table(connection, folder, kind):
    """The columns that are used, all text; one that a file does not have is null."""
    path = str(folder / f"{kind}*.csv*")
    rows = connection.read_csv(path, header=True, all_varchar=True)
    chosen = [name if name in rows.columns else f"null::varchar as {name}" for name in COLUMNS[kind]]
    rows.project(", ".join(chosen)).create(kind)

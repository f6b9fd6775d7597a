"""Whose figures: a company's, a manager's team or tree, a rep's, or nobody's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

NOBODY = 0


class Level(StrEnum):
    COMPANY = "company"
    MANAGER = "manager"
    REP = "rep"


@dataclass(frozen=True)
class Scope:
    """person_id is a member, or 0 for nobody. tree: also everybody below, as of each day."""

    company_id: int
    level: Level = Level.COMPANY
    person_id: int = NOBODY
    tree: bool = False

    @property
    def is_tree(self) -> bool:
        # Below nobody there is nobody: the teams of roots are their own.
        return self.level == Level.MANAGER and self.tree and self.person_id != NOBODY


# (member_id, low, high): who reported to the person, directly or over others, from day low until before high.
# Cut to the days asked for at every step, so that a chain holds only while all its links do.
BELOW = """
line AS (
  SELECT member_id, manager_id, valid_from AS low,
         coalesce(lead(valid_from) OVER (PARTITION BY member_id ORDER BY valid_from), 'infinity'::date) AS high
    FROM accounts_reportingline WHERE company_id = %(company)s AND superseded_at IS NULL),
below AS (
  SELECT member_id, greatest(low, %(start)s::date) AS low, least(high, %(stop)s::date) AS high
    FROM line WHERE manager_id = %(person)s AND low < %(stop)s::date AND high > %(start)s::date
  UNION ALL
  SELECT l.member_id, greatest(l.low, b.low), least(l.high, b.high)
    FROM below b JOIN line l ON l.manager_id = b.member_id AND l.low < b.high AND l.high > b.low
   WHERE %(tree)s),
teams AS (
  SELECT %(person)s::bigint AS manager_id, %(start)s::date AS low, %(stop)s::date AS high
  UNION ALL SELECT member_id, low, high FROM below WHERE %(tree)s)
"""


def parameters(scope: Scope, start: date, stop: date) -> dict[str, Any]:
    """Of the SQL in this package; stop is the first day that does not count."""
    return {
        "company": scope.company_id,
        "person": scope.person_id,
        "tree": scope.is_tree,
        "start": start,
        "stop": stop,
    }


def with_below(scope: Scope, *, of_team: bool = False) -> str:
    """The tables of BELOW where a query needs them: for a tree, and if asked for also for a team of somebody."""
    is_team = scope.level == Level.MANAGER and scope.person_id != NOBODY
    return f"WITH RECURSIVE {BELOW}" if scope.is_tree or (of_team and is_team) else ""


def rollup_rows(scope: Scope) -> str:
    """FROM and WHERE that give the rollup rows `r` of a scope between start and stop."""
    days = "r.day >= %(start)s AND r.day < %(stop)s"
    own = "r.company_id = %(company)s"
    if scope.level == Level.COMPANY:
        return f"metrics_org_day r WHERE {own} AND r.level = 0 AND r.manager_id = 0 AND {days}"
    if scope.level == Level.REP:
        return f"metrics_rep_day r WHERE {own} AND r.rep_id = %(person)s AND {days}"
    if not scope.is_tree:
        return f"metrics_org_day r WHERE {own} AND r.level = 1 AND r.manager_id = %(person)s AND {days}"
    return (
        f"teams t JOIN metrics_org_day r ON {own} AND r.level = 1 AND r.manager_id = t.manager_id"
        " AND r.day >= t.low AND r.day < t.high WHERE true"
    )


def fact_rows(
    scope: Scope, low: str = "%(start)s", high: str = "%(stop)s", kind: str = "%(kind)s", columns: str = ""
) -> str:
    """FROM and WHERE that give the facts `f` of a scope and kind from day low until before day high.

    Those of a team or tree are looked up person by person, by the days on which they were below; the query
    begins with `with_below(scope, of_team=True)`. columns: of theirs that are read, where day, v1 and v2
    are not enough.
    """
    of_kind = f"f.company_id = %(company)s AND f.kind = {kind}"
    days = f"f.day >= {low} AND f.day < {high}"
    if scope.level == Level.COMPANY:
        return f"metrics_fact f WHERE {of_kind} AND {days}"
    if scope.level == Level.REP:
        return f"metrics_fact f WHERE {of_kind} AND f.rep_id = %(person)s AND {days}"
    if scope.person_id == NOBODY:
        facts = "metrics_fact f ON f.company_id = r.company_id AND f.rep_id = r.rep_id AND f.day = r.day"
        return f"metrics_rep_day r JOIN {facts} WHERE r.manager_id = 0 AND {of_kind} AND {days}"
    days = f"f.day >= greatest(w.low, {low}) AND f.day < least(w.high, {high})"
    # The bound keeps it a look-up, whatever the planner believes about the number of people.
    return f"""below w CROSS JOIN LATERAL (
        SELECT {columns or "f.day, f.v1, f.v2"} FROM metrics_fact f
         WHERE {of_kind} AND f.rep_id = w.member_id AND {days} OFFSET 0) f WHERE true"""

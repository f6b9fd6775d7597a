"""Components: the additive integers that every metric is made of, declared once.

From these declarations come the columns of metrics_rep_day and metrics_org_day, the SQL of the drain, of
the rebuild and of reconciliation. A new metric is a declaration here, one in `metrics.definitions`, a
migration and a test.
"""

from dataclasses import dataclass

from .kinds import UNROLLED, Kind
from .scores import DETRACTOR, EASY, PROMOTER, SATISFIED


@dataclass(frozen=True)
class Component:
    """One bigint column. `sql` aggregates the facts `f` of a (rep, day) bucket."""

    name: str
    sql: str


def _count(kind: Kind, condition: str = "") -> str:
    return f"count(*) FILTER (WHERE f.kind = {kind:d}{' AND ' + condition if condition else ''})"


def _sum(kind: Kind, column: str) -> str:
    return f"coalesce(sum(f.{column}) FILTER (WHERE f.kind = {kind:d}), 0)"


def _scores(prefix: str, kind: Kind, scale: range) -> list[Component]:
    return [Component(f"{prefix}_s{score}", _count(kind, f"f.v1 = {score}")) for score in scale]


COMPONENTS: tuple[Component, ...] = (
    Component("created_n", _count(Kind.OPENED)),
    Component("res_n", _count(Kind.RESOLVED)),
    Component("res_sum", _sum(Kind.RESOLVED, "v1")),
    Component("fcr_n", _count(Kind.OUTCOME)),
    Component("fcr_pos", _count(Kind.OUTCOME, "f.v1 = 1")),
    Component("reopen_n", _count(Kind.OUTCOME, "f.v2 = 1")),
    Component("frt_n", _count(Kind.FIRST_RESPONSE)),
    Component("frt_sum", _sum(Kind.FIRST_RESPONSE, "v1")),
    Component("sl_n", _count(Kind.SERVICE_LEVEL)),
    Component("sl_met", _count(Kind.SERVICE_LEVEL, "f.v1 = 1")),
    Component("aht_n", _sum(Kind.HANDLE, "v2")),
    Component("aht_sum", _sum(Kind.HANDLE, "v1")),
    Component("backlog_delta", _sum(Kind.BACKLOG, "v1")),
    Component("csat_n", _count(Kind.CSAT)),
    Component("csat_pos", _count(Kind.CSAT, f"f.v1 >= {SATISFIED}")),
    Component("csat_sum", _sum(Kind.CSAT, "v1")),
    *_scores("csat", Kind.CSAT, range(1, 6)),
    Component("nps_n", _count(Kind.NPS)),
    Component("nps_pro", _count(Kind.NPS, f"f.v1 >= {PROMOTER}")),
    Component("nps_det", _count(Kind.NPS, f"f.v1 <= {DETRACTOR}")),
    Component("ces_n", _count(Kind.CES)),
    Component("ces_pos", _count(Kind.CES, f"f.v1 >= {EASY}")),
    Component("ces_sum", _sum(Kind.CES, "v1")),
    *_scores("ces", Kind.CES, range(1, 8)),
    Component("staffed_sum", _sum(Kind.STAFFED, "v1")),
    # Tickets per hour counts only tickets of days with known hours, so it is taken at (rep, day) grain.
    Component(
        "staffed_res_n",
        f"CASE WHEN {_sum(Kind.STAFFED, 'v1')} > 0 THEN {_count(Kind.RESOLVED)} ELSE 0 END",
    ),
)

NAMES: tuple[str, ...] = tuple(component.name for component in COMPONENTS)
ROLLED = f"f.kind NOT IN ({', '.join(str(int(kind)) for kind in sorted(UNROLLED))})"

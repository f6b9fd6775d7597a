"""The two lanes of a board: what customers say, and what gets done. Each has the company's focus at its head."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.models import Focus, Lane

from .tiles import Tile

COMPANIONS: dict[str, tuple[str, ...]] = {
    Lane.SATISFACTION: (
        "csat", "nps", "ces", "fcr", "service_level", "gross_revenue_retention", "net_revenue_retention",
    ),
    Lane.PRODUCTIVITY: (
        "tickets_resolved", "first_response_time", "resolution_time", "handle_time", "tickets_per_hour",
        "reopen_rate", "backlog",
    ),
}  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {
    Lane.SATISFACTION: (*COMPANIONS[Lane.SATISFACTION], "logo_retention", "churn"),
    Lane.PRODUCTIVITY: (*COMPANIONS[Lane.PRODUCTIVITY], "tickets_opened"),
}


@dataclass(frozen=True)
class Aims:
    """What a company looks at first in each lane, and the targets."""

    focus: dict[str, str]
    targets: dict[str, float | None]

    def metrics(self, lane: str) -> list[str]:
        """The focus, then its companions."""
        return [self.focus[lane], *(key for key in COMPANIONS[lane] if key != self.focus[lane])]

    @property
    def all_metrics(self) -> list[str]:
        return [key for lane in Lane.values for key in self.metrics(lane)]


def aims_of(company_id: int) -> Aims:
    focus = {lane: COMPANIONS[lane][0] for lane in Lane.values}
    targets: dict[str, float | None] = {}
    for row in Focus.objects.filter(company_id=company_id):
        if row.metric in CHOICES.get(row.lane, ()):
            focus[row.lane] = row.metric
            targets[row.metric] = row.target
    return Aims(focus, targets)


@dataclass(frozen=True)
class LaneOfTiles:
    key: str
    title: str
    focus: Tile
    companions: list[Tile]


def lanes(aims: Aims, tiles: Sequence[Tile]) -> list[LaneOfTiles]:
    """The lanes of the tiles of `aims.all_metrics`."""
    given = iter(tiles)
    found = []
    for lane in Lane:
        first, *others = [next(given) for _ in aims.metrics(lane)]
        found.append(LaneOfTiles(lane.value, str(lane.label), first, others))
    return found

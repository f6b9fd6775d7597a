"""What the apps above tell the metrics app: how to derive facts again, how to check them, and metrics of their own.

`metrics` knows no ticket and no survey. Each app registers in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .definitions import METRICS, Metric
from .kinds import Kind

if TYPE_CHECKING:
    from .points import Point
    from .queries import Answer, Present, Scope
    from .queries.sources import Place, SourceRow
    from .queries.sums import Span

# All that a fact says, but for `seq`, which only tells apart the facts of one source.
WITNESSED = "kind, source_id, rep_id, day, occurred_at, v1, v2, customer_id, category_id, channel_id"
Rederive = Callable[[int, list[int]], None]


@dataclass(frozen=True)
class Source:
    """A kind of source row.

    name: of the source ("ticket"). kinds: of its facts. rederive(company_id, source_ids): derives them
    again, safe to run twice. witness: SQL that derives the same facts independently, as rows with the
    columns WITNESSED, with the parameters company, now and window (seconds). rows_view: the page that lists the
    rows behind a figure made of them, as reverse() knows it; it takes the metric. by_window: whether the facts
    depend on the company's follow-up window.
    """

    name: str
    kinds: tuple[Kind, ...]
    rederive: Rederive
    witness: str
    rows_view: str = ""
    by_window: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.name] = source


def sources() -> Iterable[Source]:
    return _sources.values()


def source_of(kind: int) -> Source | None:
    """The source that has facts of a kind, or None."""
    return next((source for source in _sources.values() if kind in source.kinds), None)


def rows_view_of(kind: int | None) -> str:
    """The page that lists the rows behind figures of a kind, or nothing."""
    source = source_of(kind) if kind else None
    return source.rows_view if source else ""


@dataclass(frozen=True)
class Computed:
    """A metric that an app above computes; API, explanation and rows are those of every metric.

    points(scope, spans, at): one point for each span of days. rows(answer, after, limit): a page of the facts behind
    an answer with the grain total, newest first, as many as its n says.
    """

    metric: Metric
    points: Callable[[Scope, Sequence[Span], Present], list[Point]]
    rows: Callable[[Answer, Place | None, int], list[SourceRow]]


_computed: dict[str, Computed] = {}


def register_metric(computed: Computed) -> None:
    """From now on it is a metric like the others."""
    _computed[computed.metric.key] = computed
    METRICS[computed.metric.key] = computed.metric


def computed_of(metric: str) -> Computed | None:
    return _computed.get(metric)

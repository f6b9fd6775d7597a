"""Which layer of a flowchart a thing stands in, and beside what.

After Sugiyama: ways that lead back are turned, the longest way to a step is its layer, ways over several layers get
points between, and each layer is ordered by what its things are tied to. docs/decisions/0020-flowcharts.md
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from playbooks.graph import Graph

# A picture of more things than this nobody can read; it is still drawn, with less care for its looks.
SWEEPS, MANY = 8, 700


@dataclass(eq=False)
class Thing:
    """What takes room in a layer: a step, the label of an exit, an exit that leads nowhere, a point of a long way.

    left, right: how far it reaches from x, the place of its line.
    """

    kind: str
    key: str = ""
    lines: tuple[str, ...] = ()
    left: float = 4
    right: float = 4
    height: float = 0
    layer: int = 0
    # Of a decision the top is a point.
    is_pointed: bool = False
    x: float = 0
    y: float = 0
    above: list["Thing"] = field(default_factory=list, repr=False)
    below: list["Thing"] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Trail:
    """An exit in the picture: from a step, by labels, to a step; `to` is empty if it leads nowhere."""

    source: str
    to: str
    labels: tuple[str, ...]
    is_back: bool = False


def trails(graph: Graph) -> list[Trail]:
    """The exits of all steps; those of a step that lead to the same one are one."""
    back = backward(graph)
    keys = {node.key for node in graph.nodes}
    found: list[Trail] = []
    for node in graph.nodes:
        labels: dict[tuple[str, int], list[str]] = {}
        for at, way in enumerate(node.exits):
            to = way.to if way.to in keys else ""
            # Exits that lead nowhere are drawn each by itself.
            labels.setdefault((to, 0 if to else at), []).append(way.label.strip())
        for (to, _at), said in labels.items():
            found.append(Trail(node.key, to, tuple(filter(None, said)), (node.key, to) in back))
    return found


def backward(graph: Graph) -> set[tuple[str, str]]:
    """The ways that lead back to a step before: without them the steps have no circle.

    Where it can be had, back is up the list: that is how its writer sees it.
    """
    place = {node.key: at for at, node in enumerate(graph.nodes)}
    ways = {
        node.key: sorted((way.to for way in node.exits if way.to in place), key=place.__getitem__)
        for node in graph.nodes
    }
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    firsts = [graph.start.key, *ways] if graph.start else list(ways)
    for first in firsts:
        if first in done:
            continue
        open_: dict[str, None] = {first: None}
        stack = [(first, iter(ways[first]))]
        while stack:
            key, rest = stack[-1]
            to = next(rest, None)
            if to is None:
                stack.pop()
                open_.pop(key, None)
                done.add(key)
            elif to in open_:
                back.add((key, to))
            elif to not in done:
                open_[to] = None
                stack.append((to, iter(ways[to])))
    return back


def ranks(graph: Graph, ways: Iterable[Trail]) -> dict[str, int]:
    """The layer of each step: below everything that leads to it; two below if the exit has a label."""
    after: dict[str, list[tuple[str, int]]] = defaultdict(list)
    waits = {node.key: 0 for node in graph.nodes}
    for way in ways:
        if way.to and not way.is_back:
            after[way.source].append((way.to, 2 if way.labels else 1))
            waits[way.to] += 1
    rank = dict.fromkeys(waits, 0)
    ready = [key for key, count in waits.items() if not count]
    order: list[str] = []
    for key in ready:
        order.append(key)
        for to, far in after[key]:
            rank[to] = max(rank[to], rank[key] + far)
            waits[to] -= 1
            if not waits[to]:
                ready.append(to)
    return _nearer(graph, rank, after)


def _nearer(graph: Graph, rank: dict[str, int], after: dict[str, list[tuple[str, int]]]) -> dict[str, int]:
    """What nothing leads to stands just above where it leads, else beside the step before it in the list."""
    led = {to for ways in after.values() for to, _far in ways}
    before = 0
    for node in graph.nodes:
        if node.key not in led and node != graph.start:
            nearest = [rank[to] - far for to, far in after[node.key]]
            rank[node.key] = max(min(nearest) if nearest else before, 0)
        before = rank[node.key]
    return rank


def tie(above: Thing, below: Thing) -> None:
    above.below.append(below)
    below.above.append(above)


def ordered(layers: list[list[Thing]]) -> list[list[Thing]]:
    """The layers in an order with few crossings: the best of some sweeps down and up."""
    best, fewest = [list(layer) for layer in layers], crossings(layers)
    for sweep in range(SWEEPS if sum(map(len, layers)) < MANY else 2):
        if not fewest:
            break
        down = sweep % 2 == 0
        for layer in layers[1:] if down else reversed(layers[:-1]):
            _sort(layer, down)
            _place(layer)
        if (count := crossings(layers)) < fewest:
            best, fewest = [list(layer) for layer in layers], count
    for layer in best:
        _place(layer)
    return best


def crossings(layers: list[list[Thing]]) -> int:
    """How many pairs of lines cross between layers."""
    found = 0
    for layer in layers:
        _place(layer)
    for layer in layers[:-1]:
        seen: list[float] = []
        for thing in layer:
            ends = sorted(below.x for below in thing.below)
            for end in ends:
                found += len(seen) - bisect_left(seen, end + 0.5)
            for end in ends:
                insort(seen, end)
    return found


def _sort(layer: list[Thing], down: bool) -> None:
    def place(thing: Thing) -> float:
        tied = thing.above if down else thing.below
        return sum(other.x for other in tied) / len(tied) if tied else thing.x

    layer.sort(key=place)


def _place(layer: list[Thing]) -> None:
    for at, thing in enumerate(layer):
        thing.x = at

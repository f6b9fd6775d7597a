"""Where the things of a flowchart stand, in pixels."""

from collections import defaultdict
from dataclasses import dataclass, field

from playbooks.graph import Graph, Kind

from .layers import MANY, Thing, Trail, ordered, ranks, tie, trails
from .words import width, wrapped

GAP, TRACK, LANE, EDGE = 28, 12, 16, 16
LABEL, LABEL_SIZE, LINE = 118, 12, 18


@dataclass
class Plan:
    """layers: from above. backs: a way back leaves `[0]` and leads to `[1]`. tops, heights: of the layers."""

    layers: list[list[Thing]]
    steps: dict[str, Thing]
    backs: list[tuple[Thing, Thing]] = field(default_factory=list)
    tops: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    width: float = 0
    height: float = 0


def plan(graph: Graph) -> Plan:
    """All things of the picture in order, with their x; y comes once it is known how many tracks lie between."""
    ways = trails(graph)
    rank = ranks(graph, ways)
    crowd: dict[int, int] = defaultdict(int)
    for key in rank:
        crowd[rank[key]] += 1
    steps = {
        node.key: _step(node.key, node.kind, node.title, rank[node.key], crowd[rank[node.key]] > 2)
        for node in graph.nodes
    }
    layers: list[list[Thing]] = []
    for thing in steps.values():
        _stand(layers, thing)
    made = Plan(layers, steps)
    points: dict[tuple[str, int], Thing] = {}
    for way in ways:
        _lead(made, way, points)
    made.layers = ordered([layer for layer in made.layers if layer])
    for number, layer in enumerate(made.layers):
        for thing in layer:
            thing.layer = number
    spread(made.layers)
    leftmost = min((thing.x - thing.left for layer in made.layers for thing in layer), default=0)
    for layer in made.layers:
        for thing in layer:
            thing.x = round(thing.x - leftmost + EDGE)
    made.width = EDGE + max((thing.x + thing.right for layer in made.layers for thing in layer), default=0)
    return made


def _lead(made: Plan, way: Trail, points: dict[tuple[str, int], Thing]) -> None:
    """The things on the way of an exit."""
    above = made.steps[way.source]
    if way.labels or way.is_back:
        lines = tuple(line for label in way.labels for line in wrapped(label, LABEL, 3, LABEL_SIZE))
        reach = max((width(line, LABEL_SIZE) for line in lines), default=0) + 16 if lines else 8
        label = Thing("label", "", lines, 10, reach, 16 * len(lines) + 8 if lines else 0, above.layer + 1)
        above = _after(made.layers, above, label)
    if way.is_back:
        made.backs.append((above, made.steps[way.to]))
    elif not way.to:
        _after(made.layers, above, Thing("gap", "", (), 12, 104, 18, above.layer + 1))
    else:
        below = made.steps[way.to]
        # Ways to one step share their points, so that they join early.
        while above.layer + 1 < below.layer:
            at = (way.to, above.layer + 1)
            point = points.get(at)
            if point is not None:
                tie(above, point)
                return
            points[at] = point = Thing("point", way.to, layer=above.layer + 1)
            above = _after(made.layers, above, point)
        tie(above, below)


def _after(layers: list[list[Thing]], above: Thing, below: Thing) -> Thing:
    _stand(layers, below)
    tie(above, below)
    return below


def _stand(layers: list[list[Thing]], thing: Thing) -> None:
    while len(layers) <= thing.layer:
        layers.append([])
    layers[thing.layer].append(thing)


def _step(key: str, kind: Kind, title: str, layer: int, is_narrow: bool) -> Thing:
    if kind == Kind.DECISION:
        lines = wrapped(title, 148)
        return Thing("step", key, lines, 144, 144, max(100, 56 + 30 * len(lines)), layer, is_pointed=True)
    half, room = (88, 122) if is_narrow else (104, 152)
    if kind in (Kind.CHECK, Kind.START, Kind.END):
        half += 12
    lines = wrapped(title, room)
    return Thing("step", key, lines, half, half, max(48, 20 + LINE * len(lines)), layer)


def spread(layers: list[list[Thing]]) -> None:
    """Gives each thing its x: near to what it is tied to, none upon another."""
    for layer in layers:
        at = 0.0
        for thing in layer:
            thing.x = at + thing.left
            at = thing.x + thing.right + GAP
        for thing in layer:
            thing.x -= at / 2
    for _round in range(6 if sum(map(len, layers)) < MANY else 2):
        for layer in layers[1:]:
            _settle(layer, [thing.above for thing in layer])
        for layer in reversed(layers[:-1]):
            _settle(layer, [thing.below for thing in layer])
    for layer in layers:
        _settle(layer, [thing.above + thing.below for thing in layer])
    for _round in range(2):
        for layer in reversed(layers):
            _straighten(layer, [_alone(thing, thing.below) for thing in layer])
        for layer in layers:
            _straighten(layer, [_alone(thing, thing.above) for thing in layer])


def _alone(thing: Thing, others: list[Thing]) -> Thing | None:
    """The one thing on a side, if the line to it neither parts nor joins, or else runs through."""
    if len(others) != 1:
        return None
    back = others[0].above if others is thing.below else others[0].below
    runs_through = len(thing.above) == len(thing.below) == 1
    return others[0] if len(back) == 1 or runs_through else None


def _straighten(layer: list[Thing], wanted: list[Thing | None]) -> None:
    """Takes the small bends out of lines, where there is room."""
    for at, (thing, other) in enumerate(zip(layer, wanted, strict=True)):
        if other is None:
            continue
        before, after = layer[at - 1] if at else None, layer[at + 1] if at + 1 < len(layer) else None
        low = before.x + before.right + GAP + thing.left if before else other.x
        high = after.x - after.left - GAP - thing.right if after else other.x
        if low <= other.x <= high:
            thing.x = other.x


def _settle(layer: list[Thing], tied: list[list[Thing]]) -> None:
    """The places with the least squares from where things would like to be, in their order and with room between.

    Pool adjacent violators: neighbours that would come too near move as one block.
    """
    blocks: list[list[float]] = []  # weight, wanted place of the first, how many
    offsets = [0.0]
    for before, thing in zip(layer, layer[1:], strict=False):
        offsets.append(offsets[-1] + before.right + GAP + thing.left)
    for thing, others, offset in zip(layer, tied, offsets, strict=True):
        weight = (8 if thing.kind == "point" else 1) * len(others) or 0.05
        wanted = sum(other.x for other in others) / len(others) if others else thing.x
        blocks.append([weight, wanted - offset, 1])
        while len(blocks) > 1 and blocks[-2][1] > blocks[-1][1]:
            weight, wanted, count = blocks.pop()
            whole = blocks[-1][0] + weight
            blocks[-1] = [
                whole,
                (blocks[-1][0] * blocks[-1][1] + weight * wanted) / whole,
                blocks[-1][2] + count,
            ]
    at = 0
    for _weight, wanted, count in blocks:
        for _each in range(int(count)):
            layer[at].x = wanted + offsets[at]
            at += 1

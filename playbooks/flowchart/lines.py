"""The lines of a flowchart: on which track between two layers each runs, and its path."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .layers import Thing
from .places import EDGE, LANE, TRACK, Plan

ABOVE, BELOW, TIP, ROUND = 20, 26, 2, 8
Point = tuple[float, float]


def laid(plan: Plan) -> list[tuple[Sequence[Point], bool, bool]]:
    """Gives all things their y, and the lines: points, whether it has a tip, whether it leads nowhere."""
    tracks = [_tracks(layer) for layer in plan.layers]
    lanes = _lanes(plan)
    turns: dict[int, list[float]] = defaultdict(list)
    y = float(EDGE) + BELOW * any(to.layer == 0 for to in lanes)
    for number, layer in enumerate(plan.layers):
        height = max(thing.height for thing in layer)
        plan.tops.append(y)
        plan.heights.append(height)
        for thing in layer:
            thing.y = y if thing.kind in ("label", "gap") else y + (height - thing.height) / 2
        bent = 1 + max(tracks[number].values(), default=-1)
        passing = sum(source.layer == number for source, _to in plan.backs)
        arriving = sum(to.layer == number + 1 for to in lanes)
        y += height + ABOVE + TRACK * (bent + passing + arriving) + BELOW
        turns[number] = [y - BELOW - TRACK * (1 + at) + TRACK / 2 for at in range(passing + arriving)]
    plan.height = y - BELOW
    lines: list[tuple[Sequence[Point], bool, bool]] = [
        (
            _line(plan, above, below, tracks[number]),
            below.kind == "step",
            below.kind == "gap" or _is_open(below),
        )
        for number, layer in enumerate(plan.layers)
        for above in layer
        for below in above.below
    ]
    entries = {to: turns[to.layer - 1].pop() if to.layer else to.y - BELOW + TRACK / 2 for to in lanes}
    for source, to in plan.backs:
        aside = (turns[source.layer].pop(), lanes[to], entries[to])
        lines.append((_around(source, to, *aside), True, False))
    if lanes:
        plan.width += LANE * len(set(lanes.values())) + EDGE
    return lines


def path(points: Sequence[Point]) -> str:
    """A line with round corners."""
    straight = [points[0]]
    for at, point in enumerate(points[1:], 1):
        following = points[at + 1] if at + 1 < len(points) else None
        if following and _is_straight(straight[-1], point, following):
            continue
        straight.append(point)
    drawn = [f"M{straight[0][0]:g} {straight[0][1]:g}"]
    for (x0, y0), (x1, y1), (x2, y2) in zip(straight, straight[1:], straight[2:], strict=False):
        far = min(ROUND, (abs(x1 - x0) + abs(y1 - y0)) / 2, (abs(x2 - x1) + abs(y2 - y1)) / 2)
        drawn.append(f"L{x1 - far * _sign(x1 - x0):g} {y1 - far * _sign(y1 - y0):g}")
        drawn.append(f"Q{x1:g} {y1:g} {x1 + far * _sign(x2 - x1):g} {y1 + far * _sign(y2 - y1):g}")
    return "".join([*drawn, f"L{straight[-1][0]:g} {straight[-1][1]:g}"])


def _is_straight(one: Point, two: Point, three: Point) -> bool:
    return one[0] == two[0] == three[0] or one[1] == two[1] == three[1]


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _is_open(below: Thing) -> bool:
    return below.kind == "label" and any(thing.kind == "gap" for thing in below.below)


def _tracks(layer: Iterable[Thing]) -> dict[int, int]:
    """The track of each bundle that has to turn aside: lines from one step part, lines to one step join."""
    bundles: dict[int, list[float]] = defaultdict(list)
    for above in layer:
        for below in above.below:
            if above.x != below.x and not _corner(above, below, layer):
                bundles[_bundle(above, below)] += [above.x, below.x]
    taken: list[float] = []  # how far to the right each track is taken
    found: dict[int, int] = {}
    for bundle, places in sorted(bundles.items(), key=lambda each: min(each[1])):
        track = next((at for at, end in enumerate(taken) if end + ROUND < min(places)), len(taken))
        if track == len(taken):
            taken.append(0)
        taken[track] = max(places)
        found[bundle] = track
    return found


def _bundle(above: Thing, below: Thing) -> int:
    return id(above) if len(above.below) > 1 else id(below)


def _corner(above: Thing, below: Thing, layer: Iterable[Thing]) -> int:
    """Whether a line leaves a step with several exits by its left (-1) or right (1) corner: if nothing stands there."""
    if above.kind != "step" or len(above.below) < 2:
        return 0
    side = (
        -1 if below.x < above.x - above.left - ROUND else 1 if below.x > above.x + above.right + ROUND else 0
    )
    ends = [other.x * side for other in above.below]
    if not side or below.x * side != max(ends):
        return 0
    low, high = sorted((above.x, below.x))
    others = (thing for thing in layer if thing is not above)
    return (
        0
        if any(
            thing.x + thing.right + ROUND > low and thing.x - thing.left - ROUND < high for thing in others
        )
        else side
    )


def _line(plan: Plan, above: Thing, below: Thing, tracks: dict[int, int]) -> list[Point]:
    bottom = plan.tops[above.layer] + plan.heights[above.layer]
    end = (below.x, below.y - (TIP if below.kind == "step" else 0))
    if side := _corner(above, below, plan.layers[above.layer]):
        edge = above.x + (above.right if side > 0 else -above.left)
        middle = above.y + above.height / 2
        return [(edge, middle), (below.x, middle), end]
    first = (above.x, above.y + above.height if above.kind == "step" else above.y)
    if above.x == below.x:
        return [first, end]
    turn = bottom + ABOVE + TRACK * tracks[_bundle(above, below)]
    return [first, (above.x, turn), (below.x, turn), end]


def _lanes(plan: Plan) -> dict[Thing, float]:
    """The lane at the side for each step that something leads back to."""
    targets = {id(to): to for _source, to in plan.backs}
    ordered = sorted(targets.values(), key=lambda to: -to.layer)
    return {to: plan.width + LANE * at for at, to in enumerate(ordered)}


def _around(source: Thing, to: Thing, out: float, lane: float, back: float) -> list[Point]:
    """Down from a step, aside between the layers, up in a lane, and from above into the step before."""
    enter = to.x + 30
    # The top of a decision slopes.
    top = to.y + (30 / to.right * to.height / 2 if to.is_pointed else 0) - TIP
    return [(source.x, source.y), (source.x, out), (lane, out), (lane, back), (enter, back), (enter, top)]


def tip(points: Sequence[Point]) -> str:
    """The head of an arrow at the end of a line."""
    (x0, y0), (x1, y1) = list(pairwise(points))[-1]
    if x0 == x1:
        return f"M{x1 - 3.5:g} {y1 - 6.5:g}L{x1:g} {y1:g}L{x1 + 3.5:g} {y1 - 6.5:g}"
    way = 6.5 if x1 < x0 else -6.5
    return f"M{x1 + way:g} {y1 - 3.5:g}L{x1:g} {y1:g}L{x1 + way:g} {y1 + 3.5:g}"

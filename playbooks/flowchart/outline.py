"""The same as the flowchart in words: a list of the steps, with what follows from an exit nested below it."""

from dataclasses import dataclass

from playbooks.graph import Graph, Way
from playbooks.models import Step

from .layers import backward

DEEPEST = 5


@dataclass(frozen=True)
class OutlineWay:
    """An exit. steps: what follows from it; else `then` and `title` name the step that does, 0 for nowhere."""

    label: str
    then: int = 0
    title: str = ""
    steps: tuple["OutlineStep", ...] = ()


@dataclass(frozen=True)
class OutlineStep:
    """ways: where it leads, empty if to the step that stands next in the list."""

    number: int
    key: str
    title: str
    kind: str
    kind_name: str
    ways: tuple[OutlineWay, ...] = ()
    is_reached: bool = True


def outline(graph: Graph) -> tuple[OutlineStep, ...]:
    """The steps from the start, each once; at the end those that nothing leads to."""
    return _Outline(graph).whole()


class _Outline:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = {node.key: node for node in graph.nodes}
        self.numbers = {node.key: number for number, node in enumerate(graph.nodes, 1)}
        back = backward(graph)
        self.comes = dict.fromkeys(self.nodes, 0)
        for node in graph.nodes:
            for way in node.exits:
                if way.to in self.nodes and (node.key, way.to) not in back:
                    self.comes[way.to] += 1
        # How many of the exits that lead to a step have not been told yet.
        self.waits = dict(self.comes)
        self.reached = graph.reached(graph.start.key) if graph.start else set()
        self.seen: set[str] = set()
        # Steps that several exits lead to: told where these meet again.
        self.due: dict[str, None] = {}

    def whole(self) -> tuple[OutlineStep, ...]:
        start = self.graph.start
        steps = self._sequence(start.key, 0) if start else []
        for key in self.nodes:
            if key not in self.seen:
                steps += self._sequence(key, 0)
        return tuple(steps)

    def _sequence(self, first: str, depth: int) -> list[OutlineStep]:
        steps: list[OutlineStep] = []
        key = first
        while key:
            self.seen.add(key)
            self.due.pop(key, None)
            before = set(self.due)
            ways, following = self._ways(key, depth)
            node = self.nodes[key]
            name = str(Step.Kind(node.kind.value).label)
            steps.append(
                OutlineStep(
                    self.numbers[key], key, node.title, node.kind.value, name, ways, key in self.reached
                )
            )
            key = following or self._meeting(depth, before, len(node.exits) > 1)
        return steps

    def _ways(self, key: str, depth: int) -> tuple[tuple[OutlineWay, ...], str]:
        """Where a step leads; or no ways and the step that stands next in the list."""
        exits = self.nodes[key].exits
        if len(exits) == 1 and self._goes_on(exits[0].to, depth):
            self.waits[exits[0].to] -= 1
            return (), exits[0].to
        return tuple(self._way(way, depth, len(exits) > 1) for way in exits), ""

    def _way(self, way: Way, depth: int, is_choice: bool) -> OutlineWay:
        to = way.to
        if to not in self.nodes:
            return OutlineWay(way.label)
        self.waits[to] -= 1
        if to not in self.seen:
            if is_choice and self.comes[to] == 1 and depth < DEEPEST:
                return OutlineWay(way.label, steps=tuple(self._sequence(to, depth + 1)))
            self.due[to] = None
        return OutlineWay(way.label, self.numbers[to], self.nodes[to].title)

    def _goes_on(self, to: str, depth: int) -> bool:
        if to not in self.nodes or to in self.seen:
            return False
        return self.comes[to] == 1 or (depth == 0 and (self.waits[to] == 1 or not self.due))

    def _meeting(self, depth: int, before: set[str], was_choice: bool) -> str:
        """A step that was put off: one that the exits of this choice meet at, or else, outermost, any."""
        if was_choice:
            for key in self.due:
                if self.waits[key] <= 0 and key not in before:
                    return key
        if depth:
            return ""
        ready = (key for key in self.due if self.waits[key] <= 0)
        return next(ready, next(iter(self.due), ""))

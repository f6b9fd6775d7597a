"""The rules of a playbook's graph: what each step needs, and what is wrong with it, told at the step.

Pure: knows no database. A draft may break these rules while it is written; nothing that breaks one is published.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

MOST_STEPS, MOST_EXITS = 100, 12
# What a key looks like where it is written as text. A dash stands inside and alone: two begin an arrow of a chart.
KEY = re.compile(r"(?!.{13})[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")


class Kind(StrEnum):
    START = "start"
    ACTION = "action"
    DECISION = "decision"
    SCRIPT = "script"
    CHECK = "check"
    HANDOFF = "handoff"
    END = "end"


# (fewest, most) exits of a kind.
EXITS = {
    Kind.START: (1, 1),
    Kind.ACTION: (1, 1),
    Kind.SCRIPT: (1, 1),
    Kind.HANDOFF: (1, 1),
    Kind.CHECK: (1, 2),
    Kind.DECISION: (2, MOST_EXITS),
    Kind.END: (0, 0),
}


@dataclass(frozen=True)
class Way:
    """An exit. to: the key of a step, empty while it leads nowhere."""

    label: str = ""
    to: str = ""


@dataclass(frozen=True)
class Node:
    """A step. key: the same in every version. team: whom a handoff goes to, by id."""

    key: str
    kind: Kind
    title: str
    body: str = ""
    say: str = ""
    is_required: bool = True
    team: int | None = None
    exits: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong: at a step, or at one of its exits; an empty key is the playbook as a whole."""

    key: str
    text: str
    exit: int | None = None


@dataclass(frozen=True)
class Graph:
    """The steps of a version in the order of the list. Keys are unique."""

    nodes: tuple[Node, ...] = ()

    def __getitem__(self, key: str) -> Node:
        """Raises KeyError."""
        for node in self.nodes:
            if node.key == key:
                return node
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(node.key == key for node in self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def start(self) -> Node | None:
        return next((node for node in self.nodes if node.kind == Kind.START), None)

    def number(self, key: str) -> int:
        """The place of a step in the list, from 1; 0 for none."""
        return next((at for at, node in enumerate(self.nodes, 1) if node.key == key), 0)

    def after(self, key: str) -> tuple[str, ...]:
        """The keys of the steps that a step leads to."""
        return tuple(way.to for way in self[key].exits if way.to in self)

    def reached(self, first: str) -> set[str]:
        """A step and all steps that one may come to from it."""
        return _spread([first], {node.key: self.after(node.key) for node in self.nodes})

    def ending(self) -> set[str]:
        """The steps from which an end can be come to."""
        back: dict[str, list[str]] = {node.key: [] for node in self.nodes}
        for node in self.nodes:
            for to in self.after(node.key):
                back[to].append(node.key)
        return _spread([node.key for node in self.nodes if node.kind == Kind.END], back)

    # --- Changes: each gives another graph, or raises Refused ------------------------------------------------------

    def put(self, node: Node, at: int | None = None) -> "Graph":
        """With a new step at a place of the list (from 0), else at its end."""
        if node.key in self:
            raise Refused(_("There is such a step already."))
        if len(self) >= MOST_STEPS:
            raise Refused(_("At most %(most)s steps: part the playbook.") % {"most": MOST_STEPS})
        nodes = list(self.nodes)
        nodes.insert(len(nodes) if at is None else max(at, 0), self._sound(node))
        return Graph(tuple(nodes))

    def change(self, node: Node) -> "Graph":
        """With a step as it is given."""
        self[node.key]
        sound = self._sound(node)
        return Graph(tuple(sound if each.key == node.key else each for each in self.nodes))

    def remove(self, key: str) -> "Graph":
        """Without a step; what led to it leads nowhere until somebody says where."""
        self[key]
        kept = [
            replace(node, exits=tuple(replace(way, to="") if way.to == key else way for way in node.exits))
            for node in self.nodes
            if node.key != key
        ]
        return Graph(tuple(kept))

    def move(self, key: str, at: int) -> "Graph":
        """With a step at another place of the list (from 0); where it leads stays."""
        node = self[key]
        others = [each for each in self.nodes if each.key != key]
        others.insert(min(max(at, 0), len(others)), node)
        return Graph(tuple(others))

    def _sound(self, node: Node) -> Node:
        if len(node.exits) > MOST_EXITS:
            raise Refused(_("At most %(most)s exits at a step.") % {"most": MOST_EXITS})
        if gone := [way.to for way in node.exits if way.to and way.to not in self and way.to != node.key]:
            raise Refused(_("There is no step %(key)s to lead to.") % {"key": gone[0]})
        return node


class Refused(ValueError):
    """A change that would leave no graph; the message says why."""


def graph_of(nodes: Iterable[Node]) -> Graph:
    """A graph of steps that come from outside. Raises Refused."""
    listed = list(nodes)
    if len(listed) > MOST_STEPS:
        raise Refused(_("At most %(most)s steps: part the playbook.") % {"most": MOST_STEPS})
    if len({node.key for node in listed}) != len(listed):
        raise Refused(_("Two steps have the same key."))
    whole = Graph(tuple(listed))
    for node in listed:
        whole._sound(node)
    return whole


def problems(graph: Graph) -> list[Problem]:
    """Everything that keeps a graph from being published, in the order of its steps."""
    found = list(_of_the_whole(graph))
    start = graph.start
    reached = graph.reached(start.key) if start else set()
    ending = graph.ending()
    for node in graph.nodes:
        found += _of_step(graph, node)
        if start and node.key not in reached:
            found.append(Problem(node.key, _("Nothing leads here, so no rep would ever see it.")))
        elif node.key not in ending and all(way.to in graph for way in node.exits) and node.exits:
            found.append(
                Problem(node.key, _("From here no end can be reached: the steps go round in a circle."))
            )
    return found


def _of_the_whole(graph: Graph) -> Iterable[Problem]:
    starts = [node for node in graph.nodes if node.kind == Kind.START]
    if not starts:
        yield Problem("", _("It needs a start: what has happened when a rep opens it."))
    for node in starts[1:]:
        yield Problem(node.key, _("There is a start already; a playbook has one."))
    if not any(node.kind == Kind.END for node in graph.nodes):
        yield Problem("", _("It needs an end."))


def _of_step(graph: Graph, node: Node) -> Iterable[Problem]:
    if not node.title.strip():
        yield Problem(node.key, _("Give the step a title."))
    if node.kind == Kind.SCRIPT and not node.say.strip():
        yield Problem(node.key, _("A script needs the words to say."))
    yield from _of_exits(graph, node)


def _of_exits(graph: Graph, node: Node) -> Iterable[Problem]:
    fewest, most = EXITS[node.kind]
    if len(node.exits) < fewest:
        if node.kind == Kind.DECISION:
            yield Problem(node.key, _("A decision needs two exits or more."))
        else:
            yield Problem(node.key, _("Say what comes next, or make it an end."))
    if len(node.exits) > most:
        too_many = _("Only a decision or a check has several exits.")
        yield Problem(node.key, _("An end leads nowhere.") if node.kind == Kind.END else too_many)
    labels: set[str] = set()
    for number, way in enumerate(node.exits):
        if way.to not in graph:
            stuck = _(
                "This exit leads nowhere, so a rep would be stuck here. Choose a step, or remove the exit."
            )
            yield Problem(node.key, stuck, number)
        elif way.to == node.key:
            yield Problem(node.key, _("This exit leads back to its own step."), number)
        if len(node.exits) > 1:
            label = way.label.strip().casefold()
            if not label:
                yield Problem(node.key, _("Name the exit, so that a rep can choose it."), number)
            elif label in labels:
                yield Problem(node.key, _("Two exits have this name."), number)
            labels.add(label)


def _spread(first: Sequence[str], leads: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(first)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += leads.get(key, ())
    return found

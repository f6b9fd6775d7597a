"""What the log of a run comes to. Pure: the same log over the same graph always gives the same state."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .graph import Graph, Kind, Node, Refused


@dataclass(frozen=True)
class Entry:
    """A move of a run. exit: the place of the exit that was taken. receiver: whom it was handed to, by id."""

    move: str
    step: str
    exit: int | None = None
    text: str = ""
    actor: int | None = None
    receiver: int | None = None


@dataclass(frozen=True)
class Passed:
    """A step behind the present one, and how it was left."""

    step: str
    move: str
    exit: int | None
    text: str


@dataclass(frozen=True)
class Position:
    """Where a run stands. step: the key of the present one. path: the steps left behind, oldest first."""

    state: str = "active"
    step: str = ""
    holder: int | None = None
    path: tuple[Passed, ...] = field(default=())


# What leaves a step, and so can be undone.
LEAVES = ("done", "chosen", "skipped")


def replay(graph: Graph, log: Iterable[Entry]) -> Position:
    """The state after a log. Raises Refused for a log that the graph does not allow."""
    position = Position()
    for entry in log:
        position = follow(graph, position, entry)
    return position


def follow(graph: Graph, at: Position, entry: Entry) -> Position:
    """The state after one more move. Raises Refused, with words for whoever tried it."""
    if entry.move == "started":
        if at.step:
            raise Refused(_("It has started already."))
        return Position("active", entry.step, entry.actor)
    if entry.move == "noted":
        return at
    if entry.move == "undone":
        return _back(at)
    if at.state != "active":
        raise Refused(_("This run has ended."))
    if entry.step != at.step:
        raise Refused(_("Somebody has moved on meanwhile; this is where it stands now."))
    if entry.move == "handed":
        return Position(at.state, at.step, entry.receiver, at.path)
    if entry.move == "taken":
        return Position(at.state, at.step, entry.actor, at.path)
    if entry.move == "abandoned":
        return Position("abandoned", at.step, at.holder, at.path)
    if entry.move == "completed":
        return _complete(graph, at)
    if entry.move in LEAVES:
        return _on(graph, at, entry)
    raise Refused(_("There is no such move."))


def way_on(node: Node, exit: int | None) -> str:
    """Where a step leads by an exit; one that has a single exit needs no choice. Raises Refused."""
    if node.kind == Kind.END:
        raise Refused(_("This is the end."))
    if exit is None:
        if len(node.exits) > 1:
            raise Refused(_("Choose one of the exits."))
        exit = 0
    if not 0 <= exit < len(node.exits):
        raise Refused(_("This step has no such exit."))
    return node.exits[exit].to


def _on(graph: Graph, at: Position, entry: Entry) -> Position:
    node = graph[at.step]
    if entry.move == "skipped" and node.is_required and not entry.text.strip():
        raise Refused(_("Say why this step is skipped."))
    to = way_on(node, entry.exit)
    passed = Passed(at.step, entry.move, entry.exit, entry.text)
    return Position("active", to, at.holder, (*at.path, passed))


def _complete(graph: Graph, at: Position) -> Position:
    if graph[at.step].kind != Kind.END:
        raise Refused(_("There are steps to go before the end."))
    return Position("completed", at.step, at.holder, at.path)


def _back(at: Position) -> Position:
    """One step back; of a run that has ended, back into it."""
    if at.state != "active":
        return Position("active", at.step, at.holder, at.path)
    if not at.path:
        raise Refused(_("This is the first step."))
    return Position("active", at.path[-1].step, at.holder, at.path[:-1])

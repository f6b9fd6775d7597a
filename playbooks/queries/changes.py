"""What differs between two versions: steps that are new, changed or removed, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from playbooks.graph import Graph, Node
from playbooks.models import Step, Version

# Longer texts are compared line by line.
MOST_WORDS = 600
# How many words stand before and after a change where only a part is shown.
AROUND = 6


@dataclass(frozen=True)
class Piece:
    """Some words of a text. state: "" in both, "new" or "gone"."""

    text: str
    state: str = ""


@dataclass(frozen=True)
class Difference:
    """A field of a step, as one text with what went and what came."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def short(self) -> tuple[Piece, ...]:
        """Only what changed, and some words around it."""
        last = len(self.pieces) - 1
        return tuple(
            piece if piece.state else Piece(_cut(piece.text, at > 0, at < last))
            for at, piece in enumerate(self.pieces)
        )


@dataclass(frozen=True)
class StepChange:
    """A step that is new, changed or removed. number: its place in the version that has it."""

    node: Node
    state: str
    number: int
    differences: tuple[Difference, ...] = ()
    # Whether a rep does something else now; other words alone are no such change.
    is_material: bool = True


@dataclass(frozen=True)
class Changes:
    """From one version to another. is_first: there is none before."""

    steps: tuple[StepChange, ...] = ()
    is_first: bool = False
    is_reordered: bool = False

    def of(self, state: str) -> list[StepChange]:
        return [each for each in self.steps if each.state == state]

    @property
    def new(self) -> list[StepChange]:
        return self.of("new")

    @property
    def changed(self) -> list[StepChange]:
        return self.of("changed")

    @property
    def removed(self) -> list[StepChange]:
        return self.of("removed")

    @property
    def is_none(self) -> bool:
        return not self.steps and not self.is_reordered and not self.is_first

    @property
    def suggestion(self) -> str:
        """Material as soon as a rep does something else."""
        is_material = self.is_first or any(each.is_material for each in self.steps)
        return Version.Change.MATERIAL if is_material else Version.Change.EDITORIAL


def changes(old: Graph | None, new: Graph, teams: dict[int, str] | None = None) -> Changes:
    """What is another one in `new`, in its order; what was removed stands where it stood. teams: their names."""
    if old is None:
        return Changes(is_first=True)
    before = {node.key: node for node in old.nodes}
    kept = {node.key for node in new.nodes}
    found: list[StepChange] = []
    for number, node in enumerate(new.nodes, 1):
        if node.key not in before:
            found.append(StepChange(node, "new", number))
        elif node != before[node.key]:
            found.append(_changed(old, new, before[node.key], node, number, teams or {}))
    found += [
        StepChange(node, "removed", number)
        for number, node in enumerate(old.nodes, 1)
        if node.key not in kept
    ]
    both = [node.key for node in new.nodes if node.key in before]
    is_reordered = both != [node.key for node in old.nodes if node.key in kept]
    return Changes(tuple(found), is_reordered=is_reordered)


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """A text with what went and what came."""
    first, second = _words(old), _words(new)
    if max(len(first), len(second)) > MOST_WORDS:
        first, second = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(first), len(second)) > MOST_WORDS:
        first, second = [old], [new]
    found: list[Piece] = []
    for move, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if move == "equal":
            found.append(Piece("".join(first[i:j])))
            continue
        found += [Piece("".join(first[i:j]), "gone")] if j > i else []
        found += [Piece("".join(second[k:m]), "new")] if m > k else []
    return tuple(found)


def _changed(
    old: Graph, new: Graph, before: Node, node: Node, number: int, teams: dict[int, str]
) -> StepChange:
    texts = (
        (_("Title"), before.title, node.title),
        (_("What to do"), before.body, node.body),
        (_("Say"), before.say, node.say),
    )
    found = [Difference(label, pieces(was, now)) for label, was, now in texts if was != now]
    deeds: list[tuple[str, str, str]] = []
    if before.kind != node.kind:
        deeds.append((_("Kind"), str(Step.Kind(before.kind).label), str(Step.Kind(node.kind).label)))
    if before.is_required != node.is_required:
        yes, no = _("Yes"), _("No")
        was, now = (yes, no) if before.is_required else (no, yes)
        deeds.append((_("Required"), was, now))
    if before.team != node.team:
        nobody = _("nobody")
        deeds.append((_("Team"), teams.get(before.team or 0, nobody), teams.get(node.team or 0, nobody)))
    if before.exits != node.exits:
        deeds.append((_("Exits"), _exits(old, before), _exits(new, node)))
    for label, was, now in deeds:
        found.append(Difference(label, (Piece(was, "gone"), Piece(" "), Piece(now, "new"))))
    return StepChange(node, "changed", number, tuple(found), is_material=bool(deeds))


def _exits(graph: Graph, node: Node) -> str:
    return "; ".join(_told(graph, way.label, way.to) for way in node.exits) or _("none")


def _told(graph: Graph, label: str, to: str) -> str:
    where = graph[to].title if to in graph else _("nowhere")
    return f"{label} → {where}" if label else f"→ {where}"


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)


def _cut(text: str, has_before: bool, has_after: bool) -> str:
    """The words of an unchanged piece that stand beside a change."""
    words = _words(text)
    if len(words) <= 4 * AROUND:
        return text
    head = words[: 2 * AROUND] if has_before else []
    tail = words[-2 * AROUND :] if has_after else []
    return "".join([*head, " … " if head or tail else "", *tail])

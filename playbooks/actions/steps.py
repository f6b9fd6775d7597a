"""Small edits of a draft: each loads the steps as they stand, changes them, and saves them.

Two people may edit one draft. What one of them changes at another step is kept; who writes at a step that somebody
else has changed or removed meanwhile is asked first (EditConflict).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import drop_draft, save_draft
from accounts.models import Member, Team
from customers.actions.conflict import EditConflict
from playbooks.graph import MOST_EXITS, Graph, Kind, Node, Refused, Way
from playbooks.models import Version
from playbooks.queries.graphs import graph_of
from playbooks.queries.removed import Removed, content_of, mark_of, place_of_removed, removed_of

from .drafts import locked, new_key, save_graph

MOST_REMOVED = 20


@dataclass(frozen=True)
class Written:
    """The open step as its form has it. seen: the mark of the step when the form was made; branches: the places of
    the exits that are to lead to a new step."""

    node: Node
    seen: str = ""
    branches: tuple[int, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What an editor had before them: how many edits, and the open step as they wrote it. edits None does not ask.

    is_over: they have seen what somebody else wrote at the step meanwhile, and want their own.
    """

    edits: int | None = None
    written: Written | None = None
    is_over: bool = False


NOTHING = Seen()


@transaction.atomic
def write_step(*, actor: Member, draft: Version, seen: Seen) -> Version:
    """Saves the open step."""
    return _edit(actor, draft, seen, lambda graph: graph)


@transaction.atomic
def add_step(
    *, actor: Member, draft: Version, after: str, kind: Kind = Kind.ACTION, seen: Seen = NOTHING
) -> tuple[Version, str]:
    """A step after another one, and between it and what comes next if there is one way only. Gives its key too."""
    key = new_key()
    return _edit(actor, draft, seen, lambda graph: with_next(graph, after, Node(key, kind, ""))), key


@transaction.atomic
def move_step(*, actor: Member, draft: Version, key: str, by: int, seen: Seen = NOTHING) -> Version:
    """Up or down the list; where it leads stays."""

    def moved(graph: Graph) -> Graph:
        graph[key]
        return graph.move(key, graph.number(key) - 1 + by)

    return _edit(actor, draft, seen, moved)


@transaction.atomic
def remove_step(*, actor: Member, draft: Version, key: str, mark: str = "", seen: Seen = NOTHING) -> Version:
    """Without a step, which is kept for as long as the draft is, so that its remover can bring it back.

    mark: of the step as the remover saw it; raises EditConflict if it reads otherwise now.
    """
    is_open = seen.written is not None and seen.written.node.key == key

    def without(graph: Graph) -> Graph:
        node = graph[key]
        if mark and not is_open and seen.edits != draft.edits and mark_of(node) != mark:
            raise EditConflict(draft, draft.edits)
        leads = tuple(
            (each.key, place)
            for each in graph.nodes
            for place, way in enumerate(each.exits)
            if way.to == key and each.key != key
        )
        kept = [each for each in removed_of(actor, draft) if each.node.key != key][-MOST_REMOVED + 1 :]
        kept.append(Removed(node, graph.number(key) - 1, leads))
        save_draft(actor=actor, place=place_of_removed(draft), content=content_of(kept))
        return graph.remove(key)

    draft = locked(actor, draft)
    return _edit(actor, draft, seen, without)


@transaction.atomic
def return_step(
    *, actor: Member, draft: Version, key: str, base: Version | None = None, seen: Seen = NOTHING
) -> Version:
    """A removed step where it was; exits that led to it and lead nowhere now lead to it again.

    Of those that somebody else removed, what stands in `base`, the version in use, is brought back.
    """
    kept = removed_of(actor, draft)
    found = next((each for each in kept if each.node.key == key), None) or _of_base(base, key)
    if found is None:
        raise Refused(_("There is nothing to bring back."))
    if not Team.objects.filter(company_id=actor.company_id, id=found.node.team or 0).exists():
        found = replace(found, node=replace(found.node, team=None))
    draft = _edit(actor, draft, seen, lambda graph: with_returned(graph, found))
    left = [each for each in kept if each.node.key != key]
    if left:
        save_draft(actor=actor, place=place_of_removed(draft), content=content_of(left))
    elif kept:
        drop_draft(actor=actor, place=place_of_removed(draft))
    return draft


@transaction.atomic
def add_exit(*, actor: Member, draft: Version, key: str, seen: Seen = NOTHING) -> Version:
    """Another exit, which leads nowhere yet."""

    def widened(graph: Graph) -> Graph:
        node = graph[key]
        return graph.change(replace(node, exits=(*node.exits, Way())))

    return _edit(actor, draft, seen, widened)


@transaction.atomic
def remove_exit(*, actor: Member, draft: Version, key: str, place: int, seen: Seen = NOTHING) -> Version:
    """place: from 0. What it led to stays."""

    def narrowed(graph: Graph) -> Graph:
        node = graph[key]
        if place >= len(node.exits):
            raise Refused(_("This exit is gone already."))
        return graph.change(replace(node, exits=node.exits[:place] + node.exits[place + 1 :]))

    return _edit(actor, draft, seen, narrowed)


def with_next(graph: Graph, after: str, node: Node) -> Graph:
    """With a new step behind another one: on its way if it has one, at its first open exit if it has several."""
    if not after:
        return graph.put(node)
    before = graph[after]
    ways = list(before.exits)
    leads = Way()
    if not ways and before.kind != Kind.END:
        ways.append(Way(to=node.key))
    elif len(ways) == 1 and before.kind != Kind.DECISION:
        leads = Way(to=ways[0].to if ways[0].to != before.key else "")
        ways[0] = replace(ways[0], to=node.key)
    else:
        free = next((place for place, way in enumerate(ways) if not way.to), None)
        if free is not None:
            ways[free] = replace(ways[free], to=node.key)
    exits = () if node.kind == Kind.END else (leads,)
    put = graph.put(replace(node, exits=exits), graph.number(after))
    return put.change(replace(before, exits=tuple(ways)))


def with_returned(graph: Graph, removed: Removed) -> Graph:
    """With a step that was removed, and the exits to it that still lead nowhere."""
    node = removed.node
    known = tuple(replace(way, to=way.to if way.to in graph else "") for way in node.exits)
    graph = graph.put(replace(node, exits=known), removed.at)
    for key, place in removed.leads:
        if key in graph and place < len(graph[key].exits) and not graph[key].exits[place].to:
            ways = list(graph[key].exits)
            ways[place] = replace(ways[place], to=node.key)
            graph = graph.change(replace(graph[key], exits=tuple(ways)))
    return graph


def _edit(actor: Member, draft: Version, seen: Seen, change: Callable[[Graph], Graph]) -> Version:
    draft = locked(actor, draft)
    if not draft.is_open:
        raise ValidationError(_("This version is not a draft any more."))
    stands = graph_of(draft)
    try:
        graph = change(_with_written(draft, stands, seen))
    except KeyError:
        raise Refused(_("This step is gone: somebody removed it.")) from None
    if graph == stands:
        return draft
    return save_graph(actor=actor, draft=draft, graph=graph, edits=draft.edits)


def _with_written(draft: Version, graph: Graph, seen: Seen) -> Graph:
    written = seen.written
    if written is None:
        return graph
    node, is_stale = written.node, seen.edits is not None and seen.edits != draft.edits
    if len(node.exits) > MOST_EXITS:
        raise Refused(_("At most %(most)s exits at a step.") % {"most": MOST_EXITS})
    if is_stale and (
        node.key not in graph or (mark_of(graph[node.key]) != written.seen and graph[node.key] != node)
    ):
        raise EditConflict(draft, draft.edits)
    if is_stale or seen.is_over or node.key not in graph:
        # Somebody else may have removed what it led to: then it leads nowhere, and the step says so.
        reachable = (*(each.key for each in graph.nodes), node.key)
        known = tuple(replace(way, to=way.to if way.to in reachable else "") for way in node.exits)
        node = replace(node, exits=known)
    graph = graph.change(node) if node.key in graph else graph.put(node)
    for place in written.branches:
        graph = _branched(graph, node.key, place)
    return graph


def _branched(graph: Graph, key: str, place: int) -> Graph:
    """With a new step at an exit."""
    new = Node(new_key(), Kind.ACTION, "", exits=(Way(),))
    graph = graph.put(new, graph.number(key))
    ways = list(graph[key].exits)
    ways[place] = replace(ways[place], to=new.key)
    return graph.change(replace(graph[key], exits=tuple(ways)))


def _of_base(base: Version | None, key: str) -> Removed | None:
    if base is None:
        return None
    graph = graph_of(base)
    if key not in graph:
        return None
    leads = tuple(
        (each.key, place)
        for each in graph.nodes
        for place, way in enumerate(each.exits)
        if way.to == key and each.key != key
    )
    return Removed(graph[key], graph.number(key) - 1, leads)

"""Two people at one step of a draft: what the one saved, and what the other one wants to."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Team
from playbooks.graph import Graph, Node
from playbooks.models import Step, Version


@dataclass(frozen=True)
class Side:
    """A field on which the two differ."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Meeting:
    """who: saved last; is_gone: the step was removed."""

    who: str
    at: datetime | None
    edits: int
    number: int
    is_gone: bool
    sides: tuple[Side, ...]


def meeting(version: Version, graph: Graph, mine: Node | None) -> Meeting:
    """mine: the step as its writer has it, None where somebody else's step was to be removed."""
    stands = graph[mine.key] if mine is not None and mine.key in graph else None
    sides = _sides(version, graph, stands, mine) if stands is not None and mine is not None else ()
    return Meeting(
        who=version.edited_by.name if version.edited_by else _("Somebody"),
        at=version.edited_at,
        edits=version.edits,
        number=graph.number(mine.key) if mine else 0,
        is_gone=mine is not None and stands is None,
        sides=tuple(sides),
    )


def _sides(version: Version, graph: Graph, theirs: Node, mine: Node) -> list[Side]:
    said = [
        (_("Title"), theirs.title, mine.title),
        (_("Kind"), str(Step.Kind(theirs.kind).label), str(Step.Kind(mine.kind).label)),
        (_("What to do"), theirs.body, mine.body),
        (_("Say"), theirs.say, mine.say),
        (_("Required"), *(_("Yes") if each.is_required else _("No") for each in (theirs, mine))),
        (_("Team"), *(_team(version, each.team) for each in (theirs, mine))),
        (_("Exits"), *(_exits(graph, each) for each in (theirs, mine))),
    ]
    return [Side(label, first, second) for label, first, second in said if first != second]


def _team(version: Version, team: int | None) -> str:
    if team is None:
        return ""
    found = Team.objects.filter(company_id=version.company_id, id=team).first()
    return found.name if found else ""


def _exits(graph: Graph, node: Node) -> str:
    ways = ((way.label, graph[way.to].title if way.to in graph else _("nowhere")) for way in node.exits)
    return "; ".join(f"{label} → {title}" for label, title in ways)

"""What somebody reads: a version of a playbook, how far it can be trusted, and what others say is wrong with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Member, Team
from playbooks.graph import Graph, Node
from playbooks.models import Acknowledgement, Flag, Playbook, Step, Version
from playbooks.models.playbook import Trust
from playbooks.permissions import can_answer_flag, can_draft, can_verify

from .graphs import graph_of
from .lists import team_today

OUT = (Version.State.PUBLISHED, Version.State.SUPERSEDED)


@dataclass(frozen=True)
class ExitRead:
    """to: the number of the step that it leads to."""

    label: str
    to: int
    title: str


@dataclass(frozen=True)
class StepRead:
    """flags: what is said to be wrong, and not answered yet."""

    number: int
    node: Node
    kind_name: str
    team: str
    exits: list[ExitRead]
    flags: list[Any]


@dataclass(frozen=True)
class Reading:
    """version: what is read, or None while nothing is published. newest: what is in use, or None.

    read_at: when the reader said that they have read it. is_asked: they have not, or not since it last changed what a
    rep does; knew is the number of the version that they had read before, 0 for none.
    """

    playbook: Any
    version: Any
    newest: Any
    at_work: Any
    earlier: list[Any]
    graph: Graph
    steps: list[StepRead]
    stray_flags: list[Any]
    trust: Trust
    read_at: datetime | None
    is_asked: bool
    knew: int
    readers: int
    may_verify: bool
    may_answer: bool
    may_edit: bool

    @property
    def is_in_use(self) -> bool:
        return self.version is not None and self.version == self.newest and not self.is_archived

    @property
    def is_archived(self) -> bool:
        return self.playbook.archived_at is not None


def reading(member: Member, playbook: Playbook, number: int | None = None) -> Reading | None:
    """A version by its number, else the one in use. None if there is no such version to be read."""
    found = Version.objects.filter(company_id=member.company_id, playbook=playbook)
    versions = list(found.select_related("author", "approver").order_by("-number"))
    out = [version for version in versions if version.state in OUT]
    newest = next((version for version in out if version.state == Version.State.PUBLISHED), None)
    version = newest if number is None else next((each for each in out if each.number == number), None)
    if version is None and number is not None:
        return None
    graph = graph_of(version) if version else Graph()
    flags = _flags(out)
    team = team_today(member).first()
    stands = playbook.archived_at is None
    acknowledged = list(Acknowledgement.objects.filter(company_id=member.company_id, version__in=out))
    read_at, is_asked, knew = _read(member, newest, out, acknowledged)
    return Reading(
        playbook=playbook,
        version=version,
        newest=newest,
        at_work=next((each for each in versions if each.state not in OUT), None),
        earlier=[each for each in out if each != version],
        graph=graph,
        steps=_steps(member.company_id, graph, flags),
        stray_flags=[flag for key, listed in flags.items() if key not in graph for flag in listed],
        trust=playbook.trust(member.company.today()),
        read_at=read_at,
        is_asked=stands and is_asked and version == newest,
        knew=knew,
        readers=len({said.member_id for said in acknowledged if newest and said.version_id == newest.id}),
        may_verify=stands and can_verify(member, playbook, team),
        may_answer=stands and can_answer_flag(member, playbook, team),
        may_edit=stands and can_draft(member),
    )


def _read(
    member: Member, newest: Version | None, out: list[Version], acknowledged: list[Acknowledgement]
) -> tuple[datetime | None, bool, int]:
    """When it was read, whether it is asked for, and what was read before. An editorial version asks nobody again."""
    if newest is None:
        return None, False, 0
    own = {said.version_id: said.acknowledged_at for said in acknowledged if said.member_id == member.id}
    material = max((each.number for each in out if each.change == Version.Change.MATERIAL), default=1)
    read = [each for each in out if each.id in own]
    since = [own[each.id] for each in read if each.number >= material]
    return max(since, default=None), not since, max((each.number for each in read), default=0)


def _steps(company_id: int, graph: Graph, flags: dict[str, list[Flag]]) -> list[StepRead]:
    numbers = {node.key: number for number, node in enumerate(graph.nodes, 1)}
    wanted = {node.team for node in graph.nodes if node.team}
    rows = Team.objects.filter(company_id=company_id, id__in=wanted).values_list("id", "name")
    teams = dict(rows) if wanted else {}
    titles = {node.key: node.title for node in graph.nodes}
    return [
        StepRead(
            number,
            node,
            str(Step.Kind(node.kind.value).label),
            teams.get(node.team, "") if node.team else "",
            [ExitRead(way.label, numbers[way.to], titles[way.to]) for way in node.exits if way.to in numbers],
            flags.get(node.key, []),
        )
        for number, node in enumerate(graph.nodes, 1)
    ]


def _flags(out: list[Version]) -> dict[str, list[Flag]]:
    """Open flags of all versions by the key of their step, oldest first."""
    found: dict[str, list[Flag]] = defaultdict(list)
    if out:
        rows = Flag.objects.filter(company_id=out[0].company_id, version__in=out, answered_at__isnull=True)
        for flag in rows.select_related("author", "version").order_by("flagged_at"):
            found[flag.step_key].append(flag)
    return dict(found)

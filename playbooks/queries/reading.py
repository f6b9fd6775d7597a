"""What somebody reads: a version of a playbook, how far it can be trusted, and what others say is wrong with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Member, Team
from cs_platform.lib import clock
from playbooks.graph import Graph, Node
from playbooks.models import Acknowledgement, Flag, Playbook, Step, Version
from playbooks.models.playbook import Trust
from playbooks.permissions import can_answer_flag, can_ask_readers, can_draft, can_verify

from .graphs import graph_of
from .lists import team_today
from .readers import OUT, counts_from, to_ask_again, was_asked
from .said_elsewhere import Said, said_of


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
class Known:
    """What a reader has said that they read. at: when, None if that does not count any more or was never said; number:
    the newest version that they read, 0 for none, and last: when. is_stale: what they read has not changed, but it is
    long ago and readers were asked again."""

    at: datetime | None = None
    number: int = 0
    last: datetime | None = None
    is_stale: bool = False


@dataclass(frozen=True)
class Reading:
    """version: what is read, or None while nothing is published. newest: what is in use, or None.

    to_ask: how many others can be asked to read it again, None for a reader who cannot ask.
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
    known: Known
    readers: int
    to_ask: int | None
    may_verify: bool
    may_answer: bool
    may_edit: bool
    said: list[Said]

    @property
    def is_in_use(self) -> bool:
        return self.version is not None and self.version == self.newest and not self.is_archived

    @property
    def is_archived(self) -> bool:
        return self.playbook.archived_at is not None

    @property
    def is_asked(self) -> bool:
        """The reader is asked to read it."""
        return self.is_in_use and self.known.at is None

    @property
    def was_asked(self) -> bool:
        return was_asked(self.playbook, clock.now())


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
        known=_known(playbook, out, [said for said in acknowledged if said.member_id == member.id]),
        readers=len({said.member_id for said in acknowledged if newest and said.version_id == newest.id}),
        to_ask=_to_ask(member, playbook) if stands and newest else None,
        may_verify=stands and can_verify(member, playbook, team),
        may_answer=stands and can_answer_flag(member, playbook, team),
        may_edit=stands and can_draft(member),
        said=said_of(member, playbook) if stands else [],
    )


def _known(playbook: Playbook, out: list[Version], said: list[Acknowledgement]) -> Known:
    """out: versions that were ever published. An editorial version asks nobody again."""
    own = {each.version_id: each.acknowledged_at for each in said}
    material = max((each.number for each in out if each.change == Version.Change.MATERIAL), default=1)
    read = [each for each in out if each.id in own]
    since = [own[each.id] for each in read if each.number >= material]
    counts = counts_from(playbook)
    counting = [at for at in since if counts is None or at > counts]
    return Known(
        at=max(counting, default=None),
        number=max((each.number for each in read), default=0),
        last=max(own.values(), default=None),
        is_stale=bool(since) and not counting,
    )


def _to_ask(member: Member, playbook: Playbook) -> int | None:
    if not can_ask_readers(member, playbook):
        return None
    now = clock.now()
    return 0 if was_asked(playbook, now) else len(to_ask_again(playbook, now) - {member.id})


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

"""What waits for a review, and what a reviewer reads."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Member, Team
from playbooks.graph import Graph, Node
from playbooks.models import Step, Version
from playbooks.permissions import can_approve, can_set_up

from .changes import Changes, StepChange, changes
from .flags import FlagAsked, flags_to_answer
from .graphs import graphs_of


@dataclass(frozen=True)
class Waiting:
    """A version in review. is_asked: by name. may_answer: the reader may approve it or send it back."""

    version: Any
    is_asked: bool
    may_answer: bool
    is_own: bool


@dataclass(frozen=True)
class Exit:
    label: str
    to: int
    title: str


@dataclass(frozen=True)
class StepRead:
    """A step as it is read. change: what it changes against the version in use, None for nothing."""

    number: int
    node: Node
    kind_name: str
    exits: list[Exit]
    team: str
    change: StepChange | None


@dataclass(frozen=True)
class ReviewPage:
    """published: what is in use, or None for the first version. changes: from that one to this one. flags: what readers
    said is wrong, which this version may answer."""

    version: Any
    published: Version | None
    steps: list[StepRead]
    changes: Changes
    may_answer: bool
    is_own: bool
    writers: list[Member]
    flags: list[FlagAsked]


def in_review(member: Member) -> QuerySet[Version]:
    """What a member may read before it is published: what they wrote, what they are asked about, or all of it for
    whoever sets up."""
    rows = Version.objects.visible_to(member).filter(
        state=Version.State.IN_REVIEW, playbook__archived_at__isnull=True
    )
    if can_set_up(member):
        return rows
    return rows.filter(
        Q(editors__contains=[member.id])
        | Q(reviewer=member)
        | Q(playbook__owner=member)
        | Q(playbook__verifier=member)
    )


def waiting(member: Member, whose: str) -> list[Waiting]:
    """What waits, the longest first. whose: "mine" is what the member can answer, "all" also what they wrote."""
    rows = in_review(member).select_related("playbook__scenario", "author", "reviewer")
    listed = [_waiting(member, version) for version in rows.order_by("sent_at", "id")]
    found = [row for row in listed if whose == "all" or row.may_answer]
    return sorted(found, key=lambda row: not row.is_asked)


def review_page(member: Member, version: Version) -> ReviewPage:
    """What a reviewer reads: the steps, and against what is in use what each of them changes."""
    published = Version.objects.filter(
        company_id=member.company_id, playbook_id=version.playbook_id, state=Version.State.PUBLISHED
    ).first()
    ids = [version.id] + ([published.id] if published else [])
    graphs = graphs_of(member.company_id, ids)
    now, before = graphs[version.id], graphs[published.id] if published else None
    teams = _teams(member.company_id, now, before)
    found = changes(before, now, teams)
    writers = Member.objects.filter(company_id=member.company_id, id__in=version.editors).order_by("name")
    return ReviewPage(
        version=version,
        published=published,
        steps=_steps(now, found, teams),
        changes=found,
        may_answer=can_approve(member, version),
        is_own=member.id in version.editors,
        writers=list(writers),
        flags=flags_to_answer(version.playbook, before, now, {each.node.key for each in found.steps}),
    )


def _waiting(member: Member, version: Any) -> Waiting:
    return Waiting(
        version=version,
        is_asked=version.reviewer_id == member.id,
        may_answer=can_approve(member, version),
        is_own=member.id in version.editors,
    )


def _teams(company_id: int, *graphs: Graph | None) -> dict[int, str]:
    ids = {node.team for graph in graphs if graph for node in graph.nodes if node.team}
    if not ids:
        return {}
    return dict(Team.objects.filter(company_id=company_id, id__in=ids).values_list("id", "name"))


def _steps(graph: Graph, found: Changes, teams: dict[int, str]) -> list[StepRead]:
    changed = {each.node.key: each for each in (*found.new, *found.changed)}
    numbers = {node.key: number for number, node in enumerate(graph.nodes, 1)}
    titles = {node.key: node.title for node in graph.nodes}
    return [
        StepRead(
            number=numbers[node.key],
            node=node,
            kind_name=str(Step.Kind(node.kind.value).label),
            exits=[Exit(way.label, numbers.get(way.to, 0), titles.get(way.to, "")) for way in node.exits],
            team=teams.get(node.team or 0, ""),
            change=changed.get(node.key),
        )
        for node in graph.nodes
    ]

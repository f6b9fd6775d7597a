"""The page on which a draft is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Member, Role, Team
from playbooks.graph import Graph, Kind, Node, Problem, problems
from playbooks.models import Acknowledgement, Playbook, Run, Step, Version

from .changes import Changes, Difference, changes
from .graphs import graphs_of
from .removed import mark_of, removed_of

ICONS = {
    Kind.START: "flag",
    Kind.ACTION: "bolt",
    Kind.DECISION: "arrows-split",
    Kind.SCRIPT: "quote",
    Kind.CHECK: "checkbox",
    Kind.HANDOFF: "transfer",
    Kind.END: "player-stop",
}
AT_WORK = (Version.State.DRAFT, Version.State.IN_REVIEW)


@dataclass(frozen=True)
class Row:
    """A step of the list. state: "", "new", "changed", or "removed" for one that is gone and can be brought back."""

    node: Node
    number: int = 0
    icon: str = ""
    kind: str = ""
    then: str = ""
    mark: str = ""
    state: str = ""
    difference: Difference | None = None
    problems: tuple[Problem, ...] = ()
    is_first: bool = False
    is_last: bool = False

    @property
    def title(self) -> str:
        return self.node.title.strip() or _("Step without a title")


@dataclass(frozen=True)
class Editor:
    """A draft, or what is in review, beside the version in use.

    running: runs that are on at the version in use; readers: how many have acknowledged it.
    """

    playbook: Any
    version: Any
    published: Version | None
    graph: Graph
    rows: tuple[Row, ...]
    changes: Changes
    problems: tuple[Problem, ...]
    teams: dict[int, str] = field(default_factory=dict)
    running: int = 0
    readers: int = 0
    trust: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.version.is_open)

    @property
    def last_key(self) -> str:
        """Behind which step another one is added at the foot of the list: the last one that goes on."""
        going = [node.key for node in self.graph.nodes if node.kind != Kind.END]
        return going[-1] if going else ""

    @property
    def first_problem(self) -> Problem | None:
        """Where to go first: at a step, if there is one."""
        return next((each for each in self.problems if each.key), next(iter(self.problems), None))

    @property
    def wrong_steps(self) -> list[int]:
        """The numbers of the steps that have a problem."""
        return sorted({self.graph.number(each.key) for each in self.problems if each.key})

    @property
    def changed_keys(self) -> frozenset[str]:
        return frozenset(each.node.key for each in self.changes.changed)

    @property
    def new_keys(self) -> frozenset[str]:
        return frozenset(each.node.key for each in self.changes.new)


def at_work(playbook: Playbook) -> Version | None:
    """The draft of a playbook, or the version that is in review."""
    found = Version.objects.filter(company_id=playbook.company_id, playbook=playbook, state__in=AT_WORK)
    return found.select_related("author", "reviewer", "edited_by").first()


def in_use(playbook: Playbook) -> Version | None:
    """The version that everybody reads."""
    found = Version.objects.filter(company_id=playbook.company_id, playbook=playbook)
    return found.filter(state=Version.State.PUBLISHED).first()


def editor(member: Member, playbook: Any, version: Version, today: date) -> Editor:
    published = in_use(playbook)
    wanted = [each.id for each in (version, published) if each is not None]
    graphs = graphs_of(playbook.company_id, wanted)
    graph, base = graphs[version.id], graphs[published.id] if published else None
    teams = dict(Team.objects.filter(company_id=playbook.company_id).values_list("id", "name"))
    found = tuple(problems(graph))
    differ = changes(base, graph, teams)
    return Editor(
        playbook=playbook,
        version=version,
        published=published,
        graph=graph,
        rows=tuple(_rows(member, version, graph, base, differ, found)),
        changes=differ,
        problems=found,
        teams=teams,
        running=_running(published),
        readers=_readers(published),
        trust=playbook.trust(today) if published else "",
    )


def reviewers(member: Member, playbook: Playbook, version: Version) -> QuerySet[Member]:
    """Who may be asked: the verifier, the owner and whoever sets playbooks up, but nobody who wrote it."""
    people = Member.objects.visible_to(member).active().filter(is_bot=False).exclude(id__in=version.editors)
    asked = Q(id__in=[playbook.verifier_id or 0, playbook.owner_id or 0]) | ~Q(role=Role.REP)
    return people.filter(asked).order_by("name", "id")


def _running(published: Version | None) -> int:
    if published is None:
        return 0
    runs = Run.objects.filter(company_id=published.company_id, version=published, is_trial=False)
    return int(runs.filter(state=Run.State.ACTIVE).count())


def _readers(published: Version | None) -> int:
    if published is None:
        return 0
    return int(Acknowledgement.objects.filter(company_id=published.company_id, version=published).count())


def _rows(
    member: Member,
    version: Version,
    graph: Graph,
    base: Graph | None,
    differ: Changes,
    found: Sequence[Problem],
) -> list[Row]:
    wrong: dict[str, list[Problem]] = defaultdict(list)
    for each in found:
        wrong[each.key].append(each)
    states = {each.node.key: each for each in differ.steps}
    rows = []
    for number, node in enumerate(graph.nodes, 1):
        changed = states.get(node.key)
        rows.append(
            Row(
                node=node,
                number=number,
                icon=ICONS[node.kind],
                kind=str(Step.Kind(node.kind).label),
                then=_then(graph, node),
                mark=mark_of(node),
                state=changed.state if changed else "",
                difference=changed.differences[0] if changed and changed.differences else None,
                problems=tuple(wrong[node.key]),
                is_first=number == 1,
                is_last=number == len(graph),
            )
        )
    return _with_gone(rows, member, version, base)


def _with_gone(rows: list[Row], member: Member, version: Version, base: Graph | None) -> list[Row]:
    """With the steps that can be brought back, where they stood."""
    standing = {row.node.key for row in rows}
    gone = {each.node.key: (each.at, each.node) for each in removed_of(member, version)}
    if base is not None:
        before = [node.key for node in base.nodes]
        for at, node in enumerate(base.nodes):
            near = next((key for key in reversed(before[:at]) if key in standing), None)
            place = next((at + 1 for at, row in enumerate(rows) if row.node.key == near), 0)
            gone.setdefault(node.key, (place, node))
    listed = [(at, node) for key, (at, node) in gone.items() if key not in standing]
    mixed = list(rows)
    for at, node in sorted(listed, key=lambda each: -each[0]):
        mixed.insert(min(at, len(mixed)), Row(node=node, state="removed"))
    return mixed


def _then(graph: Graph, node: Node) -> str:
    """Where it leads, by the numbers of the list."""
    numbers = [str(graph.number(way.to)) if way.to in graph else "?" for way in node.exits]
    numbers = list(dict.fromkeys(numbers))
    if not numbers:
        return ""
    if len(numbers) == 1:
        return _("then %(step)s") % {"step": numbers[0]}
    return _("to %(steps)s") % {"steps": ", ".join(numbers)}

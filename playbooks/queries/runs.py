"""Runs: who may open one, where it stands, and what its page shows."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Member
from customers.models import Customer, Ticket
from playbooks.graph import Graph, Kind, Node, Refused
from playbooks.models import Run, RunEvent, Scenario
from playbooks.models.playbook import Trust
from playbooks.permissions import can_set_up
from playbooks.running import Entry, Position, replay

from .graphs import graph_of
from .lists import with_archived

LINKED = ("version__playbook", "holder", "starter")
# What the page names of them: the rest of such wide rows would only be read for nothing.
SHOWN = (
    *("version__number", "version__state", "version__playbook__title", "version__playbook__verified_on"),
    *("version__playbook__verified_until", "version__playbook__scenario", "holder__name", "starter__name"),
)
OWN = (
    *("company", "version", "ticket", "customer", "state", "step_key", "starter", "holder", "started_at"),
    *("ended_at", "moves", "is_trial"),
)
LOGGED = ("run", "number", "move", "step_key", "exit", "text", "receiver", "actor", "occurred_at")
AHEAD = 4  # so many steps ahead are shown; a decision makes several of one
BESIDE = 3


def visible_runs(member: Member) -> QuerySet[Run]:
    """Runs of what the member may read, archived or not, and those that the member began or was given."""
    runs = Run.objects.visible_to(member)
    if can_set_up(member):  # who reads all playbooks
        return runs
    own = Q(holder=member) | Q(starter=member)
    # Playbook by playbook: a list of all that may be read is long.
    may_read = Exists(with_archived(member).filter(id=OuterRef("version__playbook_id")))
    return runs.filter(own | may_read)


def runs_with_links(member: Member) -> QuerySet[Run]:
    """Visible runs with the rows that their page names."""
    return (
        visible_runs(member)
        .select_related(*LINKED)
        .only(*OWN, *SHOWN, "version__company", "version__playbook__company")
    )


def place_of(run: Run) -> Ticket | Customer | Scenario:
    """What the page of a run is headed by: its ticket, its customer, or the scenario of one that stands alone."""
    if run.ticket_id is not None:  # type: ignore[attr-defined]
        return Ticket.objects.only("external_id", "subject").get(id=run.ticket_id)
    if run.customer_id is not None:  # type: ignore[attr-defined]
        return Customer.objects.only("name").get(id=run.customer_id)
    return Scenario.objects.only("name").get(id=run.version.playbook.scenario_id)


def locked_run(member: Member, run_id: int) -> Run:
    """The run as it stands now, until the end of the transaction."""
    found = Run.objects.visible_to(member).select_related("version__playbook", "ticket", "customer")
    return found.select_for_update(no_key=True, of=("self",)).get(id=run_id)


def log_of(run: Run) -> list[RunEvent]:
    """Every entry, oldest first."""
    rows = RunEvent.objects.filter(company_id=run.company_id, run=run)
    named = rows.select_related("actor", "receiver")
    return list(named.only(*LOGGED, "actor__name", "receiver__name").order_by("number"))


def entries(log: list[RunEvent]) -> list[Entry]:
    return [
        Entry(row.move, row.step_key, row.exit, row.text, row.actor_id, row.receiver_id)  # type: ignore[attr-defined]
        for row in log
    ]


def position_of(run: Run, graph: Graph, log: list[RunEvent] | None = None) -> Position:
    """What the log comes to. The draft under a trial may have lost a step: then what the run remembers."""
    try:
        return replay(graph, entries(log_of(run) if log is None else log))
    except (KeyError, Refused):
        if not run.is_trial:
            raise
        return Position(run.state, run.step_key, run.holder_id)


@dataclass(frozen=True)
class Behind:
    """A step that was left. how: the exit that was taken, or why it was skipped."""

    number: int
    title: str
    how: str
    at: datetime
    is_skipped: bool


@dataclass(frozen=True)
class Choice:
    """An exit. index: its place, which the form sends. key: the key that takes it. to: what comes then."""

    index: int
    key: str
    label: str
    to: str


@dataclass(frozen=True)
class RunPage:
    """What a run's panel shows. now: None for a trial whose draft lost the step. left: fewest steps to an end.
    people: id and name of each to whom it can be handed."""

    run: Run
    now: Node | None
    behind: list[Behind]
    ahead: list[str]
    choices: list[Choice]
    number: int
    left: int
    is_straight: bool
    log: list[RunEvent]
    notes: list[RunEvent]
    people: list[tuple[int, str]]
    trust: Trust
    team_name: str = ""
    hidden: int = 0
    handed: RunEvent | None = None
    kinds: type[Kind] = field(default=Kind)

    @property
    def total(self) -> int:
        return self.number + self.left

    @property
    def is_end(self) -> bool:
        return self.now is not None and self.now.kind == Kind.END


def run_page(member: Member, run: Run, today: date) -> RunPage:
    """run: with its links (`LINKED`)."""
    graph, log = graph_of(run.version), log_of(run)
    at = position_of(run, graph, log)
    now = next((node for node in graph.nodes if node.key == at.step), None)
    levels = _levels(graph, now.key) if now else []
    return RunPage(
        run=run,
        now=now,
        behind=_behind(graph, at, log),
        ahead=[_titles(graph, level) for level in levels[:AHEAD]],
        choices=_choices(graph, now) if now else [],
        number=len(at.path) + 1,
        left=_left(graph, levels),
        is_straight=now is not None and _is_straight(graph, now),
        log=log,
        notes=[row for row in log if row.move == RunEvent.Move.NOTED],
        people=_people(member, run),
        trust=run.version.playbook.trust(today),
        hidden=max(len(levels) - AHEAD, 0),
        handed=_handed(log),
    )


def _people(member: Member, run: Run) -> list[tuple[int, str]]:
    """Everybody but who has it, by name; only what is shown of them, for they may be hundreds."""
    people = Member.objects.visible_to(member).active().filter(is_bot=False).order_by("name", "id")
    return [person for person in people.values_list("id", "name") if person[0] != run.holder_id]  # type: ignore[attr-defined]


def _handed(log: list[RunEvent]) -> RunEvent | None:
    """With what words it was handed to whoever has it, while nobody has moved on since."""
    last = next((row for row in reversed(log) if row.move != RunEvent.Move.NOTED), None)
    return last if last and last.move == RunEvent.Move.HANDED else None


def _behind(graph: Graph, at: Position, log: list[RunEvent]) -> list[Behind]:
    """The steps of the path, each with the entry that left it: undone ones have dropped out of both."""
    leaving: list[RunEvent] = []
    was_over = False
    for row in log:
        if row.move in (RunEvent.Move.DONE, RunEvent.Move.CHOSEN, RunEvent.Move.SKIPPED):
            leaving.append(row)
        elif row.move in (RunEvent.Move.COMPLETED, RunEvent.Move.ABANDONED):
            was_over = True
        elif row.move == RunEvent.Move.UNDONE:
            # Of a run that has ended the end is undone, not the step before it.
            if not was_over and leaving:
                leaving.pop()
            was_over = False
    return [
        Behind(number, _title(graph, row.step_key), _how(graph, row), row.occurred_at, row.move == "skipped")
        for number, row in enumerate(leaving[-len(at.path) :] if at.path else [], 1)
    ]


def _title(graph: Graph, key: str) -> str:
    return graph[key].title if key in graph else ""


def _how(graph: Graph, row: RunEvent) -> str:
    if row.move == RunEvent.Move.SKIPPED:
        return row.text
    exits = graph[row.step_key].exits if row.step_key in graph else ()
    return exits[row.exit].label if row.exit is not None and row.exit < len(exits) else ""


def _choices(graph: Graph, node: Node) -> list[Choice]:
    return [
        Choice(index, str(index + 1) if index < 9 else "", way.label, _title(graph, way.to))
        for index, way in enumerate(node.exits)
    ]


def _levels(graph: Graph, key: str) -> list[list[str]]:
    """The steps ahead by their distance, each once."""
    seen, level = {key}, [key]
    levels: list[list[str]] = []
    while True:
        following = list(dict.fromkeys(to for each in level for to in graph.after(each) if to not in seen))
        if not following:
            return levels
        seen.update(following)
        levels.append(following)
        level = following


def _titles(graph: Graph, level: list[str]) -> str:
    titles = [graph[key].title for key in level[:BESIDE]]
    return " / ".join([*titles, "…"] if len(level) > BESIDE else titles)


def _left(graph: Graph, levels: list[list[str]]) -> int:
    """Fewest steps from here to an end, the end included."""
    for distance, level in enumerate(levels, 1):
        if any(graph[key].kind == Kind.END for key in level):
            return distance
    return 0


def _is_straight(graph: Graph, node: Node) -> bool:
    """No decision lies ahead, so that the number of steps is sure."""
    return all(len(graph.after(key)) < 2 for key in graph.reached(node.key))

"""Runs: every move is one entry of the log, and `running.follow` says whether it may be.

moves: how many entries of the log the person had seen; EditConflict is raised if somebody has moved meanwhile.
Refused is raised, with words, for what the graph does not allow.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict, add_note
from customers.models import Customer, Ticket
from playbooks.graph import Refused
from playbooks.models import Run, RunEvent, Version
from playbooks.queries.graphs import graph_of
from playbooks.queries.runs import locked_run, position_of
from playbooks.running import Entry, follow

# Longer than this nobody works on one step without a move: the rest was something else.
IDLE = 30 * 60
State, Move = Run.State, RunEvent.Move
# What a ticket's timeline says, by the state that a run has come to.
TOLD = {
    State.ACTIVE: "ticket.playbook_resumed",
    State.COMPLETED: "ticket.playbook_completed",
    State.ABANDONED: "ticket.playbook_abandoned",
}
# These leave the time of the step to go on.
TIMELESS = (Move.STARTED, Move.NOTED)


@transaction.atomic
def start_run(
    *,
    actor: Member,
    version: Version,
    ticket: Ticket | None = None,
    customer: Customer | None = None,
    is_trial: bool = False,
) -> Run:
    """A run of a version, and of that one to its end. A second start of the same on a ticket goes on with the first.

    Raises ValidationError for what is not published, unless it is a trial, and for what has no start.
    """
    if version.state != Version.State.PUBLISHED and not is_trial:
        raise ValidationError(_("Only what is published can be run."))
    start = graph_of(version).start
    if start is None:
        raise ValidationError(_("It needs a start before it can be tried."))
    if going := _going(actor, version, ticket, customer, is_trial):
        return going
    run = Run.objects.create(
        company_id=actor.company_id,
        version=version,
        ticket=ticket,
        customer=customer,
        step_key=start.key,
        starter=actor,
        holder=actor,
        started_at=clock.now(),
        moves=1,
        is_trial=is_trial,
    )
    _write(run, Entry(Move.STARTED, start.key, actor=actor.id), None)
    activity.record("run.started", run, actor=actor, playbook=version.playbook_id, version=version.number)
    _tell_ticket(actor, run, "ticket.playbook_started")
    return run


def _going(
    actor: Member, version: Version, ticket: Ticket | None, customer: Customer | None, is_trial: bool
) -> Run | None:
    """The run that a double click has started already. The lock lets one start at a time."""
    place = ticket or customer
    if place is None or is_trial:
        return None
    type(place).objects.select_for_update(no_key=True).get(id=place.id)
    active = Run.objects.visible_to(actor).filter(
        ticket=ticket, customer=customer, version__playbook=version.playbook_id, state=State.ACTIVE
    )
    return active.filter(is_trial=False).order_by("-id").first()


@transaction.atomic
def move_on(*, actor: Member, run: Run, exit: int | None = None, moves: int | None = None) -> Run:
    """The step is done; of several exits one is chosen."""
    return _move(actor, run, Move.DONE if exit is None else Move.CHOSEN, moves, exit=exit)


@transaction.atomic
def skip_step(
    *, actor: Member, run: Run, reason: str, exit: int | None = None, moves: int | None = None
) -> Run:
    """On without it. A required step is skipped with a reason only."""
    return _move(actor, run, Move.SKIPPED, moves, exit=exit, text=reason.strip())


@transaction.atomic
def hand_over(*, actor: Member, run: Run, receiver: Member, text: str = "", moves: int | None = None) -> Run:
    """Somebody else goes on from here, and is told. Raises ValidationError for somebody who is not there."""
    if not receiver.is_active or receiver.company_id != actor.company_id:
        raise ValidationError({"receiver": _("Choose somebody who is there to take it.")})
    run = _move(actor, run, Move.HANDED, moves, text=text.strip(), receiver=receiver.id)
    activity.record(
        "run.handed",
        run,
        actor=actor,
        receiver=receiver.id,
        playbook=run.version.playbook_id,
        number=run.moves,
    )
    return run


@transaction.atomic
def take_over(*, actor: Member, run: Run, moves: int | None = None) -> Run:
    """The actor goes on from here."""
    was = run.holder_id
    run = _move(actor, run, Move.TAKEN, moves)
    activity.record("run.taken", run, actor=actor, was=was, number=run.moves)
    return run


@transaction.atomic
def note_in_run(*, actor: Member, run: Run, text: str, moves: int | None = None) -> Run:
    """A note to the run, and on the timeline of its ticket or customer."""
    if not text.strip():
        raise ValidationError({"text": _("Write the note first.")})
    run = _move(actor, run, Move.NOTED, moves, text=text.strip())
    if run.ticket or run.customer:
        place = {"ticket": run.ticket} if run.ticket else {"customer": run.customer}
        add_note(actor=actor, body=text.strip(), key=f"run:{run.id}:{run.moves}", **place)
    return run


@transaction.atomic
def undo_move(*, actor: Member, run: Run, moves: int | None = None) -> Run:
    """One step back; of a run that has ended, back into it."""
    was_over = run.state != State.ACTIVE
    run = _move(actor, run, Move.UNDONE, moves)
    if was_over:
        _tell_end(actor, run)
    return run


@transaction.atomic
def complete_run(*, actor: Member, run: Run, moves: int | None = None) -> Run:
    """It has come to an end of the playbook, and that is done too."""
    run = _move(actor, run, Move.COMPLETED, moves)
    _tell_end(actor, run)
    return run


@transaction.atomic
def abandon_run(*, actor: Member, run: Run, reason: str, moves: int | None = None) -> Run:
    """It stops here. Raises ValidationError without a reason: why a playbook did not fit is worth knowing."""
    if not reason.strip():
        raise ValidationError({"text": _("Say why it stops here.")})
    run = _move(actor, run, Move.ABANDONED, moves, text=reason.strip())
    _tell_end(actor, run)
    return run


def _move(actor: Member, run: Run, move: str, moves: int | None, **said: Any) -> Run:
    run = locked_run(actor, run.id)
    if moves is not None and run.moves != moves:
        raise EditConflict(run, run.moves)
    graph = graph_of(run.version)
    at = position_of(run, graph)
    if run.is_trial and at.step not in graph and move != Move.ABANDONED:
        raise Refused(_("The draft has changed under this trial. Start it again."))
    entry = Entry(move, at.step, actor=actor.id, **said)
    to = follow(graph, at, entry)
    now, was = clock.now(), run.state
    run.state, run.step_key, run.holder_id = State(to.state), to.step, to.holder
    run.ended_at = None if to.state == State.ACTIVE else run.ended_at or now
    run.moves += 1
    run.save(update_fields=["state", "step_key", "holder", "ended_at", "moves"])
    _write(run, entry, _seconds(run, move, was, now))
    return run


def _write(run: Run, entry: Entry, seconds: int | None) -> None:
    RunEvent.objects.create(
        company_id=run.company_id,
        run=run,
        number=run.moves,
        move=entry.move,
        step_key=entry.step,
        exit=entry.exit,
        text=entry.text,
        receiver_id=entry.receiver,
        actor_id=entry.actor,
        occurred_at=clock.now(),
        seconds=seconds,
    )


def _seconds(run: Run, move: str, was: str, now: datetime) -> int | None:
    """How long the step was worked on before this move, since the one before; nothing for what takes no time."""
    if move in TIMELESS or was != State.ACTIVE:
        return None
    moved = RunEvent.objects.filter(company_id=run.company_id, run=run).exclude(move=Move.NOTED)
    last = moved.order_by("-number").values_list("occurred_at", flat=True).first()
    return min(max(int((now - last).total_seconds()), 0), IDLE) if last else None


def _tell_end(actor: Member, run: Run) -> None:
    verb = {State.ACTIVE: "run.resumed", State.COMPLETED: "run.completed", State.ABANDONED: "run.abandoned"}
    activity.record(verb[State(run.state)], run, actor=actor, playbook=run.version.playbook_id)
    _tell_ticket(actor, run, TOLD[State(run.state)])


def _tell_ticket(actor: Member, run: Run, verb: str) -> None:
    """A line in the ticket's conversation, which reads the ledger. Trials leave no trace at a customer's."""
    if run.ticket is not None and not run.is_trial:
        version = run.version
        told: dict[str, Any] = {"playbook": version.playbook.title, "version": version.number, "run": run.id}
        activity.record(verb, run.ticket, actor=actor, **told)

"""The life of one ticket, worked out from its events and from what a file said of it. Pure: no query.

This is where the counting rules of tickets live (docs/metrics.md). Events are the truth; the statement of a
file fills only what they leave out. Nobody is 0.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from customers.models import Event, Status

NOBODY = 0
RESOLVING = (Event.RESOLVED, Event.CLOSED)
UNCOUNTING = {Event.MERGED: Status.MERGED, Event.SPAM: Status.SPAM, Event.DELETED: Status.DELETED}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, in order: by time, then as recorded. People are member ids, 0 is nobody."""

    at: datetime
    event: str
    actor: int = NOBODY
    by_requester: bool = False
    assignee: int = NOBODY
    seconds: int | None = None
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file said of a ticket."""

    status: str = ""
    assignee: int = NOBODY
    first_response_at: datetime | None = None
    first_responder: int = NOBODY
    resolved_at: datetime | None = None
    resolver: int = NOBODY
    last_resolved_at: datetime | None = None
    reopened_count: int = 0
    closed_at: datetime | None = None
    handle_seconds: int | None = None


@dataclass(slots=True)
class Handled:
    """Active seconds of a rep that a resolution at `at` settles; counts is 1 for the first resolution."""

    at: datetime
    rep: int
    seconds: int
    counts: int


@dataclass(slots=True)
class Life:
    """What became of a ticket."""

    opened_at: datetime
    status: str = Status.OPEN
    assignee: int = NOBODY
    assignee_at_opening: int = NOBODY
    first_response_at: datetime | None = None
    first_responder: int = NOBODY
    resolved_at: datetime | None = None
    resolver: int = NOBODY
    last_resolved_at: datetime | None = None
    reopenings: list[datetime] = field(default_factory=list)
    reopened_count: int = 0
    reopened_at_unknown_time: bool = False
    closed_at: datetime | None = None
    handled: list[Handled] = field(default_factory=list)
    handle_seconds: int = 0
    assignments: list[tuple[datetime, int]] = field(default_factory=list)
    backlog: list[tuple[datetime, int, int]] = field(default_factory=list)
    is_counted: bool = True

    def assignee_by(self, instant: datetime) -> int:
        """Who had the ticket at an instant, assignments of that instant included."""
        return next((rep for at, rep in reversed(self.assignments) if at <= instant), NOBODY)

    def is_reopened_within(self, window: timedelta) -> bool:
        """Reopened in (resolution, resolution + window]; at the very instant only if later in the order."""
        if self.resolved_at is None:
            return False
        end = self.resolved_at + window
        return self.reopened_at_unknown_time or any(at <= end for at in self.reopenings)


def live(
    opened_at: datetime,
    happenings: Sequence[Happening],
    statement: Statement | None = None,
    bots: Collection[int] = (),
) -> Life:
    """The life of a ticket. `happenings` are in order; `bots` never answer for the team."""
    return _Walk(opened_at, happenings, statement or Statement(), bots).life


class _Walk:
    """One pass over the events, as they happened."""

    def __init__(
        self, opened_at: datetime, happenings: Sequence[Happening], said: Statement, bots: Collection[int]
    ):
        self.life = Life(opened_at)
        self.said = said
        self.bots = bots
        self.has_events = bool(happenings)
        self.is_resolved = False
        self.standing = Status.OPEN  # where it would stand if it were not set aside
        self.holder = NOBODY if self.has_events else said.assignee
        self.unsettled: dict[int, int] = {}
        self.has_seconds = any(h.seconds is not None for h in happenings)
        self.life.assignments.append((opened_at, self.holder))
        self.in_backlog = self._ever_in_backlog(happenings)
        if self.in_backlog:
            self._backlog(opened_at, +1)
        for happening in self._with_stated_resolution(happenings):
            self._step(happening)
        self._finish(happenings)

    def _ever_in_backlog(self, happenings: Sequence[Happening]) -> bool:
        """A file may say that a ticket is done without a word on when: then it never was in the backlog."""
        done = self.said.status in (Status.RESOLVED, Status.CLOSED)
        return bool(happenings) or not done or bool(self.said.resolved_at or self.said.closed_at)

    def _with_stated_resolution(self, happenings: Sequence[Happening]) -> list[Happening]:
        """The events, and if none of them resolves, the resolution that the file states: last at its instant."""
        at = self.said.resolved_at or self.said.closed_at
        if at is None or any(h.event in RESOLVING for h in happenings):
            return list(happenings)
        stated = Happening(at, Event.RESOLVED, actor=self.said.resolver)
        return [h for h in happenings if h.at <= at] + [stated] + [h for h in happenings if h.at > at]

    def _step(self, h: Happening) -> None:
        if h.seconds is not None:
            self.unsettled[h.actor] = self.unsettled.get(h.actor, 0) + h.seconds
            self.life.handle_seconds += h.seconds
        if h.event == Event.ASSIGNED:
            self._assign(h)
        elif h.event == Event.REPLIED:
            self._reply(h)
        elif h.event in RESOLVING:
            self._resolve(h)
        elif h.event == Event.REOPENED:
            self._reopen(h)
        elif h.event in UNCOUNTING:
            self.life.is_counted, self.life.status = False, UNCOUNTING[h.event]  # type: ignore[index]
        self._set_status(h)

    def _assign(self, h: Happening) -> None:
        self.life.assignments.append((h.at, h.assignee))
        if self.in_backlog and h.assignee != self.holder:
            self._backlog(h.at, -1)
            self.holder = h.assignee
            self._backlog(h.at, +1)
        self.holder = h.assignee

    def _reply(self, h: Happening) -> None:
        """The first public reply by a person of the team, also after the resolution."""
        if self.life.first_response_at or not h.is_public or h.by_requester or h.actor in self.bots:
            return
        self.life.first_response_at = h.at
        self.life.first_responder = h.actor or self.said.first_responder

    def _resolve(self, h: Happening) -> None:
        """A resolution of a resolved ticket changes nothing; closing an unresolved one resolves it."""
        if h.event == Event.CLOSED and self.life.closed_at is None:
            self.life.closed_at = h.at
        if self.is_resolved:
            return
        self.is_resolved = True
        is_first = self.life.resolved_at is None
        self.life.last_resolved_at = h.at
        if is_first:
            self.life.resolved_at = h.at
            self.life.resolver = h.actor or self.said.resolver or self.holder
        self._settle(h.at, is_first)
        if self.in_backlog and not self._is_said_to_be_open():
            self._backlog(h.at, -1)
            self.in_backlog = False

    def _settle(self, at: datetime, is_first: bool) -> None:
        for rep, seconds in self.unsettled.items():
            self.life.handled.append(Handled(at, rep, seconds, int(is_first)))
        self.unsettled = {}
        if is_first and not self.has_seconds and self.said.handle_seconds is not None:
            self.life.handled.append(Handled(at, self.life.resolver, self.said.handle_seconds, 1))
            self.life.handle_seconds = self.said.handle_seconds

    def _is_said_to_be_open(self) -> bool:
        """A ticket without events that was resolved once but is open now: nobody knows when it came back."""
        return not self.has_events and self.said.status in (Status.OPEN, Status.PENDING, Status.ON_HOLD)

    def _reopen(self, h: Happening) -> None:
        if not self.is_resolved:
            return
        self.is_resolved = False
        self.life.closed_at = None
        self.life.reopenings.append(h.at)
        self.in_backlog = True
        self._backlog(h.at, +1)

    def _backlog(self, at: datetime, change: int) -> None:
        self.life.backlog.append((at, self.holder, change))

    def _set_status(self, h: Happening) -> None:
        """Restored is two things: back from where it was set aside, to where it stood; else back to work."""
        is_back = h.event == Event.RESTORED and not self.life.is_counted
        self.life.is_counted = self.life.is_counted or is_back
        if self.is_resolved:
            self.standing = Status.CLOSED if self.life.closed_at else Status.RESOLVED
        elif h.event == Event.PENDING:
            self.standing = Status.PENDING
        elif h.event == Event.HELD:
            self.standing = Status.ON_HOLD
        elif h.event in (Event.REOPENED, Event.CUSTOMER_REPLIED, Event.RESTORED) and not is_back:
            self.standing = Status.OPEN
        if self.life.is_counted:
            self.life.status = self.standing

    def _finish(self, happenings: Sequence[Happening]) -> None:
        life, said = self.life, self.said
        life.assignee_at_opening = life.assignee_by(life.opened_at)
        was_assigned = any(h.event == Event.ASSIGNED for h in happenings)
        life.assignee = self.holder if was_assigned else said.assignee or self.holder
        if life.first_response_at is None and said.first_response_at:
            life.first_response_at, life.first_responder = said.first_response_at, said.first_responder
        life.reopened_count = len(life.reopenings)
        if said.reopened_count and not any(h.event == Event.REOPENED for h in happenings):
            self._reopen_as_stated()
        if life.closed_at is None and self.is_resolved and said.closed_at:
            life.closed_at = said.closed_at
            # Merged stays merged, whatever the file says of the closing.
            life.status = Status.CLOSED if life.is_counted else life.status
        if not self.has_events and said.status:
            life.status = said.status
        if said.status in UNCOUNTING.values() and not any(h.event == Event.RESTORED for h in happenings):
            life.is_counted, life.status = False, said.status
        life.backlog = _net(life.backlog)

    def _reopen_as_stated(self) -> None:
        """Without an event, a count is one reopening: at the last resolution if that is later, else soon."""
        life, last = self.life, self.said.last_resolved_at
        life.reopened_count = self.said.reopened_count
        if life.resolved_at and last and last > life.resolved_at:
            life.reopenings.append(last)
            life.last_resolved_at = last
        else:
            life.reopened_at_unknown_time = True


def _net(changes: list[tuple[datetime, int, int]]) -> list[tuple[datetime, int, int]]:
    """The changes of the backlog that are left when those of one instant and rep are summed."""
    sums: dict[tuple[datetime, int], int] = {}
    for at, rep, change in changes:
        sums[at, rep] = sums.get((at, rep), 0) + change
    return [(at, rep, change) for (at, rep), change in sums.items() if change]

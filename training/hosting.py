"""Who is asked to host a ride-along, and when: pure, so that it can be told and checked.

Certified people come before others, people who ran the playbook before those who did not. Among them counts how low
each figure may truly be: the place by the lower end of one interval and the place by that of the other are added up.
Equal sums go to whoever hosted least.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

Span = tuple[datetime, datetime]
# Rides begin on the quarter of an hour.
STEP = timedelta(minutes=15)
MOST = 3


@dataclass(frozen=True)
class Candidate:
    """Somebody who might host. lows: of each measure the worst that it may truly be, more being better; None where
    there is too little data. hosted: rides of the last 30 days. hours: when they work. busy: rides that are planned.
    taken: days on which a trainee comes already."""

    id: int
    name: str
    lows: tuple[float | None, ...]
    is_certified: bool = True
    runs: int = 0
    hosted: int = 0
    hours: Sequence[Span] = ()
    busy: Sequence[Span] = ()
    taken: Collection[date] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Pick:
    """A candidate with a time at which both can."""

    candidate: Candidate
    span: Span


def propose(
    candidates: Sequence[Candidate],
    minutes: int,
    *,
    trainee_hours: Sequence[Span],
    trainee_busy: Sequence[Span],
    day_of: Callable[[datetime], date],
    most: int = MOST,
) -> list[Pick]:
    """The first few of the order who have the time, each at the earliest moment."""
    picks: list[Pick] = []
    for candidate in in_order(candidates):
        if len(picks) == most:
            break
        hours = list(common(candidate.hours, trainee_hours))
        busy = [*candidate.busy, *trainee_busy]
        span = first_free(hours, busy, timedelta(minutes=minutes), candidate.taken, day_of)
        if span:
            picks.append(Pick(candidate, span))
    return picks


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best first; whoever else is there, two people keep their order on any day."""
    place = _places(candidates)
    return sorted(
        candidates,
        key=lambda each: (
            not each.is_certified,
            not each.runs,
            place[each.id],
            each.hosted,
            -each.runs,
            each.name.casefold(),
            each.id,
        ),
    )


def _places(candidates: Sequence[Candidate]) -> dict[int, int]:
    """{id: sum of the places}: the first has 0; whoever has too little data comes after all who have enough."""
    sums = {each.id: 0 for each in candidates}
    for measure in zip(*(each.lows for each in candidates), strict=True):
        known = [low for low in measure if low is not None]
        for each, low in zip(candidates, measure, strict=True):
            sums[each.id] += len(known) if low is None else sum(other > low for other in known)
    return sums


def common(ours: Iterable[Span], theirs: Sequence[Span]) -> Iterator[Span]:
    """When both work, in order."""
    both = [
        (max(start, other_start), min(end, other_end))
        for start, end in ours
        for other_start, other_end in theirs
    ]
    yield from sorted((start, end) for start, end in both if start < end)


def first_free(
    hours: Iterable[Span],
    busy: Collection[Span],
    length: timedelta,
    taken: Collection[date],
    day_of: Callable[[datetime], date],
) -> Span | None:
    """The earliest span of a length within the hours, beside nothing else, on no day that is taken."""
    for start, end in hours:
        begin = _rounded_up(start)
        while begin + length <= end:
            clash = [stop for at, stop in busy if at < begin + length and stop > begin]
            if clash:
                begin = _rounded_up(max(clash))
            elif day_of(begin) in taken:
                begin += STEP
            else:
                return begin, begin + length
    return None


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(seconds=at.timestamp() % STEP.total_seconds())
    return at.astimezone(UTC) + (STEP - over if over else timedelta())

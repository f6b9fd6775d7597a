"""Who is proposed as a host: against an answer that was worked out minute by minute."""

import random
from datetime import UTC, date, datetime, timedelta

from training.hosting import Candidate, in_order, propose

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def day_of(at: datetime) -> date:
    return at.date()


def somebody(number: int, rng: random.Random) -> Candidate:
    def low() -> float | None:
        return rng.choice([None, 0.6, 0.7, 0.8, 0.9])

    hours = [
        (
            MONDAY + timedelta(days=day, hours=begin),
            MONDAY + timedelta(days=day, hours=begin + rng.randint(1, 6)),
        )
        for day in range(2)
        if (begin := rng.randint(6, 15))
    ]
    busy = [
        (start + timedelta(minutes=rng.randint(0, 90)), end - timedelta(minutes=rng.randint(0, 30)))
        for start, end in hours
        if rng.random() < 0.4
    ]
    return Candidate(
        id=number,
        name=rng.choice(["Ada", "Ben", "Cleo"]),
        lows=(low(), low()),
        is_certified=rng.random() < 0.7,
        runs=rng.choice([0, 3, 9]),
        hosted=rng.randint(0, 2),
        hours=hours,
        busy=[(start, end) for start, end in busy if start < end],
        taken=frozenset({MONDAY.date()}) if rng.random() < 0.3 else frozenset(),
    )


def by_hand(team: list[Candidate], minutes: int, trainee: list, most: int) -> list[tuple[int, datetime]]:
    """The best of those who are left, over and over; the time by trying every minute."""
    left, found = list(team), []
    while left:
        best = left[0]
        for other in left[1:]:
            if goes_before(other, best, team):
                best = other
        left.remove(best)
        for minute in range(3 * 24 * 60):
            begin = MONDAY + minute * MINUTE
            span = [begin + n * MINUTE for n in range(minutes)]
            if (
                begin.minute % 15 == 0
                and all(within(at, best.hours) and within(at, trainee) for at in (span[0], span[-1]))
                and any(start <= span[0] and span[-1] < end for start, end in best.hours)
                and not any(within(at, best.busy) for at in span)
                and begin.date() not in best.taken
            ):
                found.append((best.id, begin))
                break
    return found[:most]


def within(at: datetime, spans) -> bool:
    return any(start <= at < end for start, end in spans)


def goes_before(one: Candidate, other: Candidate, team: list[Candidate]) -> bool:
    for mine, theirs in (
        (not one.is_certified, not other.is_certified),
        (one.runs == 0, other.runs == 0),
        (behind(one, team), behind(other, team)),
        (one.hosted, other.hosted),
        (-one.runs, -other.runs),
        (one.name, other.name),
    ):
        if mine != theirs:
            return mine < theirs
    return one.id < other.id


def behind(one: Candidate, team: list[Candidate]) -> int:
    """How many are certainly ahead, over both measures."""
    count = 0
    for place, low in enumerate(one.lows):
        for other in team:
            its = other.lows[place]
            count += its is not None and (low is None or its > low)
    return count


def test_it_proposes_what_trying_everything_finds():
    rng = random.Random(6)
    for _round in range(60):
        team = [somebody(number, rng) for number in range(rng.randint(0, 6))]
        trainee = [
            (MONDAY + timedelta(days=day, hours=8), MONDAY + timedelta(days=day, hours=17))
            for day in range(2)
        ]
        minutes = rng.choice([30, 60, 120])
        picks = propose(team, minutes, trainee_hours=trainee, trainee_busy=(), day_of=day_of, most=3)
        assert [(pick.candidate.id, pick.span[0]) for pick in picks] == by_hand(team, minutes, trainee, 3)
        rng.shuffle(team)
        again = propose(team, minutes, trainee_hours=trainee, trainee_busy=(), day_of=day_of, most=3)
        assert [pick.candidate.id for pick in again] == [pick.candidate.id for pick in picks]


def test_a_high_figure_that_is_not_certain_comes_after_a_lower_one_that_is():
    lucky = Candidate(1, "Ada", (0.57, 1.0), runs=5)
    steady = Candidate(2, "Ben", (0.83, 1.0), runs=5)
    unknown = Candidate(3, "Cleo", (None, None), runs=50)
    assert [each.id for each in in_order([unknown, lucky, steady])] == [2, 1, 3]


def test_of_equals_who_hosted_least_is_asked():
    often, seldom = (
        Candidate(1, "Ada", (0.8,), runs=9, hosted=4),
        Candidate(2, "Ben", (0.8,), runs=9, hosted=1),
    )
    assert [each.id for each in in_order([often, seldom])] == [2, 1]


def test_neither_is_at_two_places_at_once():
    hours = [(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=12))]
    host = Candidate(1, "Ada", (0.8,), runs=1, hours=hours, busy=[(hours[0][0], hours[0][0] + 50 * MINUTE)])
    own = [(MONDAY + timedelta(hours=10), MONDAY + timedelta(hours=10, minutes=10))]
    (pick,) = propose([host], 60, trainee_hours=hours, trainee_busy=own, day_of=day_of)
    assert pick.span[0] == MONDAY + timedelta(hours=10, minutes=15)
    assert propose([host], 120, trainee_hours=hours, trainee_busy=own, day_of=day_of) == []

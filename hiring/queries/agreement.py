"""How far interviewers agree: the intraclass correlation of one rating, and who is more lenient than the panel.

Pure: is handed ratings and knows no tables.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

# Fewer than these say more than they know.
FEWEST = 5


@dataclass(frozen=True)
class Agreement:
    """ICC(1), one-way random, of a single rating, with its 95 % interval. n: candidates with two ratings or more.

    icc: None if nothing can be said: too few candidates, or no rating that differs from another.
    """

    n: int
    ratings: int
    icc: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Leniency:
    """By how many points somebody rates above the others on the same candidates. n: candidates rated together."""

    person: int
    n: int
    difference: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Rated:
    """candidate, person and attribute by id; value 1 to 5."""

    candidate: int
    person: int
    attribute: int
    value: float


def agreement(targets: Iterable[Sequence[float]]) -> Agreement:
    """targets: the ratings of each candidate; those with one rating say nothing of agreement and are left out.

    Groups may differ in size: k is the mean size corrected for that (Shrout & Fleiss 1979; Donner 1986). The interval
    is exact for groups of one size.
    """
    groups = [list(group) for group in targets if len(group) > 1]
    n, total = len(groups), sum(map(len, groups))
    if n < FEWEST:
        return Agreement(n, total)
    grand = sum(map(sum, groups)) / total
    between = sum(len(group) * (fmean(group) - grand) ** 2 for group in groups) / (n - 1)
    within = sum((value - fmean(group)) ** 2 for group in groups for value in group) / (total - n)
    k = (total - sum(len(group) ** 2 for group in groups) / total) / (n - 1)
    spread = between + (k - 1) * within
    if spread <= 0:
        return Agreement(n, total)
    icc = (between - within) / spread
    if within == 0:
        return Agreement(n, total, icc, icc, icc)
    # A second to load, for one page.
    from scipy.special import fdtri

    ratio = between / within
    lower = ratio / fdtri(n - 1, total - n, 0.975)
    upper = ratio * fdtri(total - n, n - 1, 0.975)
    return Agreement(n, total, icc, (lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1))


def by_attribute(ratings: Iterable[Rated]) -> dict[int, Agreement]:
    """Of each attribute; somebody who rated a candidate twice counts with the mean."""
    given: dict[int, dict[int, dict[int, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for each in ratings:
        given[each.attribute][each.candidate][each.person].append(each.value)
    return {
        attribute: agreement(
            [[_mean(values) for values in people.values()] for people in candidates.values()]
        )
        for attribute, candidates in given.items()
    }


def overall(ratings: Iterable[Rated]) -> Agreement:
    """Of what each person thinks of a candidate in all: the mean over the attributes."""
    return agreement([list(people.values()) for people in _means(ratings).values()])


def leniency(ratings: Iterable[Rated]) -> list[Leniency]:
    """Everybody who rated with others, most lenient first. Compared is attribute by attribute, then meant by
    candidate: ratings of one candidate by one person are not independent."""
    by_pair: dict[tuple[int, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in ratings:
        by_pair[each.candidate, each.attribute][each.person].append(each.value)
    gaps: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (candidate, _attribute), people in by_pair.items():
        means = {person: _mean(values) for person, values in people.items()}
        for person, own in means.items():
            others = [mean for other, mean in means.items() if other != person]
            if others:
                gaps[person][candidate].append(own - _mean(others))
    found = [
        _lenient(person, [fmean(values) for values in candidates.values()])
        for person, candidates in gaps.items()
    ]
    return sorted(found, key=lambda each: (-each.difference, each.person))


def _lenient(person: int, differences: list[float]) -> Leniency:
    n, mean = len(differences), fmean(differences)
    if n < FEWEST:
        return Leniency(person, n, mean)
    from scipy.special import stdtrit

    half = stdtrit(n - 1, 0.975) * stdev(differences) / sqrt(n)
    return Leniency(person, n, mean, mean - half, mean + half)


def _mean(values: Sequence[float]) -> float:
    """Most often there is one."""
    return values[0] if len(values) == 1 else fmean(values)


def _means(ratings: Iterable[Rated]) -> dict[int, dict[int, float]]:
    given: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in ratings:
        given[each.candidate][each.person].append(each.value)
    return {
        candidate: {person: fmean(values) for person, values in people.items()}
        for candidate, people in given.items()
    }

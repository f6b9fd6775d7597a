"""The composite: computed from original ratings, since combining them mechanically predicts better than judgement.

Pure: knows no tables. Ratings of shadows are not handed in; "no evidence" is None and left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

# What a decision needs: so many people with a scorecard, so many of them on each attribute.
SCORERS_NEEDED, PER_ATTRIBUTE_NEEDED = 3, 2
# From this spread on the panel talks about an attribute first.
APART = 2


@dataclass(frozen=True)
class Given:
    """One rating: attribute and person by id, value 1 to 5 or None for no evidence."""

    attribute: int
    person: int
    value: int | None


@dataclass(frozen=True)
class Line:
    """An attribute in the composite. n: ratings that count. share: of the weights of attributes with ratings, 0 to
    1. mean: None without ratings. adds: share x mean. spread: highest less lowest."""

    attribute: int
    weight: Fraction
    n: int
    people: int
    mean: Fraction | None
    share: Fraction
    adds: Fraction
    spread: int

    @property
    def is_apart(self) -> bool:
        return self.spread >= APART


@dataclass(frozen=True)
class Composite:
    """value: the weighted mean of the means of attributes, 1 to 5, exact; None without any rating. Attributes
    without ratings give their weight to the others. scorers: how many people rated anything."""

    value: Fraction | None
    lines: list[Line]
    scorers: int

    @property
    def lacking(self) -> list[int]:
        """Attributes that too few people rated."""
        return [line.attribute for line in self.lines if line.people < PER_ATTRIBUTE_NEEDED]

    def is_enough(self, scorecards: int) -> bool:
        """Whether a decision may rest on it. scorecards: people whose counted scorecards are in."""
        return scorecards >= SCORERS_NEEDED and not self.lacking


def composite(weights: Mapping[int, Fraction], ratings: Iterable[Given]) -> Composite:
    """weights: {attribute: a part above 0}; ratings of other attributes are left out. Lines come by weight."""
    by_attribute: dict[int, list[Given]] = {attribute: [] for attribute in weights}
    for given in ratings:
        if given.attribute in by_attribute and given.value is not None:
            by_attribute[given.attribute].append(given)
    total = sum((weights[attribute] for attribute, given in by_attribute.items() if given), Fraction(0))
    lines = [_line(attribute, weights[attribute], given, total) for attribute, given in by_attribute.items()]
    lines.sort(key=lambda line: -line.weight)
    people = {given.person for its in by_attribute.values() for given in its}
    value = sum((line.adds for line in lines), Fraction(0)) if total else None
    return Composite(value, lines, len(people))


def _line(attribute: int, weight: Fraction, given: list[Given], total: Fraction) -> Line:
    values = [each.value for each in given if each.value is not None]
    if not values:
        return Line(attribute, weight, 0, 0, None, Fraction(0), Fraction(0), 0)
    mean, share = Fraction(sum(values), len(values)), weight / total
    people = len({each.person for each in given})
    return Line(attribute, weight, len(values), people, mean, share, share * mean, max(values) - min(values))

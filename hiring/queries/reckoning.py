"""What a panel's ratings come to. Only of settled scorecards: while one is outstanding there is nothing to reckon."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from hiring.composite import Composite, Given, Line, composite
from hiring.models import COUNTED, Application, Criterion, Decision, Rating

from .sealing import settled_cards

A_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Reckoning:
    """The composite of an application against its line. names: of the attributes that weigh, by id.

    seen: stands for all that it rests on; whoever decides sends it back, so that nobody decides on an older one.
    """

    composite: Composite
    names: dict[int, str]
    threshold: Decimal
    scorecards: int
    seen: str

    @property
    def value(self) -> Decimal | None:
        """Rounded as it is kept; whether it is above the line is asked of the exact one."""
        return None if self.composite.value is None else _decimal(self.composite.value)

    @property
    def is_above(self) -> bool:
        """At the line is above it."""
        return self.composite.value is not None and self.composite.value >= Fraction(self.threshold)

    @property
    def is_enough(self) -> bool:
        return self.composite.is_enough(self.scorecards)

    @property
    def lacking(self) -> list[str]:
        return [self.names[attribute] for attribute in self.composite.lacking]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """What a decision keeps of it."""
        return [self._kept(line) for line in self.composite.lines]

    def is_against(self, outcome: str) -> bool:
        """Whether an outcome goes against the composite: a hire below the line, or none at or above it."""
        if outcome == Decision.Outcome.HIRE:
            return not self.is_above
        return outcome == Decision.Outcome.NO_HIRE and self.is_above

    def _kept(self, line: Line) -> dict[str, Any]:
        return {
            "attribute": line.attribute,
            "name": self.names[line.attribute],
            "weight": str(_decimal(line.weight)),
            "share": str(_decimal(line.share)),
            "n": line.n,
            "people": line.people,
            "mean": None if line.mean is None else str(_decimal(line.mean)),
            "adds": str(_decimal(line.adds)),
        }


def reckon(application: Application) -> Reckoning:
    """From original ratings of those whose ratings count, with the weights that stand now."""
    cards = settled_cards(application.company_id).filter(application_id=application.id, role__in=COUNTED)
    people = dict(cards.values_list("id", "member_id"))
    ratings = Rating.objects.filter(company_id=application.company_id, scorecard_id__in=people)
    given = [
        Given(attribute, people[card], value)
        for attribute, card, value in ratings.values_list("attribute_id", "scorecard_id", "value")
    ]
    return reckoned(application, people, given)


def reckoned(application: Application, people: dict[int, int], given: list[Given]) -> Reckoning:
    """The same where the ratings are at hand. people: {settled scorecard that counts: its writer}."""
    weighing = Criterion.objects.filter(
        company_id=application.company_id, requisition_id=application.requisition_id
    )
    criteria = list(
        weighing.order_by("attribute__position", "attribute_id").values_list(
            "attribute_id", "weight", "attribute__name"
        )
    )
    result = composite({attribute: Fraction(weight) for attribute, weight, _name in criteria}, given)
    threshold = application.requisition.threshold
    rests_on = [
        sorted(people.items()),
        [[attribute, str(weight)] for attribute, weight, _name in criteria],
        str(threshold),
    ]
    return Reckoning(
        composite=result,
        names={attribute: name for attribute, _weight, name in criteria},
        threshold=threshold,
        scorecards=len(set(people.values())),
        seen=sha256(json.dumps(rests_on).encode()).hexdigest()[:20],
    )


def _decimal(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(A_THOUSANDTH)

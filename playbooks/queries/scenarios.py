"""Scenarios with the tickets that are of them, and the tickets that are of none."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Count, QuerySet

from accounts.models import Company, Member
from customers.models import Category
from customers.models.ticket import Channel
from metrics.queries import present
from playbooks.models import Playbook, Scenario, ScenarioCategory

from .coverage import DAY, DAYS, opened

ALIKE = 0.72
# (category, channel); no category is None, any channel is None.
Kind = tuple[int | None, int | None]


@dataclass(frozen=True)
class Rule:
    """A category, by a channel or by any, with how many tickets of the window it takes in."""

    id: int
    category: str
    channel: str
    tickets: int


@dataclass(frozen=True)
class ScenarioRow:
    scenario: Scenario
    mappings: list[Rule]
    playbooks: int

    @property
    def tickets(self) -> int:
        return sum(mapping.tickets for mapping in self.mappings)


@dataclass(frozen=True)
class Unmapped:
    """A category, or what is left of it, that no scenario takes in. suggested: a scenario of a like name."""

    category: Category
    tickets: int
    channels: list[str]
    suggested: Scenario | None


@dataclass(frozen=True)
class ScenariosPage:
    """uncategorised: tickets without any category, which no scenario can take in. tickets: of the window, all."""

    rows: list[ScenarioRow]
    archived: list[Scenario]
    unmapped: list[Unmapped]
    uncategorised: int
    tickets: int

    @property
    def unmapped_tickets(self) -> int:
        return sum(row.tickets for row in self.unmapped)


def scenarios_page(member: Member) -> ScenariosPage:
    """Everything that the page of scenarios shows, in a handful of queries."""
    company = member.company_id
    scenarios = list(
        Scenario.objects.visible_to(member).select_related("team", "senior").order_by("name", "id")
    )
    standing = [scenario for scenario in scenarios if scenario.archived_at is None]
    volume = volumes(member.company)
    rules = list(ScenarioCategory.objects.filter(company_id=company).select_related("category"))
    taken, left = shared_out(volume, {(rule.category_id, rule.channel): rule.id for rule in rules})
    playbooks = dict(
        Playbook.objects.filter(company_id=company, archived_at__isnull=True)
        .values_list("scenario_id")
        .annotate(n=Count("id"))
    )
    mappings: dict[int, list[Rule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: (-taken[rule.id], rule.category.name)):
        mappings[rule.scenario_id].append(
            Rule(rule.id, rule.category.name, channel_name(rule.channel), taken[rule.id])
        )
    return ScenariosPage(
        rows=[ScenarioRow(each, mappings[each.id], playbooks.get(each.id, 0)) for each in standing],
        archived=[scenario for scenario in scenarios if scenario.archived_at is not None],
        unmapped=_unmapped(company, left, standing),
        uncategorised=sum(n for (category, _channel), n in volume.items() if category is None),
        tickets=sum(volume.values()),
    )


def volumes(company: Company) -> dict[Kind, int]:
    """How many tickets were opened in the days of coverage, {(category, channel): n}, as coverage counts them."""
    at = present(company)
    counted = opened(company.id, at.today - (DAYS - 1) * DAY, at.today, at.version)
    return {(category or None, channel): n for (category, channel), n in counted.items()}


def shared_out(volume: Mapping[Kind, int], rules: Mapping[Kind, int]) -> tuple[Counter[int], dict[Kind, int]]:
    """What each rule takes in, and what none does. A rule of the very channel goes before one of any channel."""
    taken: Counter[int] = Counter()
    left: dict[Kind, int] = {}
    for (category, channel), n in volume.items():
        rule = rules.get((category, channel)) or rules.get((category, None))
        if rule is not None and category is not None:
            taken[rule] += n
        else:
            left[category, channel] = n
    return taken, left


def channel_name(channel: int | None) -> str:
    """As people read it; empty for any channel."""
    return "" if channel is None else str(Channel(channel).label)


def standing_scenarios(member: Member) -> QuerySet[Scenario]:
    return Scenario.objects.visible_to(member).filter(archived_at__isnull=True).order_by("name", "id")


def mappings_of(scenario: Scenario) -> QuerySet[ScenarioCategory]:
    rules = ScenarioCategory.objects.filter(company_id=scenario.company_id, scenario=scenario)
    return rules.select_related("category").order_by("category__name", "channel")


def names_alike(name: str, scenarios: Iterable[Scenario]) -> Scenario | None:
    """The scenario whose name is nearest, if it is near enough to be offered."""
    best, found = ALIKE, None
    for scenario in scenarios:
        nearness = _nearness(name, scenario.name)
        if nearness >= best:
            best, found = nearness, scenario
    return found


def _unmapped(company_id: int, left: Mapping[Kind, int], scenarios: list[Scenario]) -> list[Unmapped]:
    volume: Counter[int] = Counter()
    channels: dict[int, list[int]] = defaultdict(list)
    for (category, channel), n in sorted(left.items(), key=lambda item: -item[1]):
        if category is not None:
            volume[category] += n
            channels[category].append(channel or 0)
    names = Category.objects.filter(company_id=company_id, id__in=volume).in_bulk()
    found = [
        Unmapped(
            category=names[category],
            tickets=n,
            channels=[channel_name(channel) for channel in channels[category]],
            suggested=names_alike(names[category].name, scenarios),
        )
        for category, n in volume.items()
    ]
    return sorted(found, key=lambda row: (-row.tickets, row.category.name.casefold()))


def _nearness(one: str, other: str) -> float:
    """From 0 to 1: how alike two names are, letter by letter or by the words they share."""
    one, other = one.casefold(), other.casefold()
    words, others = set(re.findall(r"\w{4,}", one)), set(re.findall(r"\w{4,}", other))
    shared = 2 * len(words & others) / (len(words) + len(others)) if words and others else 0.0
    return max(shared, SequenceMatcher(None, one, other).ratio())

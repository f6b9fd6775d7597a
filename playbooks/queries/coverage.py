"""Coverage: which share of the tickets is of a scenario that has a playbook one can trust.

What is counted are the facts of opened tickets, as `tickets_opened` counts them: deleted and merged tickets and spam
have none. How many there are of each category and channel is remembered as long as the figures do not move; of
which scenario that is, and how far its playbook can be trusted, is always read anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Company
from customers.models.ticket import Channel
from metrics.intervals import wilson
from metrics.kinds import Kind
from metrics.queries import Present, memory, present
from playbooks.models import Playbook, Scenario, ScenarioCategory, Version
from playbooks.models.playbook import DUE_WITHIN

from .parts import COVERED, Part
from .words import LINE

DAYS = 90
DAY = timedelta(days=1)
AT_WORK = (Version.State.DRAFT, Version.State.IN_REVIEW)
Combination = tuple[int, int]  # a category (0 is none) and a channel


@dataclass(frozen=True)
class Share:
    """How many of n tickets are covered. key: the id of the team, the number of the channel; None is nobody's."""

    key: int | None
    name: str
    n: int
    covered: int

    @property
    def value(self) -> float | None:
        return self.covered / self.n if self.n else None

    @cached_property
    def interval(self) -> tuple[float | None, float | None]:
        return wilson(self.covered, self.n)


@dataclass(frozen=True)
class Standing:
    """The playbook that decides about a scenario on a day. until: the last day on which it can be trusted.

    lapse: why it is unverified. work: the state of what is being written, or nothing; since: since when.
    """

    part: Part
    playbook: int | None = None
    title: str = ""
    until: date | None = None
    lapse: str = ""
    verifier: str = ""
    work: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class OfScenario:
    """A scenario with the tickets that are of it. combinations: {(category, channel): tickets}."""

    id: int
    name: str
    team_id: int | None
    team: str
    senior_id: int | None
    senior: str
    standing: Standing
    combinations: Mapping[Combination, int]

    @property
    def part(self) -> Part:
        return self.standing.part

    @cached_property
    def n(self) -> int:
        return sum(self.combinations.values())


@dataclass(frozen=True)
class Coverage(Share):
    """Of a company on a day, over the tickets opened from start to end."""

    company_id: int = 0
    start: date = date.min
    end: date = date.min
    day: date = date.min
    parts: Mapping[Part, int] = field(default_factory=dict)
    scenarios: tuple[OfScenario, ...] = ()
    teams: tuple[Share, ...] = ()
    channels: tuple[Share, ...] = ()

    def points(self, n: float) -> float:
        """So many tickets in points of coverage."""
        return 100 * n / self.n if self.n else 0.0

    @property
    def is_below(self) -> bool:
        return self.value is not None and self.value < LINE

    @cached_property
    def lapsed(self) -> list[OfScenario]:
        """What lowered it: the most tickets first."""
        found = [each for each in self.scenarios if each.part == Part.LAPSED and each.n]
        return sorted(found, key=lambda each: (-each.n, each.name))

    @cached_property
    def has_scenarios(self) -> bool:
        return bool(self.scenarios)


def coverage(company: Company, day: date, at: Present | None = None) -> Coverage:
    """Of the 90 days that end with a day."""
    return coverage_of(company, day - (DAYS - 1) * DAY, day, at)


def coverage_of(company: Company, start: date, end: date, at: Present | None = None) -> Coverage:
    """Of the tickets opened from start to end, as playbooks stand on the last day, or today if that comes first."""
    at = at or present(company)
    day = min(end, at.today)
    counted = opened(company.id, start, end, at.version)
    scenarios = _scenarios(company, day, at, counted)
    parts = dict.fromkeys(Part, 0)
    teams, channels = _Tally(), _Tally()
    for each in scenarios:
        parts[each.part] += each.n
        for (_category, channel), n in each.combinations.items():
            teams.add(each.team_id, n, each.part)
            channels.add(channel, n, each.part)
    mapped = {combination for each in scenarios for combination in each.combinations}
    for combination, n in counted.items():
        if combination not in mapped:
            parts[Part.UNMAPPED] += n
            channels.add(combination[1], n, Part.UNMAPPED)
    names = {each.team_id: each.team for each in scenarios}
    return Coverage(
        key=None,
        name=company.name,
        company_id=company.id,
        n=sum(parts.values()),
        covered=sum(parts[part] for part in COVERED),
        start=start,
        end=end,
        day=day,
        parts=parts,
        scenarios=tuple(scenarios),
        teams=teams.shares({key: name or str(_("No team")) for key, name in names.items()}),
        channels=channels.shares({choice.value: str(choice.label) for choice in Channel}),
    )


class _Tally:
    """Tickets and covered ones by key."""

    def __init__(self) -> None:
        self.n: dict[int | None, int] = defaultdict(int)
        self.covered: dict[int | None, int] = defaultdict(int)

    def add(self, key: int | None, n: int, part: Part) -> None:
        self.n[key] += n
        self.covered[key] += n if part in COVERED else 0

    def shares(self, names: Mapping) -> tuple[Share, ...]:
        found = [Share(key, names.get(key, ""), n, self.covered[key]) for key, n in self.n.items() if n]
        return tuple(sorted(found, key=lambda share: (share.key is None, share.name)))


_OPENED = """
SELECT category_id, channel_id, count(*) FROM metrics_fact
 WHERE company_id = %s AND kind = %s AND day >= %s AND day <= %s GROUP BY category_id, channel_id
"""


def opened(company_id: int, start: date, end: date, version: str) -> dict[Combination, int]:
    """Tickets opened on these days, by category and channel. version: of the company's figures."""

    def ask() -> dict[Combination, int]:
        with connection.cursor() as cursor:
            cursor.execute(_OPENED, [company_id, Kind.OPENED, start, end])
            return {(category, channel): n for category, channel, n in cursor.fetchall()}

    return memory.remembered(f"playbooks:opened:{company_id}:{version}:{start}:{end}", ask)


def scenario_by_combination(company_id: int, combinations: Iterable[Combination]) -> dict[Combination, int]:
    """The scenario of each category by each channel that has one: the mapping that names the channel wins."""
    rows = ScenarioCategory.objects.filter(company_id=company_id, scenario__archived_at__isnull=True)
    mapped = {(category, channel): scenario for category, channel, scenario in rows.values_list(
        "category_id", "channel", "scenario_id"
    )}  # fmt: skip
    found = {}
    for category, channel in combinations:
        scenario = mapped.get((category, channel)) or mapped.get((category, None))
        if scenario is not None:
            found[category, channel] = scenario
    return found


def _scenarios(
    company: Company, day: date, at: Present, counted: Mapping[Combination, int]
) -> list[OfScenario]:
    """Every scenario of the company by name, also one without tickets."""
    combinations: dict[int, dict[Combination, int]] = defaultdict(dict)
    for combination, scenario in scenario_by_combination(company.id, counted).items():
        combinations[scenario][combination] = counted[combination]
    standing = standings(company, day, at)
    rows = Scenario.objects.filter(company_id=company.id, archived_at__isnull=True).order_by("name", "id")
    return [
        OfScenario(
            id=row["id"],
            name=row["name"],
            team_id=row["team_id"],
            team=row["team__name"] or "",
            senior_id=row["senior_id"],
            senior=row["senior__name"] or "",
            standing=standing.get(row["id"], Standing(Part.NONE)),
            combinations=combinations.get(row["id"], {}),
        )
        for row in rows.values("id", "name", "team_id", "team__name", "senior_id", "senior__name")
    ]


def standings(company: Company, day: date, at: Present) -> dict[int, Standing]:
    """{scenario: the playbook that decides about it on a day}: of several the one to be trusted the most."""
    rows = Playbook.objects.filter(company_id=company.id).standing()
    rows = rows.annotate(
        first=Min("versions__published_at"),
        work=Max("versions__state", filter=Q(versions__state__in=AT_WORK)),
        since=Max(
            Coalesce("versions__sent_at", "versions__edited_at"), filter=Q(versions__state__in=AT_WORK)
        ),
    )
    found: dict[int, Standing] = {}
    names = ("id", "scenario_id", "title", "verified_until", "lapse", "first", "work", "since")
    for row in rows.values(*names, "verifier__name", "verifier_team__name").order_by("id"):
        standing = _standing(row, day, at)
        known = found.get(row["scenario_id"])
        if known is None or _rank(standing) < _rank(known):
            found[row["scenario_id"]] = standing
    return found


def _standing(row: dict, day: date, at: Present) -> Standing:
    until, first = row["verified_until"], row["first"]
    is_published = first is not None and at.zones.day(first) <= day
    if is_published and until is not None and until >= day:
        part = Part.DUE if until - day <= DUE_WITHIN else Part.VERIFIED
    elif is_published:
        part = Part.LAPSED
    else:
        part = Part.DRAFT if row["work"] else Part.NONE
    return Standing(
        part,
        row["id"],
        row["title"],
        until,
        row["lapse"],
        row["verifier__name"] or row["verifier_team__name"] or "",
        row["work"] or "",
        row["since"],
    )


def _rank(standing: Standing) -> int:
    return list(Part).index(standing.part)

"""The organisation on a day: who reports to whom, and how many people each manager leads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounts.lines import LineBook
from accounts.models import Member, ReportingLine, Team
from accounts.models.member import at_work

FEWEST, MOST = 4, 10
SCALE = 12  # reports at the right end of the drawn scale
MOST_SHOWN = 400


@dataclass(frozen=True)
class Span:
    """How many people report to somebody directly, against the band of 4 to 10."""

    count: int

    @property
    def under(self) -> int:
        return max(FEWEST - self.count, 0)

    @property
    def over(self) -> int:
        return max(self.count - MOST, 0)

    @property
    def is_in_band(self) -> bool:
        return FEWEST <= self.count <= MOST

    @property
    def place(self) -> str:
        """Where it stands on the drawn scale."""
        return f"{min(self.count, SCALE) / SCALE:.1%}"


@dataclass
class Branch:
    """A person with those below. `folded`: how many people below are not shown."""

    person: Member
    team: str
    span: Span
    leads: list["Branch"] = field(default_factory=list)
    reports: list["Branch"] = field(default_factory=list)
    folded: int = 0


@dataclass(frozen=True)
class OrgChart:
    """trees: of everybody who leads and reports to nobody. alone: who does neither."""

    trees: list[Branch]
    alone: list[Member]
    people: int
    teams: int
    spans: list[Span]

    @property
    def in_band(self) -> int:
        return sum(span.is_in_band for span in self.spans)


@dataclass(frozen=True)
class Lines:
    """Manager and team of each member on a day."""

    manager: dict[int, int | None]
    team: dict[int, int | None]

    def reports(self, members: Iterable[int]) -> dict[int, list[int]]:
        """Who of these members reports to whom."""
        found: dict[int, list[int]] = defaultdict(list)
        for member_id in members:
            manager_id = self.manager.get(member_id)
            if manager_id is not None:
                found[manager_id].append(member_id)
        return found


def lines_on(company_id: int, day: date) -> Lines:
    """The line of everybody on a day, in one query."""
    rows = ReportingLine.objects.in_force().filter(company_id=company_id, valid_from__lte=day)
    manager: dict[int, int | None] = {}
    team: dict[int, int | None] = {}
    for member_id, manager_id, team_id in rows.order_by("valid_from").values_list(
        "member_id", "manager_id", "team_id"
    ):
        manager[member_id], team[member_id] = manager_id, team_id
    return Lines(manager, team)


def reports_on(company_id: int, day: date) -> dict[int | None, set[int]]:
    """Who at work on a day reports to whom, in one query; under None who reports to nobody."""
    rows = ReportingLine.objects.in_force().filter(
        company_id=company_id, valid_from__lte=day, member__in=Member.objects.at_work(day)
    )
    newest = rows.order_by("member_id", "-valid_from").distinct("member_id")
    found: dict[int | None, set[int]] = defaultdict(set)
    for member_id, manager_id in newest.values_list("member_id", "manager_id"):
        found[manager_id].add(member_id)
    return found


def line_book(company_id: int) -> LineBook:
    """All lines in force of a company, in memory."""
    rows = ReportingLine.objects.in_force().filter(company_id=company_id)
    return LineBook.of(rows.values_list("member_id", "valid_from", "manager_id"))


def team_names(company_id: int) -> dict[int | None, str]:
    return dict(Team.objects.filter(company_id=company_id).values_list("id", "name"))


def org_chart(member: Member, day: date, under: Member | None = None) -> OrgChart:
    """Everybody who works on a day as trees, or the tree under one person; large trees are folded lower down."""
    lines, teams = lines_on(member.company_id, day), team_names(member.company_id)
    persons = Member.objects.visible_to(member).annotate(is_here=at_work(day)).order_by("name", "id")
    everybody = {person.id: person for person in persons}
    here = [person.id for person in everybody.values() if person.is_here]
    shown = _with_managers(here, lines)
    reports = lines.reports(person_id for person_id in everybody if person_id in shown)
    tops = [under.id] if under else [p for p in everybody if p in shown and lines.manager.get(p) is None]
    spans = {manager: Span(len(below)) for manager, below in lines.reports(here).items()}
    grower = _Grower(everybody, reports, spans, lines, teams)
    return OrgChart(
        trees=[grower.grow(top) for top in tops if top in reports or under],
        alone=[] if under else [everybody[top] for top in tops if top not in reports],
        people=len(here),
        teams=len(spans),
        spans=list(spans.values()),
    )


def _with_managers(here: list[int], lines: Lines) -> set[int]:
    """These people and all above them: a manager who has left is shown as long as somebody reports to them."""
    shown, waiting = set(here), list(here)
    while waiting:
        manager_id = lines.manager.get(waiting.pop())
        if manager_id is not None and manager_id not in shown:
            shown.add(manager_id)
            waiting.append(manager_id)
    return shown


@dataclass
class _Grower:
    everybody: Mapping[int, Member]
    reports: dict[int, list[int]]
    spans: dict[int, Span]
    lines: Lines
    teams: dict[int | None, str]
    left: int = MOST_SHOWN

    def grow(self, top: int) -> Branch:
        """The tree under somebody, level by level until enough is shown."""
        root = self._branch(top)
        level = [root]
        while level:
            level = [lower for branch in level for lower in self._open(branch)]
        return root

    def _open(self, branch: Branch) -> list[Branch]:
        below = self.reports.get(branch.person.id, [])
        if self.left < len(below):
            branch.folded = self._count(branch.person.id)
            return []
        self.left -= len(below)
        lower = [self._branch(person_id) for person_id in below]
        branch.leads = [each for each in lower if each.person.id in self.reports]
        branch.reports = [each for each in lower if each.person.id not in self.reports]
        return branch.leads

    def _branch(self, person_id: int) -> Branch:
        team = self.teams.get(self.lines.team.get(person_id), "")
        return Branch(self.everybody[person_id], team, self.spans.get(person_id, Span(0)))

    def _count(self, top: int) -> int:
        count, waiting = 0, [top]
        while waiting:
            below = self.reports.get(waiting.pop(), [])
            count += len(below)
            waiting += below
        return count

"""Who is to know what: the matrix of roles and playbooks, and who lacks it."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Member, ReportingLine, Role, Team
from accounts.queries import ids_below
from playbooks.models import Playbook
from playbooks.queries.lists import readable
from training.models import ORDER, TRUSTED, Certificate, Requirement

NAMED = 50


@dataclass(frozen=True)
class Lack:
    """Of a requirement: how many people it is about, and who lacks it, at most NAMED of them by name."""

    requirement: Any
    people: int
    lacking: int
    names: list[Member] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.lacking - len(self.names)


@dataclass(frozen=True)
class Cell:
    """of_any: the level that holds for any team, while a team is in view and has none of its own."""

    role: Role
    level: str
    of_any: str
    lack: Lack | None


@dataclass(frozen=True)
class MatrixRow:
    playbook: Playbook
    cells: list[Cell]


@dataclass(frozen=True)
class Matrix:
    rows: list[MatrixRow]
    lacks: list[Lack]
    is_empty: bool

    @property
    def lacking(self) -> list[Lack]:
        return [each for each in self.lacks if each.lacking]


def matrix(member: Member, team: Team | None = None, only: Playbook | None = None) -> Matrix:
    """team: None for what holds in any team. only: one playbook. Names are those whom the reader may see."""
    books = readable(member).order_by("title", "id")
    wanted = Requirement.objects.filter(company_id=member.company_id).select_related("playbook", "team")
    if only is not None:
        books, wanted = books.filter(id=only.id), wanted.filter(playbook=only)
    found = list(wanted.order_by("playbook__title", "role", "team__name", "id"))
    lacks = {each.requirement.id: each for each in _lacks(member, found)}
    by_place = {(each.role, each.team_id, each.playbook_id): each for each in found}
    rows = [MatrixRow(book, [_cell(role, book, team, by_place, lacks) for role in Role]) for book in books]
    ids = {row.playbook.id for row in rows}
    told = [each for each in lacks.values() if each.requirement.playbook_id in ids]
    return Matrix(rows, told, not found)


def _cell(role: Role, book: Playbook, team: Team | None, by_place: dict, lacks: dict[int, Lack]) -> Cell:
    own = by_place.get((role.value, team.id if team else None, book.id))
    of_any = by_place.get((role.value, None, book.id)) if team else None
    return Cell(
        role,
        own.level if own else "",
        str(of_any.get_level_display()) if of_any and not own else "",
        lacks.get(own.id) if own else None,
    )


def _lacks(member: Member, wanted: list[Any]) -> list[Lack]:
    """The rule of a team comes before the one for any team; people without a team have only the latter."""
    if not wanted:
        return []
    people, teams = _people(member), _teams(member)
    books = {each.playbook_id for each in wanted}
    ranks = _ranks(member, books)
    own = {(each.role, each.team_id, each.playbook_id) for each in wanted if each.team_id}
    found = []
    for each in wanted:
        asked = [
            person
            for person in people
            if person.role == each.role and _is_asked(each, teams.get(person.id), own)
        ]
        lacking = [
            person for person in asked if ranks.get((person.id, each.playbook_id), -1) < ORDER[each.level]
        ]
        found.append(Lack(each, len(asked), len(lacking), lacking[:NAMED]))
    return found


def _is_asked(requirement: Any, team_id: int | None, own: set) -> bool:
    if requirement.team_id:
        return requirement.team_id == team_id
    return (requirement.role, team_id, requirement.playbook_id) not in own


def _people(member: Member) -> list[Member]:
    rows = Member.objects.visible_to(member).at_work(member.company.today())
    if not member.sees_everybody:
        rows = rows.filter(id__in=ids_below(member, member.company.today()))
    return list(rows.order_by("name", "id").only("id", "name", "role", "company_id"))


def _teams(member: Member) -> dict[int, int]:
    """{member id: id of the team they are in today}."""
    today = member.company.today()
    lines = ReportingLine.objects.in_force().filter(company_id=member.company_id, valid_from__lte=today)
    rows = lines.order_by("member_id", "-valid_from").distinct("member_id")
    return dict(rows.values_list("member_id", "team_id"))


def _ranks(member: Member, books: set[int]) -> dict[tuple[int, int], int]:
    """{(member id, playbook id): rank of the newest certificate that can be trusted today}."""
    today = member.company.today()
    rows = Certificate.objects.filter(
        company_id=member.company_id, playbook_id__in=books, revoked_at__isnull=True
    )
    rows = rows.order_by("member_id", "playbook_id", "-id").distinct("member_id", "playbook_id")
    return {
        (row.member_id, row.playbook_id): ORDER[row.level] for row in rows if row.standing(today) in TRUSTED
    }

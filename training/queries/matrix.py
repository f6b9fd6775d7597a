"""People and processes: who is certified for what. Managers see the people below, leaders and admins all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from accounts.models import Member, ReportingLine, Team
from accounts.queries import ids_below
from playbooks.models import Playbook
from training.models import Certificate, Requirement

from .standings import Book, Cell, book_of, processes

A_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see; nothing for everything."""

    team: Team | None = None
    process: Playbook | None = None
    standing: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.team or self.process or self.standing)


@dataclass(frozen=True)
class Row:
    person: Member
    pairs: list[tuple[Playbook, Cell]]


@dataclass(frozen=True)
class Matrix:
    """people: in their order, as far as they are wanted."""

    member: Member
    asked: Asked
    playbooks: Sequence[Playbook]
    people: Sequence[Member]
    book: Book | None = field(default=None)

    def rows(self, people: Sequence[Member]) -> list[Row]:
        book = self.book or _book(self.member, people, self.playbooks)
        return [
            Row(each, [(process, book.cell(each, process.id)) for process in self.playbooks])
            for each in people
        ]

    def page(self, number: str | None) -> tuple[Page, list[Row]]:
        page = Paginator(self.people, A_PAGE).get_page(number)
        return page, self.rows(list(page.object_list))

    def lines(self) -> Iterator[list[str]]:
        """For a spreadsheet: a line for each person and process that there is anything to say of."""
        for row in self.rows(self.people):
            for process, cell in row.pairs:
                if cell.look:
                    yield [
                        row.person.name,
                        row.person.email,
                        process.title,
                        cell.needed,
                        str(cell.look.word),
                        cell.level,
                        str(cell.until or ""),
                        cell.supervisor,
                    ]


def matrix(member: Member, asked: Asked) -> Matrix:
    playbooks = [each for each in processes(member) if asked.process in (None, each)]
    people = list(_people(member, asked))
    if not asked.standing:
        return Matrix(member, asked, playbooks, people)
    book = _book(member, people, playbooks)
    wanted = [
        each
        for each in people
        if any(book.cell(each, process.id).key == asked.standing for process in playbooks)
    ]
    return Matrix(member, asked, playbooks, wanted, book)


def people_to_see(member: Member) -> QuerySet[Member]:
    """Those of whom a member may know how far they can be trusted with a process."""
    people = Member.objects.visible_to(member).active().filter(is_stub=False, is_bot=False)
    if member.sees_everybody:
        return people
    below = ids_below(member, member.company.today()) if member.leads_people else set()
    return people.filter(id__in={member.id} | below)


def teams(member: Member) -> QuerySet[Team]:
    return Team.objects.filter(company_id=member.company_id).order_by("name")


def _people(member: Member, asked: Asked) -> QuerySet[Member]:
    """Of a role that is to know something, or with a certificate."""
    mine = {"company_id": member.company_id}
    roles = Requirement.objects.filter(**mine).order_by().values("role")
    holders = Certificate.objects.filter(**mine).order_by().values("member_id")
    people = people_to_see(member).filter(Q(role__in=roles) | Q(id__in=holders))
    if asked.team is not None:
        lines = ReportingLine.objects.on(member.company.today()).filter(**mine, team=asked.team)
        people = people.filter(id__in=lines.values("member_id"))
    return people.order_by("name", "id")


def _book(member: Member, people: Sequence[Member], playbooks: Sequence[Playbook]) -> Book:
    return book_of(
        member.company_id,
        member.company.today(),
        [each.id for each in people],
        [each.id for each in playbooks],
    )

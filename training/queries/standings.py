"""How far each of some people knows each of some processes today."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, ReportingLine
from playbooks.models import Playbook
from training.models import TRUSTED, Certificate, Requirement, Standing, Supervision


@dataclass(frozen=True)
class Look:
    """How a standing is shown: in a word, an icon, and a colour last. tone: good, watch or nothing."""

    key: str
    icon: str
    word: str | Promise
    tone: str = ""


LOOKS = {
    look.key: look
    for look in (
        Look("valid", "check", _("Valid"), "good"),
        Look("refresh", "refresh", _("Refresh due"), "watch"),
        Look("expired", "alert-triangle", _("Expired"), "watch"),
        Look("revoked", "ban", _("Revoked"), "watch"),
        Look("supervised", "users", _("Supervised")),
        Look("none", "minus", _("None yet")),
    )
}


@dataclass(frozen=True)
class Cell:
    """One person and one process. level: what the person is certified for; needed: what they are to know, or nothing.

    key: of LOOKS, or empty where nothing is asked and nothing is there. until: the last day of what holds.
    """

    member_id: int
    playbook_id: int
    key: str
    level: str
    needed: str
    until: date | None
    certificate_id: int | None
    supervisor: str

    @property
    def look(self) -> Look | None:
        return LOOKS.get(self.key)


Needs = dict[tuple[str, int | None], dict[int, str]]


@dataclass(frozen=True)
class Book:
    """What there is of a company, to be asked for a cell."""

    certificates: dict[tuple[int, int], Certificate]
    supervisions: dict[tuple[int, int], Supervision]
    needs: Needs
    teams: dict[int, int | None]
    today: date

    def cell(self, person: Member, playbook_id: int) -> Cell:
        at = (person.id, playbook_id)
        certificate, beside = self.certificates.get(at), self.supervisions.get(at)
        needed = self.needed(person, playbook_id)
        key = certificate.standing(self.today).value if certificate else "none" if needed else ""
        until = certificate.ends_on if certificate and key != Standing.REVOKED else None
        if beside is not None and key not in TRUSTED:
            key, until = "supervised", beside.until
        return Cell(
            person.id,
            playbook_id,
            key,
            str(certificate.get_level_display()) if certificate else "",
            needed,
            until,
            certificate.id if certificate else None,
            beside.supervisor.name if beside and key == "supervised" else "",
        )

    def needed(self, person: Member, playbook_id: int) -> str:
        """The level that the role asks for: of the team if that says so, else of any team."""
        own = self.needs.get((person.role, self.teams.get(person.id)), {})
        return own.get(playbook_id) or self.needs.get((person.role, None), {}).get(playbook_id, "")


def book_of(company_id: int, today: date, people: Collection[int], playbooks: Collection[int]) -> Book:
    """Of some people and processes, in four queries."""
    asked: dict[str, Any] = {"company_id": company_id, "member_id__in": people, "playbook_id__in": playbooks}
    # What was revoked stands only where nothing else does.
    newest = Certificate.objects.filter(**asked).order_by(
        "member_id", "playbook_id", F("revoked_at").desc(nulls_first=True), "-id"
    )
    beside = Supervision.objects.filter(**asked, ended_at__isnull=True, until__gte=today)
    lines = ReportingLine.objects.on(today).filter(company_id=company_id, member_id__in=people)
    return Book(
        {(row.member_id, row.playbook_id): row for row in newest.distinct("member_id", "playbook_id")},
        {
            (row.member_id, row.playbook_id): row
            for row in beside.filter(supervisor__is_active=True).select_related("supervisor")
        },
        needs_of(company_id),
        dict(lines.values_list("member_id", "team_id")),
        today,
    )


def needs_of(company_id: int) -> Needs:
    found: Needs = {}
    for row in Requirement.objects.filter(company_id=company_id):
        found.setdefault((row.role, row.team_id), {})[row.playbook_id] = str(row.get_level_display())
    return found


def processes(member: Member) -> QuerySet[Playbook]:
    """What somebody is to know, or is certified for; by title."""
    mine = {"company_id": member.company_id}
    known = Requirement.objects.filter(**mine).order_by().values("playbook_id")
    certified = Certificate.objects.filter(**mine).order_by().values("playbook_id")
    rows = Playbook.objects.visible_to(member).standing()
    return (rows.filter(id__in=known) | rows.filter(id__in=certified)).order_by("title", "id")


def own_cells(member: Member) -> list[tuple[Playbook, Cell]]:
    """Of the member's own processes: those they are to know, and those they are certified for."""
    playbooks = list(processes(member))
    book = book_of(member.company_id, member.company.today(), [member.id], [each.id for each in playbooks])
    cells: Iterable[tuple[Playbook, Cell]] = ((each, book.cell(member, each.id)) for each in playbooks)
    return [(playbook, cell) for playbook, cell in cells if cell.key]

"""The teams of a company."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import Member, ReportingLine, Team

from .org import lines_on


@dataclass(frozen=True)
class TeamRow:
    """count: who is in it and at work on a day. is_used: whether a line ever named it, so that it has to stay."""

    team: Team
    count: int
    is_used: bool


def teams(member: Member, day: date) -> list[TeamRow]:
    """By name."""
    used = ReportingLine.objects.filter(company_id=OuterRef("company_id"), team=OuterRef("id"))
    rows = Team.objects.filter(company_id=member.company_id).annotate(is_used=Exists(used)).order_by("name")
    lines = lines_on(member.company_id, day)
    working = Member.objects.visible_to(member).at_work(day).values_list("id", flat=True)
    counts = Counter(lines.team.get(person_id) for person_id in working)
    return [TeamRow(row, counts[row.id], row.is_used) for row in rows]

"""Who will have how many reports once the planned seats are taken."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Member
from accounts.queries import ids_below
from accounts.queries.org import reports_on

from .seats import Planned, planned_seats


@dataclass(frozen=True)
class PlanRow:
    """reports: people who report to the manager on the day."""

    planned: Planned
    reports: int

    @property
    def after(self) -> int:
        return self.reports + self.planned.open + self.planned.accepted


def plan(member: Member, day: date) -> list[PlanRow]:
    """All of the company for whoever sees everybody; else the reader's own tree."""
    planned = planned_seats(member.company, day)
    if not member.sees_everybody:
        own = {member.id, *ids_below(member, day)}
        planned = [each for each in planned if each.manager and each.manager.id in own]
    if not planned:
        return []
    reports = reports_on(member.company_id, day)
    return [PlanRow(each, len(reports.get(each.manager.id, ())) if each.manager else 0) for each in planned]

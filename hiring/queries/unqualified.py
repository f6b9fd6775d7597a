"""Planned interviews whose scores would come from somebody who has not yet learned to score alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import COUNTED, Interview, Scorecard

from .interviewers import Interviewer, interviewers
from .people import applications_to

# So many scorecards ahead are looked at; later interviews come up when these are over.
MOST = 300


@dataclass(frozen=True)
class Unready:
    """An interview with those of its panel who are to score and are not qualified."""

    interview: Interview
    people: list[Interviewer] = field(default_factory=list)


def unqualified(member: Member, requisitions: Iterable[int]) -> dict[int, list[Unready]]:
    """{requisition id: its interviews to come, the next one first}, of jobs that the reader hires for."""
    cards = Scorecard.objects.waiting().filter(
        company_id=member.company_id,
        application_id__in=applications_to(member, requisitions).values("id"),
        role__in=COUNTED,
        interview__state=Interview.State.PLANNED,
        interview__starts_at__gt=clock.now(),
    )
    ahead = list(
        cards.select_related("interview__application__candidate", "interview__stage")
        .defer("summary", "recommendation")
        .order_by("interview__starts_at", "interview_id", "id")[:MOST]
    )
    if not ahead:
        return {}
    company = member.company
    learning = {
        each.member.id: each
        for each in interviewers(company, company.today(), {card.member_id for card in ahead})
        if not each.is_qualified
    }
    found: dict[int, dict[int, Unready]] = defaultdict(dict)
    for card in ahead:
        if person := learning.get(card.member_id):
            interview = card.interview
            rows = found[interview.application.requisition_id]
            rows.setdefault(interview.id, Unready(interview)).people.append(person)
    return {requisition: list(rows.values()) for requisition, rows in found.items()}

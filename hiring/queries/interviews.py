"""An interview as its page shows it. Of scorecards only who is in and who is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Company, Member
from hiring.invitations import zone_of
from hiring.models import Application, Interview, Scorecard

from .interviewers import Interviewer, interviewers

OFFERED = 200
# From this many interviews in a month on somebody is asked to do a lot.
HEAVY = 12


@dataclass(frozen=True)
class Seat:
    """Somebody of the panel. local: the start on that person's clock. marks: what speaks against, in words."""

    card: Any
    local: datetime
    zone: str
    marks: list[str]

    @property
    def is_in(self) -> bool:
        return self.card.state == Scorecard.State.SUBMITTED

    @property
    def is_excused(self) -> bool:
        return self.card.state == Scorecard.State.EXCUSED


def interviews_with_links(member: Member) -> QuerySet[Any]:
    return Interview.objects.visible_to(member).select_related(
        "application__candidate", "application__requisition", "stage", "kit__kit", "planned_by", "company"
    )


def panel_of(interview: Interview, company: Company) -> list[Seat]:
    """By role and name, those excused last; in a handful of queries."""
    cards = list(
        interview.scorecards.select_related("member__user").defer("summary", "recommendation").order_by("id")
    )
    marked = marks(company, [card.member_id for card in cards])
    seats = []
    for card in cards:
        card.member.company = company
        zone = zone_of(card.member, interview)
        local = interview.starts_at.astimezone(ZoneInfo(zone))
        seats.append(Seat(card, local, zone, marked.get(card.member_id, [])))
    order = {"lead": 0, "scorer": 1, "shadow": 2, "reverse_shadow": 3}
    return sorted(seats, key=lambda s: (s.is_excused, order[s.card.role], s.card.member.name.casefold()))


def to_ask(application: Application) -> QuerySet[Any]:
    """Who can be on a panel: people at work here, but the candidate."""
    people = Member.objects.active().filter(company_id=application.company_id, is_stub=False, is_bot=False)
    return people.exclude(id=application.candidate.member_id or 0)


@dataclass(frozen=True)
class Offer:
    """Somebody to suggest, with what speaks against."""

    email: str
    name: str
    zone: str
    marks: list[str]

    @property
    def words(self) -> str:
        return ", ".join([self.name, *self.marks])


def offered(company: Company, application: Application) -> list[Offer]:
    """Some people for the fields to suggest, those who have been trained or asked before first."""
    known = {each.member.id: _marks(each) for each in interviewers(company, company.today())}
    people = list(to_ask(application).select_related("user").order_by("name", "id")[:OFFERED])
    people.sort(key=lambda person: (person.id not in known, person.name.casefold()))
    zones = company.zones()
    return [
        Offer(
            person.email,
            person.name,
            (person.user.zone if person.user else "") or zones.rows[-1][1].key,
            known.get(person.id, [_("not qualified yet")]),
        )
        for person in people
    ]


def marks(company: Company, people: list[int]) -> dict[int, list[str]]:
    """{member id: what speaks against asking that person}; nothing for most."""
    found = interviewers(company, company.today(), people)
    return {each.member.id: _marks(each) for each in found}


def _marks(person: Interviewer) -> list[str]:
    found = [] if person.is_qualified else [_("not qualified yet")]
    if person.load >= HEAVY:
        found.append(_("%(n)s interviews in four weeks") % {"n": person.load})
    return found


def planned_of(member: Member, **which: Any) -> list[Any]:
    """Interviews that are planned and that the member may read, the next one first."""
    found = Interview.objects.visible_to(member).filter(state=Interview.State.PLANNED, **which)
    return list(found.select_related("application__candidate", "stage").order_by("starts_at", "id"))

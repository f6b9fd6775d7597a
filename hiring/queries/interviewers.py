"""Who may score alone, what is missing for it, and how many interviews each one has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company, Member
from hiring.models import Interview, InterviewerTraining, PanelRole, Scorecard

from .settings import settings_of

# How far load looks back and ahead.
LOAD = timedelta(days=14)


@dataclass(frozen=True)
class Interviewer:
    """One person. shadows, reverse_shadows: interviews held with an own scorecard that is in.

    past, ahead: interviews of the 14 days before today, and of today and the 14 days after it.
    """

    member: Member
    trained_on: date | None
    shadows: int
    reverse_shadows: int
    shadows_needed: int
    reverse_shadows_needed: int
    past: int
    ahead: int

    @property
    def load(self) -> int:
        return self.past + self.ahead

    @property
    def is_qualified(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """What is left to do before somebody scores alone, in words; nothing for the qualified."""
        found = [] if self.trained_on else [_("the module on interviewing")]
        if (left := self.shadows_needed - self.shadows) > 0:
            found.append(ngettext("%(n)s shadow", "%(n)s shadows", left) % {"n": left})
        if (left := self.reverse_shadows_needed - self.reverse_shadows) > 0:
            found.append(ngettext("%(n)s reverse shadow", "%(n)s reverse shadows", left) % {"n": left})
        return found


def interviewers(company: Company, today: date, people: Collection[int] | None = None) -> list[Interviewer]:
    """By name: the people with these ids, or everybody at work here who has been trained or put on a panel."""
    trained = dict(
        InterviewerTraining.objects.filter(company_id=company.id).values_list("member_id", "done_on")
    )
    counted = _counted(company, today, people)
    wanted = {*trained, *counted} if people is None else set(people)
    members = Member.objects.active().filter(company_id=company.id, id__in=wanted, is_bot=False)
    rules = settings_of(company.id)
    return [
        Interviewer(
            member,
            trained.get(member.id),
            *counted.get(member.id, (0, 0, 0, 0))[:2],
            rules.shadows_needed,
            rules.reverse_shadows_needed,
            *counted.get(member.id, (0, 0, 0, 0))[2:],
        )
        for member in members.order_by("name", "id")
    ]


def _counted(
    company: Company, today: date, people: Collection[int] | None
) -> dict[int, tuple[int, int, int, int]]:
    """{member id: (shadows, reverse shadows, interviews before today, from today on)}."""
    begin, now, end = (
        _midnight(company, day) for day in (today - LOAD, today, today + LOAD + timedelta(days=1))
    )
    held = Q(state=Scorecard.State.SUBMITTED, interview__state=Interview.State.HELD)
    takes_part = ~Q(state=Scorecard.State.EXCUSED) & ~Q(interview__state=Interview.State.CANCELLED)
    at = "interview__starts_at"
    cards = Scorecard.objects.filter(company_id=company.id)
    if people is not None:
        cards = cards.filter(member_id__in=list(people))
    rows = (
        cards.order_by()
        .values_list("member_id")
        .annotate(
            shadows=Count("id", filter=held & Q(role=PanelRole.SHADOW)),
            reverse=Count("id", filter=held & Q(role=PanelRole.REVERSE_SHADOW)),
            past=Count("id", filter=takes_part & Q(**{f"{at}__gte": begin, f"{at}__lt": now})),
            ahead=Count("id", filter=takes_part & Q(**{f"{at}__gte": now, f"{at}__lt": end})),
        )
    )
    return {member: tuple(counts) for member, *counts in rows}  # type: ignore[misc]


def _midnight(company: Company, day: date) -> datetime:
    return company.zones().instant(datetime.combine(day, time()))

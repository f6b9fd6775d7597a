"""Who began, and what the ramp of one of them says."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from accounts.models import Member, Role
from metrics.models import RepDay
from training.models import Enrolment
from training.ramp import Band

# Who began this long ago has no ramp any more.
FOLLOWED = timedelta(days=730)
MOST_STARTERS = 400
TITLES = {
    "solo": gettext_lazy("First solo ticket"),
    "full_week": gettext_lazy("First full week"),
    "certificate": gettext_lazy("First certificate"),
    "median": gettext_lazy("Team’s median"),
}


@dataclass(frozen=True)
class Starter:
    """Somebody who began. programme and version of their first path, 0 without one."""

    member: Member
    start: date
    programme: int = 0
    version: int = 0
    version_name: str = ""


@dataclass(frozen=True)
class Milestone:
    """on: the day it was reached. day: its number in business days, the first day being 1. weeks: of the median.

    why: of one that is not reached, what is missing. usual: of others; None on the page of many people.
    """

    key: str
    on: date | None
    day: int | None
    weeks: int | None = None
    why: str = ""
    usual: Band | None = None

    @property
    def title(self) -> str:
        return str(TITLES[self.key])

    @property
    def is_reached(self) -> bool:
        return self.on is not None


@dataclass(frozen=True)
class Ramp:
    """today: the number of today's business day. others: how many starters the usual days rest on."""

    starter: Starter
    today: int
    milestones: list[Milestone]
    others: int = 0

    @property
    def of(self) -> dict[str, Milestone]:
        return {each.key: each for each in self.milestones}


def starters(
    company_id: int,
    today: date,
    among: Iterable[Member] | None = None,
    below: Collection[int] | None = None,
) -> list[Starter]:
    """Who began in the last two years, the newest first: by the first day of work, else by that of the first path.

    below: ids of those who are asked for; None for everybody.
    """
    people = Member.objects.filter(company_id=company_id, is_stub=False, is_bot=False, role=Role.REP)
    if among is not None:
        below = [member.id for member in among]
    if below is not None:
        people = people.filter(id__in=below)
    people = people.exclude(started_on__lt=today - FOLLOWED)
    known = list(people.order_by("-started_on", "-id"))
    paths = Enrolment.objects.filter(company_id=company_id, member__in=[each.id for each in known])
    before = RepDay.objects.filter(
        company_id=company_id, rep_id=OuterRef("member_id"), day__lt=OuterRef("starts_on"), res_n__gt=0
    )
    paths = (
        paths.annotate(worked_before=Exists(before))
        .exclude(state=Enrolment.State.WITHDRAWN)
        .order_by("member_id", "starts_on", "id")
    )
    first = {
        each.member_id: each for each in paths.select_related("version__programme").distinct("member_id")
    }
    found = [each for member in known if (each := _starter(member, first.get(member.id), today))]
    return sorted(found, key=lambda each: (each.start, each.member.id), reverse=True)[:MOST_STARTERS]


def _starter(member: Member, path: Any, today: date) -> Starter | None:
    """path: their first one, with worked_before: whether they solved a ticket before it, and so are no newcomer."""
    start = member.started_on
    if start is None and path is not None and not path.worked_before:
        start = path.starts_on
    if start is None or start < today - FOLLOWED:
        return None
    if path is None:
        return Starter(member, start)
    return Starter(member, start, path.version.programme_id, path.version_id, str(path.version))

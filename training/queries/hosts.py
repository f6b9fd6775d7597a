"""Hosts to propose for a ride-along: what is known of each, and why it is them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member, Role
from customers.models import Shift
from metrics.queries import Present, present
from playbooks.models import Run
from training.calendar import first_business_day
from training.hosting import Candidate, Pick, Span, propose
from training.models import ORDER, TRUSTED, Certificate, Enrolment, Item, Level, RideAlong

from .certificates import newest
from .host_figures import Known, figures_of
from .settings import settings_of

DAY = timedelta(days=1)
RAN_IN, HOSTED_IN, AHEAD = timedelta(days=90), timedelta(days=30), 5
# Where nobody's shifts are planned.
OPENS, CLOSES = time(9), time(17)


@dataclass(frozen=True)
class Reason:
    """is_good: it speaks for them; else it is something to know."""

    text: str
    is_good: bool = True


@dataclass(frozen=True)
class Proposal:
    host: Member
    starts_at: datetime
    ends_at: datetime
    reasons: Sequence[Reason]


@dataclass(frozen=True)
class Proposals:
    """first, last: between which days was looked. why_none: in words, empty if there are some."""

    rows: Sequence[Proposal]
    first: date
    last: date
    by_shifts: bool
    why_none: str = ""

    def of(self, host: Member) -> list[str]:
        """Why this host was proposed."""
        return [reason.text for row in self.rows if row.host.id == host.id for reason in row.reasons]


def proposals_of(enrolment: Enrolment, item: Item, day: date | None = None) -> Proposals:
    """The best hosts with time on a day, or on the next five business days."""
    company, settings = enrolment.member.company, settings_of(enrolment.company_id)
    at = present(company)
    days = [day] if day else _coming(max(at.today + DAY, enrolment.starts_on), settings.holidays)
    runs = _runs(item, at.now)
    certified = _certified(item, days[0])
    people = _people(enrolment, item, {*runs, *certified})
    if not people:
        return Proposals([], days[0], days[-1], False, _nobody(item))
    rides = _rides(enrolment, [*people, enrolment.member_id], at.now)
    hours, by_shifts = _hours([*people.values(), enrolment.member], days, at, settings.holidays)
    keys = (settings.satisfaction, settings.productivity)
    known = figures_of(company, people.values(), keys, item.module.playbook, at)
    candidates = [
        Candidate(
            id=person.id,
            name=person.name,
            lows=tuple(figure.low for figure in known[person.id]),
            is_certified=person.id in certified or item.module.playbook_id is None,
            runs=runs.get(person.id, 0),
            hosted=rides.hosted.get(person.id, 0),
            hours=hours[person.id],
            busy=rides.busy.get(person.id, ()),
            taken=frozenset(at.zones.day(start) for start in rides.hosts.get(person.id, ())),
        )
        for person in people.values()
    ]
    picks = propose(
        candidates,
        item.minutes,
        trainee_hours=hours[enrolment.member_id],
        trainee_busy=rides.busy.get(enrolment.member_id, ()),
        day_of=at.zones.day,
    )
    most = max(runs.values(), default=0)
    rows = [
        Proposal(people[pick.candidate.id], *pick.span, _reasons(pick, item, known, certified, most))
        for pick in picks
    ]
    why = "" if rows else _("Whoever could host has no time then, or a trainee already. Look at another day.")
    return Proposals(rows, days[0], days[-1], by_shifts, why)


def _nobody(item: Item) -> str:
    if item.module.playbook_id is None:
        return _("Nobody here could host: everybody is a trainee.")
    return _("Nobody has run this playbook in 90 days or is certified for it. Choose somebody yourself.")


def _coming(first: date, holidays: Sequence[date]) -> list[date]:
    days = [first_business_day(first, holidays)]
    while len(days) < AHEAD:
        days.append(first_business_day(days[-1] + DAY, holidays))
    return days


# --- Who ----------------------------------------------------------------------------------------------------------


def _runs(item: Item, now: datetime) -> dict[int, int]:
    """{member id: how often they completed the playbook}"""
    if item.module.playbook_id is None:
        return {}
    rows = Run.objects.filter(
        company_id=item.company_id,
        version__playbook_id=item.module.playbook_id,
        state=Run.State.COMPLETED,
        is_trial=False,
        ended_at__gte=now - RAN_IN,
    )
    rows = rows.annotate(who=Coalesce("holder_id", "starter_id")).filter(who__isnull=False)
    return dict(rows.values("who").annotate(n=Count("id")).values_list("who", "n"))


def _certified(item: Item, day: date) -> dict[int, Certificate]:
    """Who may do it alone, and still on that day."""
    if item.module.playbook_id is None:
        return {}
    rows = newest(item.company_id, playbooks=[item.module.playbook_id])
    return {
        member: row
        for (member, _playbook), row in rows.items()
        if ORDER[row.level] >= ORDER[Level.INDEPENDENT] and row.standing(day) in TRUSTED
    }


def _people(enrolment: Enrolment, item: Item, known: set[int]) -> dict[int, Member]:
    """Without a playbook any rep, else those who are known for it; nobody who learns themselves."""
    learn = Enrolment.objects.filter(company_id=enrolment.company_id).going().order_by().values("member_id")
    people = Member.objects.active().filter(company_id=enrolment.company_id, is_stub=False, is_bot=False)
    people = people.exclude(id__in=learn).exclude(id=enrolment.member_id)
    people = people.filter(id__in=known) if item.module.playbook_id else people.filter(role=Role.REP)
    return {person.id: person for person in people.select_related("user").order_by("id")}


# --- When ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rides:
    """Of each person: how many they hosted lately, when they host, and when they are beside somebody at all."""

    hosted: Mapping[int, int]
    hosts: Mapping[int, list[datetime]]
    busy: Mapping[int, list[Span]]


def _rides(enrolment: Enrolment, people: Sequence[int], now: datetime) -> Rides:
    rows = RideAlong.objects.filter(company_id=enrolment.company_id, ends_at__gte=now - HOSTED_IN)
    rows = rows.exclude(state=RideAlong.State.CANCELLED)
    rows = rows.filter(Q(host_id__in=people) | Q(enrolment__member_id__in=people))
    found = Rides({}, {}, {})
    for host, trainee, state, start, end in rows.values_list(
        "host_id", "enrolment__member_id", "state", "starts_at", "ends_at"
    ):
        if state == RideAlong.State.HELD:
            found.hosted[host] = found.hosted.get(host, 0) + 1  # type: ignore[index]
        found.hosts.setdefault(host, []).append(start)  # type: ignore[attr-defined]
        for each in (host, trainee):
            found.busy.setdefault(each, []).append((start, end))  # type: ignore[attr-defined]
    return found


def _hours(
    people: Sequence[Member], days: Sequence[date], at: Present, holidays: Sequence[date]
) -> tuple[dict[int, list[Span]], bool]:
    """When each works on some days, as far as that lies ahead, and whether by their shifts.

    Where nobody's shifts are planned that far: in business hours on their own clock. The trainee, who is the last of
    them, need not have shifts yet.
    """
    first = at.zones.instant(datetime.combine(days[0], time()))
    last = at.zones.instant(datetime.combine(days[-1] + DAY, time()))
    columns = ("member_id", "started_at", "ended_at")
    shifts = Shift.objects.filter(company_id=people[0].company_id, ended_at__gt=first).values_list(*columns)
    theirs = shifts.filter(started_at__lt=last, member_id__in=[person.id for person in people])
    # One more, whosever it is and however far ahead: then shifts are planned here.
    rows = sorted(theirs.union(shifts[:1]), key=lambda row: row[1])
    by_person: dict[int, list[Span]] = {}
    for member, start, end in rows:
        if start < last:
            by_person.setdefault(member, []).append((start, end))
    by_shifts = bool(rows)
    hours = {}
    for person in people:
        spans = by_person.get(person.id, [])
        if not by_shifts or (person is people[-1] and not spans):
            spans = list(_business_hours(person, days, at, holidays))
        hours[person.id] = [
            (max(start, at.now), end)
            for start, end in spans
            if end > at.now and at.zones.day(start) in days and _is_here(person, at.zones.day(start))
        ]
    return hours, by_shifts


def _business_hours(person: Member, days: Sequence[date], at: Present, holidays: Sequence[date]) -> Any:
    zone = ZoneInfo((person.user.zone if person.user else "") or at.zone)
    for day in days:
        if first_business_day(day, holidays) == day:
            yield tuple(datetime.combine(day, hour, zone).astimezone(UTC) for hour in (OPENS, CLOSES))


def _is_here(person: Member, day: date) -> bool:
    has_begun = person.started_on is None or person.started_on <= day
    return has_begun and (person.left_on is None or person.left_on >= day)


# --- Why ----------------------------------------------------------------------------------------------------------


def _reasons(
    pick: Pick,
    item: Item,
    known: Mapping[int, Sequence[Known]],
    certified: Mapping[int, Certificate],
    most: int,
) -> list[Reason]:
    who = pick.candidate
    found = []
    if item.module.playbook_id:
        found += [_of_runs(who.runs, most), _of_certificate(certified.get(who.id))]
    found += [Reason(figure.words, figure.low is not None) for figure in known[who.id]]
    found.append(Reason(_("No other trainee that day")))
    if who.hosted:
        hosted = ngettext(
            "Hosted %(n)s ride-along in 30 days", "Hosted %(n)s ride-alongs in 30 days", who.hosted
        )
        found.append(Reason(hosted % {"n": who.hosted}))
    return found


def _of_runs(runs: int, most: int) -> Reason:
    if not runs:
        return Reason(_("Has not run this playbook in 90 days"), False)
    if runs == most:
        text = ngettext(
            "Ran this playbook most: %(n)s time in 90 days",
            "Ran this playbook most: %(n)s times in 90 days",
            runs,
        )
    else:
        text = ngettext(
            "Ran this playbook %(n)s time in 90 days", "Ran this playbook %(n)s times in 90 days", runs
        )
    return Reason(text % {"n": runs})


def _of_certificate(certificate: Certificate | None) -> Reason:
    if certificate is None:
        return Reason(_("Not certified for it yet"), False)
    return Reason(_("Certified for it: %(level)s") % {"level": certificate.get_level_display()})

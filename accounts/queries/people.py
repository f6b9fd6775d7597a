"""The people of a company, as a list and one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Activity, ApiKey, Invitation, Member, ReportingLine, Role
from cs_platform.lib import clock

from .org import Span, lines_on, reports_on, team_names

STATES = ("here", "no_sign_in", "left", "stub", "all")


@dataclass(frozen=True)
class PersonRow:
    person: Member
    manager: Member | None
    team: str
    span: Span | None


@dataclass(frozen=True)
class PersonPage:
    """line: the one in force today. history: newest first. invitation: the newest one that counts, or None."""

    line: ReportingLine | None
    history: list[ReportingLine]
    reports: list[Member]
    span: Span | None
    invitation: Invitation | None
    mail: Activity | None
    keys: int


def people(
    member: Member, day: date, words: str = "", role: str = "", state: str = "here"
) -> QuerySet[Member]:
    """Those of the company who match, by name, each with `is_invited`."""
    open_invitations = Invitation.objects.open(clock.now()).filter(
        company_id=OuterRef("company_id"), member_id=OuterRef("id")
    )
    found = Member.objects.visible_to(member).annotate(is_invited=Exists(open_invitations))
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if role:
        found = found.filter(role=role)
    return _in_state(found, state, day).order_by("name", "id")


def _in_state(found: QuerySet[Member], state: str, day: date) -> QuerySet[Member]:
    entered = found.filter(is_stub=False)
    here = entered.filter(Q(started_on__isnull=True) | Q(started_on__lte=day)).filter(
        Q(left_on__isnull=True) | Q(left_on__gte=day)
    )
    by_state = {
        "here": here,
        "no_sign_in": here.filter(user__isnull=True, is_active=True, is_bot=False),
        "left": entered.filter(left_on__lt=day),
        "stub": found.filter(is_stub=True),
    }
    return by_state.get(state, found)


def with_lines(member: Member, persons: Iterable[Member], day: date) -> list[PersonRow]:
    """Rows of a list: manager, team and span of each person on a day."""
    persons = list(persons)
    lines, teams = lines_on(member.company_id, day), team_names(member.company_id)
    managers = {lines.manager.get(person.id) for person in persons}
    names = Member.objects.visible_to(member).in_bulk([each for each in managers if each is not None])
    reports = reports_on(member.company_id, day)
    rows = []
    for person in persons:
        manager_id, count = lines.manager.get(person.id), len(reports.get(person.id, ()))
        manager = names.get(manager_id) if manager_id else None
        team = teams.get(lines.team.get(person.id), "")
        rows.append(PersonRow(person, manager, team, Span(count) if count else None))
    return rows


def managers(member: Member) -> QuerySet[Member]:
    """Who leads people by their role, by name; an admin leads nobody."""
    leading = (
        Member.objects.visible_to(member).active().comparable().filter(role__in=(Role.MANAGER, Role.LEADER))
    )
    return leading.order_by("name", "id")


def reports_of(person: Member, day: date) -> list[Member]:
    """Who reports to somebody on a day and works on it, by name."""
    lines = ReportingLine.objects.on(day).filter(company_id=person.company_id, manager=person)
    below = Member.objects.at_work(day).filter(id__in=lines.values("member_id"))
    return list(below.order_by("name", "id"))


def person_page(person: Member, day: date) -> PersonPage:
    """Everything that a person's page shows."""
    lines = ReportingLine.objects.in_force().with_until().filter(company_id=person.company_id, member=person)
    history = list(lines.select_related("manager", "team").order_by("-valid_from"))
    reports = reports_of(person, day)
    pending = Invitation.objects.pending().filter(company_id=person.company_id, member=person)
    invitation = pending.order_by("-id").first() if person.user_id is None else None
    return PersonPage(
        line=next((line for line in history if line.valid_from <= day), None),
        history=history,
        reports=reports,
        span=Span(len(reports)) if reports else None,
        invitation=invitation,
        mail=_newest_word(invitation) if invitation else None,
        keys=ApiKey.objects.filter(
            company_id=person.company_id, member=person, revoked_at__isnull=True
        ).count(),
    )


def _newest_word(invitation: Invitation) -> Activity | None:
    """What happened last to an invitation's mail."""
    said = Activity.objects.filter(
        company_id=invitation.company_id, subject_type="invitation", subject_id=invitation.id
    )
    return said.order_by("-id").first()

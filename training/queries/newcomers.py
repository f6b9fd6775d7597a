"""Who has just begun, or will, and which path is theirs."""

from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from accounts.models import Company, Member, ReportingLine
from training.models import Enrolment, Programme, ProgrammeVersion

# So long somebody is new who has no path yet.
NEW_FOR = timedelta(days=30)


def is_new(member: Member, today: date) -> bool:
    """Somebody with a day of work that is long ago is no newcomer; without one, the day of entering counts."""
    return member.started_on is None or member.started_on >= today - NEW_FOR


def waiting(company: Company) -> QuerySet[Member]:
    """Newcomers of a known first day who were never on a path."""
    people = Member.objects.active().filter(company_id=company.id, is_stub=False, is_bot=False)
    been = Enrolment.objects.filter(company_id=company.id).order_by().values("member_id")
    return people.filter(started_on__gte=company.today() - NEW_FOR).exclude(id__in=been)


def programme_for(member: Member, day: date) -> Programme | None:
    """What is published for the role: of the team that somebody is in on a day, else of any team."""
    line = ReportingLine.objects.on(day).filter(company_id=member.company_id, member_id=member.id)
    team_id = line.values_list("team_id", flat=True).first()
    rows = Programme.objects.filter(
        company_id=member.company_id,
        role=member.role,
        archived_at__isnull=True,
        versions__state=ProgrammeVersion.State.PUBLISHED,
    )
    own = Q(team_id__isnull=True) | Q(team_id=team_id) if team_id else Q(team_id__isnull=True)
    return rows.filter(own).order_by(F("team_id").asc(nulls_last=True)).first()

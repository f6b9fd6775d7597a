"""Whoever begins is on the path of their role without anybody thinking of it."""

from django.db import transaction

from accounts.models import Member
from training.models import Enrolment
from training.queries.newcomers import is_new, programme_for
from training.queries.settings import settings_of

from .enrolments import enrol


@transaction.atomic
def enrol_newcomer(*, member_id: int, company_id: int) -> Enrolment | None:
    """Puts somebody new who was never on a path on the one of their role, from the first day of work on.

    None if the company does not want that, or nothing is published for them. Safe to run twice, and at the same time:
    whoever was taken off a path is not put on it again.
    """
    member = (
        Member.objects.select_for_update(no_key=True, of=["self"])
        .select_related("company")
        .filter(id=member_id, company_id=company_id, is_active=True, is_stub=False, is_bot=False)
        .first()
    )
    if member is None or not settings_of(company_id).enrols:
        return None
    today = member.company.today()
    if not is_new(member, today):
        return None
    if Enrolment.objects.filter(company_id=company_id, member_id=member_id).exists():
        return None
    programme = programme_for(member, max(member.started_on or today, today))
    if programme is None:
        return None
    return enrol(actor=None, member=member, programme=programme, why=Enrolment.Why.ROLE)

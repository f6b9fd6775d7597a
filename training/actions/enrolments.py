"""Who is on which path."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from training.calendar import first_business_day
from training.models import Enrolment, Item, Programme, ProgrammeVersion
from training.queries.settings import settings_of


@transaction.atomic
def enrol(
    *,
    actor: Member | None,
    member: Member,
    programme: Programme,
    starts_on: date | None = None,
    why: str = Enrolment.Why.HAND,
) -> Enrolment:
    """Puts somebody on the published version of a programme. Who is on any version of it already stays there.

    starts_on: None for the first day of work, or today for whoever began long ago; a day off means the next business
    day. Raises ValidationError if nothing is published, or if the person has left.
    """
    member = Member.objects.select_for_update(no_key=True).get(id=member.id, company_id=programme.company_id)
    if not member.is_active or member.is_bot:
        raise ValidationError(_("%(name)s does not work here any more.") % {"name": member.name})
    going = Enrolment.objects.filter(
        company_id=programme.company_id, member=member, version__programme=programme
    )
    found = going.exclude(state=Enrolment.State.WITHDRAWN).first()
    if found is not None:
        return found
    version = programme.versions.filter(state=ProgrammeVersion.State.PUBLISHED).first()
    if version is None or programme.archived_at is not None:
        raise ValidationError(_("Nothing of this programme is published yet."))
    today = member.company.today()
    begins = starts_on or max(member.started_on or today, today)
    holidays = settings_of(programme.company_id).holidays
    total = Item.objects.filter(company_id=programme.company_id, module__of=version, is_required=True).count()
    enrolment = Enrolment(
        company_id=programme.company_id,
        member=member,
        version=version,
        why=why,
        starts_on=first_business_day(begins, holidays),
        enrolled_by=actor,
        total=total,
    )
    enrolment.full_clean(exclude=["company"])
    enrolment.save()
    activity.record("enrolment.began", enrolment, actor=actor, member=member.id)
    return enrolment


@transaction.atomic
def withdraw(*, actor: Member, enrolment: Enrolment, reason: str) -> Enrolment:
    """Takes somebody off a path that goes; what was done stays. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(
        id=enrolment.id, company_id=actor.company_id
    )
    if enrolment.state == Enrolment.State.WITHDRAWN:
        return enrolment
    if enrolment.state == Enrolment.State.COMPLETED:
        raise ValidationError(_("This path is completed, and stays so."))
    enrolment.state, enrolment.withdrawn_at, enrolment.reason = (
        Enrolment.State.WITHDRAWN,
        clock.now(),
        reason.strip(),
    )
    enrolment.save(update_fields=["state", "withdrawn_at", "reason"])
    activity.record("enrolment.withdrawn", enrolment, actor=actor, member=enrolment.member_id)
    return enrolment

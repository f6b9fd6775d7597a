"""How a company hires, and who has learned to interview."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Company, Member
from customers.actions.conflict import check_version
from hiring.models import HiringSettings, InterviewerTraining


@transaction.atomic
def change_hiring_settings(*, actor: Member, version: int | None, **fields: Any) -> HiringSettings:
    """Raises EditConflict for a stale version, ValidationError by field. Requisitions keep their own line."""
    company = Company.objects.select_for_update(no_key=True).get(id=actor.company_id)
    settings = HiringSettings.objects.filter(company=company).first() or HiringSettings(company=company)
    check_version(settings, version)
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.full_clean(exclude=["company"])
    settings.save()
    activity.record("hiring_settings.changed", settings, actor=actor, fields=sorted(fields))
    return settings


@transaction.atomic
def note_training(*, actor: Member, member: Member, done_on: date, today: date) -> InterviewerTraining:
    """Somebody went through the module on interviewing. Noted again, the later word stands."""
    if done_on > today:
        raise ValidationError({"done_on": _("This day has not come yet.")})
    training, _is_new = InterviewerTraining.objects.update_or_create(
        company_id=actor.company_id, member=member, defaults={"done_on": done_on, "noted_by": actor}
    )
    activity.record("interviewer.trained", training, actor=actor, member=member.id)
    return training


@transaction.atomic
def take_back_training(*, actor: Member, training: InterviewerTraining) -> None:
    activity.record("interviewer.untrained", training, actor=actor, member=training.member_id)
    training.delete()

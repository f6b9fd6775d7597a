"""How a company trains."""

from typing import Any

from django.db import transaction

from accounts import activity
from accounts.models import Company, Member
from customers.actions.conflict import check_version
from training.models import TrainingSettings


@transaction.atomic
def change_training_settings(*, actor: Member, version: int | None = None, **fields: Any) -> TrainingSettings:
    """Raises EditConflict for a stale version, ValidationError by field. Issued certificates keep their end."""
    company = Company.objects.select_for_update(no_key=True).get(id=actor.company_id)
    settings = TrainingSettings.objects.filter(company=company).first() or TrainingSettings(company=company)
    check_version(settings, version)
    for name, value in fields.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.full_clean(exclude=["company"])
    settings.save()
    activity.record("training_settings.changed", settings, actor=actor, fields=sorted(fields))
    return settings

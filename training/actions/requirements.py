"""What a role is to know."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member, Team
from playbooks.models import Playbook
from training.models import Requirement


@transaction.atomic
def require(
    *, actor: Member, role: str, playbook: Playbook, level: str, team: Team | None = None
) -> Requirement | None:
    """People of a role are to know a process up to a level; an empty level: not any more. Safe to send twice."""
    rows = Requirement.objects.select_for_update().filter(
        company_id=actor.company_id, role=role, team=team, playbook=playbook
    )
    row = rows.first()
    if not level:
        if row is not None:
            activity.record(
                "requirement.dropped", playbook, actor=actor, role=role, team=team.id if team else None
            )
            row.delete()
        return None
    if playbook.archived_at is not None:
        raise ValidationError(_("This playbook is archived."))
    if row is not None and row.level == level:
        return row
    row = row or Requirement(company_id=actor.company_id, role=role, team=team, playbook=playbook)
    row.level = level
    row.full_clean(exclude=["company"])
    row.save()
    detail: dict[str, Any] = {"role": role, "team": team.id if team else None, "level": level}
    activity.record("requirement.set", playbook, actor=actor, **detail)
    return row

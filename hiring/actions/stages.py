"""The stages of a requisition. They have its version: raises EditConflict if it, its stages or its weights were
changed since the version that was seen."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from hiring.models import Requisition, Stage, StageMove

from .requisitions import next_version


@transaction.atomic
def add_stage(*, actor: Member, requisition: Requisition, version: int | None = None, **fields: Any) -> Stage:
    """At the end. Raises ValidationError for a name that another stage of the job has."""
    requisition = next_version(requisition, version)
    last = requisition.stages.order_by("-position").first()
    position = last.position + 1 if last else 1
    stage = Stage(company_id=requisition.company_id, requisition=requisition, position=position, **fields)
    _save(stage)
    activity.record("stage.added", stage, actor=actor, requisition=requisition.id)
    return stage


@transaction.atomic
def change_stage(*, actor: Member, stage: Stage, version: int | None = None, **fields: Any) -> Stage:
    """Name, limit and kit. Interviews that are planned keep the kit with which they were planned."""
    next_version(stage.requisition, version)
    for name, value in fields.items():
        setattr(stage, name, value)
    _save(stage)
    activity.record("stage.changed", stage, actor=actor, fields=sorted(fields))
    return stage


@transaction.atomic
def move_stage(*, actor: Member, stage: Stage, by: int, version: int | None = None) -> None:
    """One place towards the first (-1) or the last (1). At the end it stays where it is."""
    next_version(stage.requisition, version)
    stages = list(stage.requisition.stages.order_by("position"))
    place = next(at for at, each in enumerate(stages) if each.id == stage.id)
    other = place + by
    if not 0 <= other < len(stages):
        return
    first, second = stages[place], stages[other]
    first.position, second.position = second.position, first.position
    first.save(update_fields=["position"])
    second.save(update_fields=["position"])
    activity.record("stage.moved", stage, actor=actor, requisition=stage.requisition_id)


@transaction.atomic
def remove_stage(*, actor: Member, stage: Stage, version: int | None = None) -> None:
    """Only one through which nobody has come, and not the last that is left. Raises ValidationError."""
    next_version(stage.requisition, version)
    stages = Stage.objects.select_for_update(no_key=False).filter(requisition=stage.requisition_id)
    if len(stages) < 2:
        raise ValidationError(_("A job needs one stage at least."))
    moves = StageMove.objects.filter(company_id=stage.company_id, stage_id=stage.id)
    if stage.applications.exists() or moves.exists() or stage.interviews.exists():
        raise ValidationError(_("People have come through this stage, so it stays."))
    activity.record("stage.removed", stage, actor=actor, requisition=stage.requisition_id)
    stage.delete()


def _save(stage: Stage) -> None:
    stage.full_clean(exclude=["company"])
    try:
        with transaction.atomic():
            stage.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("Another stage of this job has this name.")}) from error

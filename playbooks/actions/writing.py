"""Gives people time to write, and takes it back."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from playbooks.models import Scenario, WritingSlot


@transaction.atomic
def give_writing_time(
    *, actor: Member, scenario: Scenario, member: Member, starts_at: datetime, minutes: int
) -> WritingSlot:
    """The same given again is the same. Raises ValidationError that names the field."""
    if scenario.company_id != actor.company_id or scenario.archived_at is not None:
        raise ValidationError({"scenario": _("There is no such scenario.")})
    if member.company_id != actor.company_id or not member.is_active:
        raise ValidationError({"member": _("Choose somebody who is there.")})
    if starts_at < clock.now():
        raise ValidationError({"starts_at": _("Choose a time that lies ahead.")})
    # Two who give at once give one after the other: the second sees what the first gave.
    Member.objects.select_for_update(no_key=True).get(id=member.id)
    _check_free(scenario, member, starts_at, minutes)
    slot, is_new = WritingSlot.objects.get_or_create(
        company_id=actor.company_id,
        scenario=scenario,
        member=member,
        starts_at=starts_at,
        defaults={"minutes": minutes, "given_by": actor},
    )
    if is_new:
        slot.full_clean(exclude=["company"])
        activity.record(
            "writing_time.given", slot, actor=actor, member=member.id, scenario=scenario.id, minutes=minutes
        )
    return slot


@transaction.atomic
def take_back_writing_time(*, actor: Member, slot: WritingSlot) -> None:
    activity.record(
        "writing_time.taken_back", slot, actor=actor, member=slot.member_id, scenario=slot.scenario_id
    )
    slot.delete()


def _check_free(scenario: Scenario, member: Member, starts_at: datetime, minutes: int) -> None:
    """Nobody writes two playbooks at once."""
    end, day = starts_at + timedelta(minutes=minutes), timedelta(days=1)
    near = WritingSlot.objects.filter(
        company_id=member.company_id, member=member, starts_at__gt=starts_at - day, starts_at__lt=end
    )
    for slot in near.select_related("scenario"):
        is_same = slot.scenario_id == scenario.id and slot.starts_at == starts_at
        if not is_same and slot.starts_at + timedelta(minutes=slot.minutes) > starts_at:
            words = _("They have writing time for “%(name)s” then already.") % {"name": slot.scenario.name}
            raise ValidationError({"starts_at": words})

"""Recorded writes of the metrics app. Facts and rollups have writers of their own."""

from django.db import transaction

from accounts import activity
from accounts.models import Member

from .models import Focus, Lane


@transaction.atomic
def set_focus(*, actor: Member, lane: Lane, metric: str, target: float | None) -> Focus:
    """What a company looks at first in a lane. target: in the metric's own unit."""
    focus, _created = Focus.objects.update_or_create(
        company_id=actor.company_id, lane=lane, defaults={"metric": metric, "target": target}
    )
    activity.record("focus.set", focus, actor=actor, lane=lane, metric=metric, target=target)
    return focus

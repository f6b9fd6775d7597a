"""Who answers for it that a playbook still holds, and until when."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib.words import isolated
from playbooks.models import Playbook, Version

EXPIRED = "playbook.expired"


@transaction.atomic
def verify(*, actor: Member, playbook: Playbook) -> Playbook:
    """It holds as it is, for another interval. Raises ValidationError for one that is not published, or whose owner has
    left."""
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    published = Version.objects.filter(
        company_id=actor.company_id, playbook=playbook, state=Version.State.PUBLISHED
    )
    if not published.exists():
        raise ValidationError(_("Only what is published can be verified."))
    mark_verified(playbook, actor)
    activity.record("playbook.verified", playbook, actor=actor, until=str(playbook.verified_until))
    return playbook


@transaction.atomic
def unverify(*, playbook: Playbook, lapse: str, **detail: Any) -> bool:
    """Nobody answers for it any more. lapse: why, a verb of the ledger, "member.left" say. Safe to run twice.

    Returns whether it was verified until now; the ledger keeps the detail.
    """
    playbook = Playbook.objects.select_for_update(no_key=True).get(id=playbook.id)
    if playbook.verified_until is None:
        return False
    playbook.verified_until, playbook.lapse = None, lapse
    playbook.save(update_fields=["verified_until", "lapse"])
    activity.record("playbook.unverified", playbook, actor=None, lapse=lapse, **detail)
    return True


@transaction.atomic
def mark_expired(*, playbook: Playbook) -> bool:
    """Notes that nobody has verified it for too long. The date alone makes it expired; this is done once for it.

    Returns whether this was the once.
    """
    playbook = Playbook.objects.select_for_update(no_key=True).get(id=playbook.id)
    if playbook.verified_until is None or playbook.lapse:
        return False
    playbook.lapse = EXPIRED
    playbook.save(update_fields=["lapse"])
    activity.record("playbook.expired", playbook, actor=None, until=str(playbook.verified_until))
    return True


def mark_verified(playbook: Playbook, actor: Member) -> None:
    """From today on, for its interval. Raises ValidationError if its owner has left: nobody would answer for it."""
    owner = playbook.owner
    if owner is not None and not owner.is_active:
        words = _("%(name)s, who owns this playbook, has left. Name a new owner first.")
        raise ValidationError({"owner": words % {"name": isolated(owner.name)}})
    today = playbook.company.today()
    playbook.verified_on, playbook.verified_by, playbook.lapse = today, actor, ""
    playbook.verified_until = today + timedelta(days=playbook.interval_days)
    playbook.save(update_fields=["verified_on", "verified_by", "verified_until", "lapse"])

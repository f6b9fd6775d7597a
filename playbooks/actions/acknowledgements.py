"""A reader says: I have read this version."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from playbooks.models import Acknowledgement, Version


@transaction.atomic
def acknowledge(*, actor: Member, version: Version) -> Acknowledgement:
    """Said twice it is said once. Raises ValidationError for a version that is not the one in use."""
    version = Version.objects.visible_to(actor).select_related("playbook").get(id=version.id)
    if version.state != Version.State.PUBLISHED:
        raise ValidationError(_("There is a newer version meanwhile. Read that one."))
    said, is_new = Acknowledgement.objects.get_or_create(
        company_id=actor.company_id, version=version, member=actor
    )
    if is_new:
        activity.record("playbook.acknowledged", version.playbook, actor=actor, version=version.number)
    return said

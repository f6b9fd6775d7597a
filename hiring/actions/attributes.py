"""What a company looks for in candidates."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from hiring.models import Attribute


@transaction.atomic
def add_attribute(*, actor: Member, **fields: Any) -> Attribute:
    """A further one, after the others. Raises ValidationError that names the field."""
    mine = Attribute.objects.filter(company_id=actor.company_id)
    last = mine.aggregate(last=Max("position"))["last"] or 0
    attribute = Attribute(company_id=actor.company_id, position=last + 1, **fields)
    _save(attribute)
    activity.record("attribute.added", attribute, actor=actor)
    return attribute


@transaction.atomic
def change_attribute(*, actor: Member, attribute: Attribute, version: int | None, **fields: Any) -> Attribute:
    """Other words, from the next version of a kit on. Raises EditConflict for a stale version."""
    attribute = Attribute.objects.select_for_update(no_key=True).get(id=attribute.id)
    check_version(attribute, version)
    for name, value in fields.items():
        setattr(attribute, name, value)
    attribute.version += 1
    _save(attribute)
    activity.record("attribute.changed", attribute, actor=actor, fields=sorted(fields))
    return attribute


@transaction.atomic
def archive_attribute(*, actor: Member, attribute: Attribute, is_archived: bool = True) -> Attribute:
    """No longer offered, or offered again. Kits and weights that have it keep it. Twice is once."""
    attribute = Attribute.objects.select_for_update(no_key=True).get(id=attribute.id)
    if is_archived != (attribute.archived_at is not None):
        attribute.archived_at = clock.now() if is_archived else None
        attribute.save(update_fields=["archived_at"])
        verb = "attribute.archived" if is_archived else "attribute.restored"
        activity.record(verb, attribute, actor=actor)
    return attribute


def _save(attribute: Attribute) -> None:
    attribute.full_clean(exclude=["company"])
    try:
        with transaction.atomic():
            attribute.save()
    except IntegrityError as error:
        words = _("There is an attribute of this name already, maybe an archived one.")
        raise ValidationError({"name": words}) from error

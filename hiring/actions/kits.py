"""Kits after they were made: other names, next versions, the archive."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import EditConflict
from hiring.models import Kit, KitVersion, Question

from .library import change_kit, make_kit, newest_version


@transaction.atomic
def compose_kit(
    *, actor: Member, name: str, questions: Sequence[Question], purpose: str, minutes: int
) -> KitVersion:
    """A new kit. Raises ValidationError that names the field, also for a name that is taken."""
    try:
        with transaction.atomic():
            return make_kit(actor=actor, name=name, questions=questions, purpose=purpose, minutes=minutes)
    except IntegrityError as error:
        raise _taken() from error


@transaction.atomic
def revise_kit(
    *,
    actor: Member,
    kit: Kit,
    number: int | None,
    name: str,
    questions: Sequence[Question],
    purpose: str,
    minutes: int,
) -> KitVersion:
    """The next version, if anything but the name differs. number: the newest version that the editor saw.

    Questions come in with the words they have now. Raises EditConflict if there is a newer version.
    """
    kit = Kit.objects.select_for_update(no_key=True).get(id=kit.id)
    newest = newest_version(kit)
    if number != newest.number:
        raise EditConflict(newest, newest.number)
    if kit.name != name:
        _rename(actor, kit, name)
    if not is_changed(newest, questions, purpose, minutes):
        return newest
    return change_kit(actor=actor, kit=kit, questions=questions, purpose=purpose, minutes=minutes)


def is_changed(newest: KitVersion, questions: Sequence[Question], purpose: str, minutes: int) -> bool:
    """Whether a version with these would differ; a question or an anchor may have new words in the bank."""
    asked = [(each.question_id, each.number) for each in newest.questions.all()]
    rated = {
        each.attribute_id: (each.name, each.definition, each.anchor_1, each.anchor_3, each.anchor_5)
        for each in newest.attributes.all()
    }
    now = {
        each.id: (each.name, each.definition, each.anchor_1, each.anchor_3, each.anchor_5)
        for each in (question.attribute for question in questions)
    }
    same = asked == [(each.id, each.version) for each in questions] and rated == now
    return not same or (newest.purpose, newest.minutes) != (purpose, minutes)


@transaction.atomic
def archive_kit(*, actor: Member, kit: Kit, is_archived: bool = True) -> Kit:
    """No longer offered for stages, or offered again. Stages that have it keep it. Twice is once."""
    kit = Kit.objects.select_for_update(no_key=True).get(id=kit.id)
    if is_archived != (kit.archived_at is not None):
        kit.archived_at = clock.now() if is_archived else None
        kit.save(update_fields=["archived_at"])
        activity.record("kit.archived" if is_archived else "kit.restored", kit, actor=actor)
    return kit


def _rename(actor: Member, kit: Kit, name: str) -> None:
    kit.name = name
    kit.full_clean(exclude=["company"])
    try:
        with transaction.atomic():
            kit.save(update_fields=["name"])
    except IntegrityError as error:
        raise _taken() from error
    activity.record("kit.renamed", kit, actor=actor)


def _taken() -> ValidationError:
    return ValidationError({"name": _("There is a kit of this name already, maybe an archived one.")})

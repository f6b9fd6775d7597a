"""Attributes, questions and kits: what a company begins with, and new versions of a kit."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Company, Member
from hiring import seed
from hiring.models import Attribute, Kit, KitAttribute, KitQuestion, KitVersion, LetterTemplate, Question


@transaction.atomic
def stock_library(*, company_id: int, actor: Member | None = None) -> None:
    """Gives a company what every one begins with, once: whoever comes second finds it there."""
    Company.objects.select_for_update(no_key=True).get(id=company_id)
    if Attribute.objects.filter(company_id=company_id).exists():
        return
    attributes = {
        each.key: Attribute.objects.create(
            company_id=company_id,
            key=each.key,
            name=str(each.name),
            definition=str(each.definition),
            anchor_1=str(each.anchor_1),
            anchor_3=str(each.anchor_3),
            anchor_5=str(each.anchor_5),
            position=position,
        )
        for position, each in enumerate(seed.ATTRIBUTES, 1)
    }
    questions = [
        Question.objects.create(
            company_id=company_id,
            attribute=attributes[each.attribute],
            kind=each.kind,
            text=str(each.text),
            listen_for=str(each.listen_for),
            good_signs=[str(sign) for sign in each.good],
            warning_signs=[str(sign) for sign in each.warning],
            is_shipped=True,
        )
        for each in seed.QUESTIONS
    ]
    for each in seed.KITS:
        kit = Kit.objects.create(company_id=company_id, key=each.key, name=str(each.name))
        asked = [questions[place] for place in each.questions]
        _add_version(kit, actor, asked, purpose=str(each.purpose), minutes=each.minutes)
    LetterTemplate.objects.bulk_create(
        LetterTemplate(
            company_id=company_id, occasion=occasion, name=str(name), subject=str(subject), body=str(body)
        )
        for occasion, name, subject, body in seed.LETTERS
    )


@transaction.atomic
def make_kit(
    *, actor: Member, name: str, questions: Sequence[Question], purpose: str = "", minutes: int = 45
) -> KitVersion:
    """A kit with its first version. Raises ValidationError that names the field."""
    kit = Kit(company_id=actor.company_id, name=name)
    kit.full_clean(exclude=["company"])
    kit.save()
    version = _add_version(kit, actor, questions, purpose=purpose, minutes=minutes)
    activity.record("kit.made", kit, actor=actor)
    return version


@transaction.atomic
def change_kit(
    *, actor: Member, kit: Kit, questions: Sequence[Question], purpose: str, minutes: int
) -> KitVersion:
    """A new version with these questions, in this order, as they stand now. Interviews stay on theirs."""
    kit = Kit.objects.select_for_update(no_key=True).get(id=kit.id)
    version = _add_version(kit, actor, questions, purpose=purpose, minutes=minutes)
    activity.record("kit.changed", kit, actor=actor, version=version.number)
    return version


def newest_version(kit: Kit) -> KitVersion:
    return kit.versions.order_by("-number")[0]


def _add_version(
    kit: Kit, actor: Member | None, questions: Sequence[Question], *, purpose: str, minutes: int
) -> KitVersion:
    """Attributes stand in the order in which their first question is asked."""
    if not questions:
        raise ValidationError({"questions": _("A kit needs at least one question.")})
    if not 5 <= minutes <= 480:
        raise ValidationError({"minutes": _("An interview takes between 5 minutes and 8 hours.")})
    number = kit.versions.count() + 1
    version = KitVersion.objects.create(
        company_id=kit.company_id, kit=kit, number=number, purpose=purpose, minutes=minutes, author=actor
    )
    attributes = list(dict.fromkeys(question.attribute for question in questions))
    KitAttribute.objects.bulk_create(
        KitAttribute(
            company_id=kit.company_id,
            of=version,
            attribute=each,
            position=position,
            name=each.name,
            definition=each.definition,
            anchor_1=each.anchor_1,
            anchor_3=each.anchor_3,
            anchor_5=each.anchor_5,
        )
        for position, each in enumerate(attributes, 1)
    )
    KitQuestion.objects.bulk_create(
        KitQuestion(
            company_id=kit.company_id,
            of=version,
            question=each,
            attribute=each.attribute,
            position=position,
            number=each.version,
            kind=each.kind,
            text=each.text,
            listen_for=each.listen_for,
            good_signs=each.good_signs,
            warning_signs=each.warning_signs,
        )
        for position, each in enumerate(questions, 1)
    )
    return version

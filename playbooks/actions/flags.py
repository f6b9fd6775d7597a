"""Readers say that a step is wrong; somebody who answers for the playbook says what became of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models.rules import LONGEST_TEXT
from playbooks.models import Flag, Step, Version


@transaction.atomic
def flag_step(*, actor: Member, version: Version, step: str, text: str = "") -> Flag:
    """Says that a step is wrong, by its key. Said twice it is one flag, with the newer words.

    Raises ValidationError that names the field.
    """
    if not Step.objects.filter(company_id=actor.company_id, of=version, key=step).exists():
        raise ValidationError({"step": _("There is no such step in this version.")})
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise ValidationError({"text": _("This is too long, or has letters that cannot be kept.")})
    flag, is_new = Flag.objects.get_or_create(
        company_id=actor.company_id,
        version=version,
        step_key=step,
        author=actor,
        answered_at=None,
        defaults={"text": text.strip()},
    )
    if not is_new and text.strip():
        flag.text = text.strip()
        flag.save(update_fields=["text"])
    if is_new:
        activity.record(
            "playbook.flagged",
            version.playbook,
            actor=actor,
            version=version.number,
            step=step,
            flag=flag.id,
        )
    return flag


@transaction.atomic
def answer_flag(*, actor: Member, flag: Flag, answer: str = "", by: Version | None = None) -> Flag:
    """Closes a flag: the step is right after all, or a new version puts it right. by: that version."""
    flag = Flag.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).get(id=flag.id)
    if flag.answered_at is None:
        flag.answer, flag.answered_at, flag.answered_by = answer.strip(), clock.now(), actor
        flag.save(update_fields=["answer", "answered_at", "answered_by"])
        activity.record(
            "playbook.flag_answered",
            flag.version.playbook,
            actor=actor,
            version=flag.version.number,
            step=flag.step_key,
            flag=flag.id,
            by=by.number if by else None,
        )
    return flag

"""The bank of questions. What was asked and scored keeps its words: a try takes them over when it begins."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Activity, Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from playbooks.models import Playbook, Step, Version
from training.models import Question

LEAST, MOST = 2, 10


@transaction.atomic
def add_question(
    *,
    actor: Member,
    text: str,
    options: Sequence[str],
    right: Sequence[int],
    explanation: str = "",
    playbook: Playbook | None = None,
    step: str = "",
) -> Question:
    """Raises ValidationError that names the field."""
    fields = {"explanation": explanation, "playbook": playbook, "step": step}
    question = Question(company_id=actor.company_id, author=actor)
    _fill(question, text=text, options=options, right=right, **fields)
    question.save()
    activity.record("question.added", question, actor=actor)
    return question


@transaction.atomic
def change_question(*, actor: Member, question: Question, version: int | None, **fields: Any) -> Question:
    """Its next version, not flagged any more; with the same words nothing changes. fields: as for a new one.

    Raises EditConflict for a stale version, ValidationError by field.
    """
    question = _locked(actor, question)
    check_version(question, version)
    before = {name: getattr(question, name) for name in fields}
    _fill(question, **fields)
    changed = sorted(name for name in fields if before[name] != getattr(question, name))
    if not changed:
        return question
    question.version += 1
    question.flagged_at = None
    question.save()
    activity.record("question.changed", question, actor=actor, fields=changed, version=question.version)
    return question


@transaction.atomic
def archive_question(*, actor: Member, question: Question, is_archived: bool = True) -> Question:
    """No longer asked, or asked again. Tries that were begun keep it. Twice is once."""
    question = _locked(actor, question)
    if is_archived != (question.archived_at is not None):
        question.archived_at = clock.now() if is_archived else None
        question.save(update_fields=["archived_at"])
        verb = "question.archived" if is_archived else "question.restored"
        activity.record(verb, question, actor=actor)
    return question


@transaction.atomic
def flag_questions(*, playbook: Playbook, number: int) -> list[int]:
    """A material version of a playbook is out: somebody is to look at its questions again. Safe to run twice.

    number: of the version; what was looked at since is not flagged again for the same one. Returns their ids.
    """
    rows = Question.objects.select_for_update(no_key=True).filter(
        company_id=playbook.company_id, playbook=playbook, archived_at__isnull=True, flagged_at__isnull=True
    )
    standing = list(rows.order_by("id").values_list("id", flat=True))
    known = Activity.objects.filter(
        company_id=playbook.company_id,
        subject_type="question",
        subject_id__in=standing,
        verb="question.flagged",
        detail__playbook=playbook.id,
        detail__number=number,
    )
    told = set(known.values_list("subject_id", flat=True))
    ids = [each for each in standing if each not in told]
    Question.objects.filter(company_id=playbook.company_id, id__in=ids).update(flagged_at=clock.now())
    detail = {"playbook": playbook.id, "number": number}
    activity.record_many(
        "question.flagged",
        "question",
        [(each, detail) for each in ids],
        actor=None,
        company_id=playbook.company_id,
    )
    return ids


@transaction.atomic
def confirm_question(*, actor: Member, question: Question) -> Question:
    """Looked at after a change of its playbook, and still right. Twice is once."""
    question = _locked(actor, question)
    if question.flagged_at is not None:
        question.flagged_at = None
        question.save(update_fields=["flagged_at"])
        activity.record("question.confirmed", question, actor=actor)
    return question


def _locked(actor: Member, question: Question) -> Question:
    rows = Question.objects.select_for_update(no_key=True)
    return rows.get(id=question.id, company_id=actor.company_id)


def _fill(question: Question, **fields: Any) -> None:
    """Takes fields over and refuses, by name, what could never be asked."""
    before = question.playbook_id, question.step
    for name in ("text", "explanation"):
        if name in fields:
            fields[name] = fields[name].strip()
    if "options" in fields:
        fields["options"] = [option.strip() for option in fields["options"]]
    if "right" in fields:
        fields["right"] = sorted(set(fields["right"]))
    for name, value in fields.items():
        setattr(question, name, value)
    if not question.text:
        raise ValidationError({"text": _("Write what is asked.")})
    if problem := _problem(question):
        named = {"question": Truncator(question.text).chars(60)}
        raise ValidationError({"options": f"{_('“%(question)s”') % named}: {problem}"})
    if (question.playbook_id, question.step) != before:
        _check_step(question)
    question.full_clean(exclude=["company"])


def _problem(question: Question) -> str:
    """What is wrong with the options, in words; empty for nothing."""
    options = question.options
    if len([option for option in options if option]) < LEAST:
        return _("it needs at least two options.")
    if not all(options):
        return _("an option has no text.")
    if len(options) > MOST:
        return _("at most %(n)s options.") % {"n": MOST}
    if len({option.casefold() for option in options}) < len(options):
        return _("two options say the same.")
    if not question.right:
        return _("no option is right. Tick the right ones.")
    if question.right[-1] >= len(options):
        return _("an option that is right is not there.")
    return ""


def _check_step(question: Question) -> None:
    playbook = question.playbook
    if playbook is None:
        if question.step:
            raise ValidationError({"step": _("Choose the playbook of the step, too.")})
        return
    if playbook.company_id != question.company_id:
        raise ValidationError({"playbook": _("This playbook is not there.")})
    steps = Step.objects.filter(
        company_id=question.company_id, of__playbook=playbook, of__state=Version.State.PUBLISHED
    )
    if question.step and not steps.filter(key=question.step).exists():
        raise ValidationError({"step": _("This step is not in the version that is out.")})

"""The bank of questions."""

from typing import Any

from django.db import transaction

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from hiring.models import Question


@transaction.atomic
def add_question(*, actor: Member, **fields: Any) -> Question:
    """Raises ValidationError that names the field."""
    question = Question(company_id=actor.company_id, **fields)
    question.full_clean(exclude=["company"])
    question.save()
    activity.record("question.added", question, actor=actor)
    return question


@transaction.atomic
def change_question(*, actor: Member, question: Question, version: int | None, **fields: Any) -> Question:
    """Its next version; one with the same words is none. Kits keep the words they took over.

    Raises EditConflict for a stale version, ValidationError by field.
    """
    question = Question.objects.select_for_update(no_key=True).get(id=question.id)
    check_version(question, version)
    changed = sorted(name for name, value in fields.items() if getattr(question, name) != value)
    if not changed:
        return question
    for name, value in fields.items():
        setattr(question, name, value)
    question.version += 1
    question.full_clean(exclude=["company"])
    question.save()
    activity.record("question.changed", question, actor=actor, fields=changed, version=question.version)
    return question


@transaction.atomic
def archive_question(*, actor: Member, question: Question, is_archived: bool = True) -> Question:
    """No longer offered for kits, or offered again. Kits that ask it go on asking it. Twice is once."""
    question = Question.objects.select_for_update(no_key=True).get(id=question.id)
    if is_archived != (question.archived_at is not None):
        question.archived_at = clock.now() if is_archived else None
        question.save(update_fields=["archived_at"])
        verb = "question.archived" if is_archived else "question.restored"
        activity.record(verb, question, actor=actor)
    return question

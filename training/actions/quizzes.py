"""Taking a quiz: a try is begun, answered and handed in."""

import secrets
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.actions import drop_draft
from accounts.models import Member
from cs_platform.lib import clock, words
from training.models import Enrolment, Entry, Item, Question, QuizTry
from training.quizzing import Door, Next, Result, draw, next_try, score

from .entries import add_entry, lock_enrolment, progress_at


@transaction.atomic
def begin_try(*, actor: Member, enrolment: Enrolment, item: Item) -> QuizTry:
    """The try that is open, or a new one with questions drawn now. Two windows get the same one.

    Raises ValidationError that says when the next is possible, or why none is.
    """
    enrolment = _own(actor, enrolment)
    if item.kind != Item.Kind.QUIZ or item.module.of_id != enrolment.version_id:
        raise ValidationError(_("This is no quiz of the path."))
    tries = QuizTry.objects.filter(company_id=actor.company_id, enrolment=enrolment, item=item)
    if (going := tries.filter(handed_in_at__isnull=True).first()) is not None:
        return going
    handed_in = [each.handed_in_at for each in tries.order_by("number") if each.handed_in_at]
    is_done = progress_at(enrolment, [item])[item.id].is_done
    following = next_try(item.tries, item.pause_hours, handed_in, is_done, clock.now())
    if following.door != Door.OPEN:
        raise ValidationError(why_not(following, item))
    bank = Question.objects.filter(
        company_id=actor.company_id, used_in__item=item, archived_at__isnull=True
    ).order_by("used_in__position", "used_in__id")
    asked = draw(list(bank), item.draws, secrets.token_hex(8))
    if not asked["questions"]:
        raise ValidationError(_("All questions of this quiz are archived. Tell whoever keeps the path."))
    begun = QuizTry.objects.create(
        company_id=actor.company_id, enrolment=enrolment, item=item, number=len(handed_in) + 1, asked=asked
    )
    activity.record("quiz.begun", enrolment, actor=actor, item=item.id, number=begun.number)
    return begun


@transaction.atomic
def hand_in(*, actor: Member, quiz_try: QuizTry, chosen: Mapping[int, Collection[int]]) -> Entry:
    """Scores a try by the questions as they were shown. What was handed in already stays as it was.

    chosen: {number of the question: places chosen, as shown}. Raises ValidationError for a question without an answer.
    """
    enrolment = _own(actor, quiz_try.enrolment)
    quiz_try = (
        QuizTry.objects.select_for_update(no_key=True, of=["self"])
        .select_related("item__module")
        .get(id=quiz_try.id, company_id=actor.company_id)
    )
    if quiz_try.handed_in_at is not None:
        return entry_of(quiz_try)
    if missing := missing_in(quiz_try, chosen):
        raise ValidationError(told_missing(missing))
    item, result = quiz_try.item, score(quiz_try.asked, chosen)
    has_passed = result.score >= item.pass_mark
    quiz_try.handed_in_at = clock.now()
    quiz_try.save(update_fields=["handed_in_at"])
    entry = add_entry(
        enrolment,
        item,
        Entry.Kind.TRY,
        Entry.Outcome.PASSED if has_passed else Entry.Outcome.NOT_YET,
        by=actor,
        at=quiz_try.handed_in_at,
        words=told_of(result, item),
        next_step="" if has_passed else _("Read why, then try again."),
        shown=shown_of(quiz_try, result),
    )
    drop_draft(actor=actor, place=place_of(quiz_try))
    activity.record(
        "quiz.handed_in", enrolment, actor=actor, item=item.id, number=quiz_try.number, score=result.score,
        outcome=entry.outcome, member=enrolment.member_id,
    )  # fmt: skip
    return entry


def entry_of(quiz_try: QuizTry) -> Entry:
    """Of a try that was handed in. One is open at a time, so that the entries of an item stand in their order."""
    rows = Entry.objects.filter(
        company_id=quiz_try.company_id,
        enrolment_id=quiz_try.enrolment_id,
        item_id=quiz_try.item_id,
        kind=Entry.Kind.TRY,
    )
    return rows.order_by("id")[quiz_try.number - 1]


def place_of(quiz_try: QuizTry) -> str:
    """Under which name the answers are kept until they are handed in."""
    return f"quiz:{quiz_try.id}"


def missing_in(quiz_try: QuizTry, chosen: Mapping[int, Collection[int]]) -> list[int]:
    """Numbers of the questions without an answer, or with one that was not offered."""
    missing = []
    for number, question in enumerate(quiz_try.asked["questions"], 1):
        picked, offered = set(chosen.get(number, ())), set(range(len(question["options"])))
        if not picked or not picked <= offered:
            missing.append(number)
    return missing


def told_missing(missing: Collection[int]) -> str:
    text = ngettext(
        "Question %(numbers)s has no answer yet.", "Questions %(numbers)s have no answer yet.", len(missing)
    )
    return text % {"numbers": ", ".join(map(str, missing))}


def why_not(following: Next, item: Item) -> str:
    """Why no try may begin, in words with what to do or when it is possible."""
    if following.door == Door.DONE:
        return _("This quiz is done.")
    if following.door == Door.USED_UP:
        text = ngettext(
            "The one try is used up. Ask your manager what to do next.",
            "All %(n)s tries are used up. Ask your manager what to do next.",
            item.tries,
        )
        return text % {"n": item.tries}
    if following.opens_at is None:
        return ""
    local = timezone.localtime(following.opens_at)
    return _("The next try is possible from %(day)s, %(time)s on: in %(duration)s.") % {
        "day": date_format(local, "D j M"),
        "time": date_format(local, "H:i"),
        "duration": words.duration((following.opens_at - clock.now()).total_seconds()),
    }


def _own(actor: Member, enrolment: Enrolment) -> Enrolment:
    if enrolment.company_id != actor.company_id:
        raise Enrolment.DoesNotExist
    enrolment = lock_enrolment(enrolment)
    if enrolment.member_id != actor.id:
        raise ValidationError(_("Only whose path it is takes the quiz."))
    return enrolment


def told_of(result: Result, item: Item) -> str:
    return _("%(right)s of %(total)s right, %(score)s %%. The pass mark is %(mark)s %%.") % {
        "right": result.right,
        "total": result.total,
        "score": result.score,
        "mark": item.pass_mark,
    }


def shown_of(quiz_try: QuizTry, result: Result) -> dict:
    return {
        "try": quiz_try.number,
        "seed": quiz_try.asked["seed"],
        "score": result.score,
        "right": result.right,
        "of": result.total,
        "pass_mark": quiz_try.item.pass_mark,
        "questions": result.shown,
    }

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import derive_surveys
from customers.models import Survey, SurveyAnswer
from metrics.facts import queue_up

COUNTS_FOR = timedelta(days=30)


@transaction.atomic
def answer_survey(
    *,
    actor: Member | None,
    company_id: int,
    kind: str,
    score: int,
    comment: str = "",
    identity: str = "",
    answered_at: datetime | None = None,
    **fields: Any,
) -> Survey:
    """An answer, or with the identity of an earlier one another answer to the same question.

    Raises ValidationError for a score outside the scale.
    """
    queue_up(company_id)
    if score not in Survey.SCALES[kind]:
        raise ValidationError({"score": out_of_scale(kind, score)})
    at = answered_at or clock.now()
    survey, _created = Survey.objects.select_for_update().get_or_create(
        company_id=company_id,
        identity=identity or f"live:{uuid4().hex}",
        defaults={"kind": kind, "score": score, "first_answered_at": at, "comment": comment, **fields},
    )
    SurveyAnswer.objects.update_or_create(
        survey=survey, answered_at=at, defaults={"company_id": company_id, "score": score, "comment": comment}
    )
    settle_answers(survey)
    activity.record("survey.answered", survey, actor=actor, score=score)
    derive_surveys(company_id, [survey.id])
    return survey


def settle_answers(survey: Survey) -> None:
    """The day is that of the first answer; the last one within 30 days of it counts."""
    answers = list(survey.answers.order_by("answered_at"))
    survey.first_answered_at = answers[0].answered_at
    counted = [answer for answer in answers if answer.answered_at <= survey.first_answered_at + COUNTS_FOR]
    survey.score, survey.comment = counted[-1].score, counted[-1].comment
    survey.save()


def out_of_scale(kind: str, score: int) -> str:
    scale = Survey.SCALES[kind]
    return _("“%(score)s” is not on the scale of %(low)s to %(high)s.") % {
        "score": score,
        "low": scale.start,
        "high": scale.stop - 1,
    }

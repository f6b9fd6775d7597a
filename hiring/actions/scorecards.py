"""Writing, submitting and excusing a scorecard, and what is said of a rating afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.models import (
    Application,
    Interview,
    KitAttribute,
    KitQuestion,
    Rating,
    Recommendation,
    Revision,
    Sample,
    Scorecard,
    Sign,
)

LONGEST = 20000


@dataclass(frozen=True)
class SignHeard:
    label: str
    is_warning: bool
    quote: str = ""


@dataclass(frozen=True)
class Rated:
    """What was written on one attribute. value: 1 to 5, or None; is_given: chosen, be it "no evidence"."""

    value: int | None = None
    is_given: bool = False
    evidence: str = ""
    signs: tuple[SignHeard, ...] = ()


@dataclass(frozen=True)
class Tried:
    """A work sample as it went."""

    first_try: str = ""
    feedback: str = ""
    second_try: str = ""


@dataclass(frozen=True)
class Sheet:
    """All that is on a scorecard: {attribute id: Rated}, {id of the kit's question: Tried}."""

    ratings: Mapping[int, Rated] = field(default_factory=dict)
    samples: Mapping[int, Tried] = field(default_factory=dict)
    recommendation: str = ""
    summary: str = ""


@transaction.atomic
def declare_no_conflict(*, actor: Member, card: Scorecard) -> Scorecard:
    """Says that the interviewer has no stake in the candidate. Twice is once."""
    card = _locked(actor, card)
    if card.declared_at is None:
        card.declared_at = clock.now()
        card.save(update_fields=["declared_at"])
        activity.record("scorecard.conflict_denied", card, actor=actor)
    return card


@transaction.atomic
def save_scorecard(*, actor: Member, card: Scorecard, sheet: Sheet, edits: int) -> Scorecard:
    """Keeps a draft as it stands. Parts that the sheet does not name stay.

    Raises EditConflict if edits is not the latest, ValidationError if it is in, excused, or asks for what the kit
    does not have. A draft is not in the ledger: only that it was begun.
    """
    card = _locked(actor, card)
    if card.edits != edits:
        raise EditConflict(card, card.edits)
    _write(card, sheet)
    begins = card.state == Scorecard.State.ASSIGNED
    card.state, card.saved_at, card.edits = Scorecard.State.DRAFT, clock.now(), card.edits + 1
    card.started_at = card.started_at or card.saved_at
    card.recommendation, card.summary = _recommendation(sheet.recommendation), sheet.summary[:LONGEST]
    card.save(update_fields=["state", "saved_at", "edits", "started_at", "recommendation", "summary"])
    if begins:
        activity.record("scorecard.begun", card, actor=actor)
    return card


@transaction.atomic
def submit_scorecard(*, actor: Member, card: Scorecard, edits: int) -> Scorecard:
    """Puts a scorecard in; from then on the database refuses every change. Twice is once.

    Raises EditConflict if edits is not the latest; ValidationError with all that is missing: a rating or "no
    evidence" for each attribute of the kit, evidence beside each rating, a recommendation.
    """
    card = _locked(actor, card, if_in=True)
    if card.state == Scorecard.State.SUBMITTED:
        return card
    if card.edits != edits:
        raise EditConflict(card, card.edits)
    if clock.now() < card.interview.starts_at:
        raise ValidationError(_("The interview has not begun yet."))
    if missing := missing_of(card):
        raise ValidationError(missing)
    card.state, card.submitted_at = Scorecard.State.SUBMITTED, clock.now()
    card.save(update_fields=["state", "submitted_at"])
    _hold(card.interview)
    activity.record("scorecard.submitted", card, actor=actor, application=card.application_id)
    return card


@transaction.atomic
def excuse_scorecard(*, actor: Member | None, card: Scorecard, why: str) -> Scorecard:
    """Nobody waits for it any more. What was written on it is read by its writer only. Twice is once."""
    if not why.strip():
        raise ValidationError({"why": _("Say why this scorecard will not come.")})
    Application.objects.select_for_update(no_key=True).get(id=card.application_id)
    card = Scorecard.objects.select_for_update(no_key=True).get(id=card.id)
    if card.state == Scorecard.State.SUBMITTED:
        raise ValidationError(_("This scorecard is in."))
    if card.state != Scorecard.State.EXCUSED:
        card.state, card.excused_at, card.excused_by = Scorecard.State.EXCUSED, clock.now(), actor
        card.excuse = why.strip()[:400]
        card.save(update_fields=["state", "excused_at", "excused_by", "excuse"])
        activity.record("scorecard.excused", card, actor=actor, application=card.application_id)
    return card


@transaction.atomic
def revise_rating(*, actor: Member, rating: Rating, value: int | None, reason: str) -> Revision:
    """In the debrief: what somebody says of an own rating now. The original stays and alone counts."""
    if rating.scorecard.member_id != actor.id:
        raise ValidationError(_("Only whoever gave a rating can say something else of it."))
    if rating.scorecard.state != Scorecard.State.SUBMITTED:
        raise ValidationError(_("This scorecard is not in yet."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say what changed your mind.")})
    revision = Revision(
        company_id=actor.company_id, rating=rating, value=value, reason=reason.strip(), revised_by=actor
    )
    revision.full_clean(exclude=["company"])
    revision.save()
    activity.record("rating.revised", rating, actor=actor)
    return revision


def missing_of(card: Scorecard) -> list[str]:
    """What keeps a scorecard from being submitted, in words for its writer."""
    ratings = {rating.attribute_id: rating for rating in card.ratings.all()}
    missing = []
    for asked in card.interview.kit.attributes.all():
        rating = ratings.get(asked.attribute_id)
        if rating is None or not rating.is_given:
            missing.append(_("%(attribute)s: choose a rating, or no evidence.") % {"attribute": asked.name})
        elif rating.value is not None and not rating.evidence.strip():
            missing.append(
                _("%(attribute)s: write what was said or done, beside the rating.")
                % {"attribute": asked.name}
            )
    if not card.recommendation:
        missing.append(_("Choose an overall recommendation."))
    return missing


def _locked(actor: Member, card: Scorecard, *, if_in: bool = False) -> Scorecard:
    """The own card, with its application locked, so that a panel cannot change meanwhile."""
    Application.objects.select_for_update(no_key=True).get(id=card.application_id)
    cards = Scorecard.objects.select_for_update(no_key=True, of=("self",)).select_related("interview__kit")
    card = cards.get(id=card.id)
    if card.member_id != actor.id:
        raise ValidationError(_("This is the scorecard of somebody else."))
    if card.state == Scorecard.State.EXCUSED:
        raise ValidationError(_("You were excused from this scorecard."))
    if card.state == Scorecard.State.SUBMITTED and not if_in:
        raise ValidationError(_("This scorecard is in; it does not change any more."))
    return card


def _write(card: Scorecard, sheet: Sheet) -> None:
    asked = set(
        KitAttribute.objects.filter(of_id=card.interview.kit_id).values_list("attribute_id", flat=True)
    )
    if set(sheet.ratings) - asked:
        raise ValidationError(_("The kit of this interview does not ask for that attribute."))
    of_card: dict[str, Any] = {"company_id": card.company_id, "scorecard": card}
    for attribute_id, rated in sheet.ratings.items():
        Rating.objects.update_or_create(
            **of_card,
            attribute_id=attribute_id,
            defaults={
                "value": _value(rated),
                "is_given": rated.is_given or rated.value is not None,
                "evidence": rated.evidence[:LONGEST],
            },
        )
        _write_signs(card, attribute_id, rated.signs)
    questions = KitQuestion.objects.filter(of_id=card.interview.kit_id, id__in=list(sheet.samples))
    for question in questions:
        tried = sheet.samples[question.id]
        Sample.objects.update_or_create(
            **of_card,
            question=question,
            defaults={
                "first_try": tried.first_try[:LONGEST],
                "feedback": tried.feedback[:LONGEST],
                "second_try": tried.second_try[:LONGEST],
            },
        )


def _write_signs(card: Scorecard, attribute_id: int, signs: Iterable[SignHeard]) -> None:
    card.signs.filter(attribute_id=attribute_id).delete()
    Sign.objects.bulk_create(
        [
            Sign(
                company_id=card.company_id,
                scorecard=card,
                attribute_id=attribute_id,
                is_warning=sign.is_warning,
                label=sign.label[:200],
                quote=sign.quote[:LONGEST],
            )
            for sign in signs
        ],
        ignore_conflicts=True,
    )


def _value(rated: Rated) -> int | None:
    if rated.value is not None and not 1 <= rated.value <= 5:
        raise ValidationError(_("A rating is between 1 and 5."))
    return rated.value


def _recommendation(given: str) -> str:
    if given and given not in Recommendation.values:
        raise ValidationError({"recommendation": _("Choose one of the four recommendations.")})
    return given


def _hold(interview: Interview) -> None:
    """An interview with a scorecard that is in was held."""
    if interview.state == Interview.State.PLANNED:
        interview.state = Interview.State.HELD
        interview.save(update_fields=["state"])

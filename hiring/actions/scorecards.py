"""Writing, submitting and excusing a scorecard, and what is said of a rating afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
    InterviewMail,
    KitAttribute,
    KitQuestion,
    Rating,
    Recommendation,
    Revision,
    Sample,
    Scorecard,
    Sign,
)

from .invitations import write_mails
from .news import SCORED, seen_to

LONGEST = 20000
Kind = InterviewMail.Kind


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
    """What is to be on a scorecard: {attribute id: Rated}, {id of the kit's question: Tried}. None: as it stands."""

    ratings: Mapping[int, Rated] = field(default_factory=dict)
    samples: Mapping[int, Tried] = field(default_factory=dict)
    recommendation: str | None = None
    summary: str | None = None


@dataclass(frozen=True)
class Gap:
    """Something that keeps a scorecard from being submitted; of which attribute, or of the whole."""

    attribute: int | None
    words: str


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
    does not have, or if its writer has not said yet that there is no conflict. A draft is not in the ledger: only that
    it was begun.
    """
    card = _locked(actor, card)
    if card.declared_at is None:
        raise ValidationError(_("Say first that you have no stake in this candidate."))
    if card.edits != edits:
        raise EditConflict(card, card.edits)
    _write(card, sheet)
    begins = card.state == Scorecard.State.ASSIGNED
    card.state, card.saved_at, card.edits = Scorecard.State.DRAFT, clock.now(), card.edits + 1
    card.started_at = card.started_at or card.saved_at
    if sheet.recommendation is not None:
        card.recommendation = _recommendation(sheet.recommendation)
    if sheet.summary is not None:
        card.summary = sheet.summary[:LONGEST]
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
    Application.objects.select_for_update(no_key=True).get(id=card.application_id)
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
    seen_to(actor, SCORED, interview=card.interview_id)
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
        write_mails(card.interview, Kind.CANCELLATION, [card.member_id])
        activity.record("scorecard.excused", card, actor=actor, application=card.application_id)
        if actor is not None and actor.id == card.member_id:
            seen_to(actor, SCORED, interview=card.interview_id)
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
    return [gap.words for gap in gaps_of(card)]


def gaps_of(card: Scorecard) -> list[Gap]:
    """The same, with the place of each."""
    ratings = {rating.attribute_id: rating for rating in card.ratings.all()}
    gaps = []
    for asked in card.interview.kit.attributes.all():
        rating, said = ratings.get(asked.attribute_id), {"attribute": asked.name}
        if rating is None or not rating.is_given:
            words = _("%(attribute)s: choose a rating, or no evidence.") % said
            gaps.append(Gap(asked.attribute_id, words))
        elif rating.value is not None and not rating.evidence.strip():
            words = _("%(attribute)s: write what was said or done, beside the rating.") % said
            gaps.append(Gap(asked.attribute_id, words))
    if not card.recommendation:
        gaps.append(Gap(None, _("Choose an overall recommendation.")))
    return gaps


def _locked(actor: Member, card: Scorecard, *, if_in: bool = False) -> Scorecard:
    """The own card. Whatever changes a panel locks its cards too, so a draft waits for nobody else's."""
    cards = Scorecard.objects.select_for_update(no_key=True, of=("self",)).select_related("interview")
    card = cards.get(id=card.id)
    if card.member_id != actor.id:
        raise ValidationError(_("This is the scorecard of somebody else."))
    if card.state == Scorecard.State.EXCUSED:
        raise ValidationError(_("You were excused from this scorecard."))
    if card.state == Scorecard.State.SUBMITTED and not if_in:
        raise ValidationError(_("This scorecard is in; it does not change any more."))
    return card


def _write(card: Scorecard, sheet: Sheet) -> None:
    """An autosave comes every few seconds, so each part is written in one statement."""
    if sheet.ratings:
        asked = KitAttribute.objects.filter(of_id=card.interview.kit_id, attribute_id__in=list(sheet.ratings))
        if set(sheet.ratings) - set(asked.values_list("attribute_id", flat=True)):
            raise ValidationError(_("The kit of this interview does not ask for that attribute."))
        _write_ratings(card, sheet.ratings)
        _write_signs(card, sheet.ratings)
    if sheet.samples:
        _write_samples(card, sheet.samples)


def _write_ratings(card: Scorecard, ratings: Mapping[int, Rated]) -> None:
    Rating.objects.bulk_create(
        [
            Rating(
                company_id=card.company_id,
                scorecard=card,
                attribute_id=attribute_id,
                value=_value(rated),
                is_given=rated.is_given or rated.value is not None,
                evidence=rated.evidence[:LONGEST],
            )
            for attribute_id, rated in ratings.items()
        ],
        update_conflicts=True,
        unique_fields=["company", "scorecard", "attribute"],
        update_fields=["value", "is_given", "evidence"],
    )


def _write_signs(card: Scorecard, ratings: Mapping[int, Rated]) -> None:
    """Those that were heard, no more and no less; nothing is written if they stand so already."""
    wanted = {
        (attribute_id, sign.is_warning, sign.label[:200]): sign.quote[:LONGEST]
        for attribute_id, rated in ratings.items()
        for sign in rated.signs
    }
    there = {
        (sign.attribute_id, sign.is_warning, sign.label): sign
        for sign in card.signs.filter(attribute_id__in=list(ratings))
    }
    gone = [sign.id for key, sign in there.items() if wanted.get(key) != sign.quote]
    if gone:
        Sign.objects.filter(id__in=gone).delete()
    new = [key for key, quote in wanted.items() if key not in there or there[key].quote != quote]
    if new:
        _check_labels(card, new)
    Sign.objects.bulk_create(
        [
            Sign(
                company_id=card.company_id,
                scorecard=card,
                attribute_id=attribute_id,
                is_warning=is_warning,
                label=label,
                quote=wanted[attribute_id, is_warning, label],
            )
            for attribute_id, is_warning, label in new
        ]
    )


def _check_labels(card: Scorecard, signs: Iterable[tuple[int, bool, str]]) -> None:
    """Labels are the kit's words, never somebody's own: an erasure leaves them."""
    known = {
        (question.attribute_id, is_warning, label)
        for question in card.interview.kit.questions.all()
        for is_warning, labels in ((False, question.good_signs), (True, question.warning_signs))
        for label in labels
    }
    if unknown := [label for *of, label in signs if (*of, label) not in known]:
        raise ValidationError(
            {"signs": _("The kit of this interview has no sign “%(sign)s” there.") % {"sign": unknown[0]}}
        )


def _write_samples(card: Scorecard, samples: Mapping[int, Tried]) -> None:
    questions = KitQuestion.objects.filter(of_id=card.interview.kit_id, id__in=list(samples))
    Sample.objects.bulk_create(
        [
            Sample(
                company_id=card.company_id,
                scorecard=card,
                question_id=question_id,
                first_try=samples[question_id].first_try[:LONGEST],
                feedback=samples[question_id].feedback[:LONGEST],
                second_try=samples[question_id].second_try[:LONGEST],
            )
            for question_id in questions.values_list("id", flat=True)
        ],
        update_conflicts=True,
        unique_fields=["company", "scorecard", "question"],
        update_fields=["first_try", "feedback", "second_try"],
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

"""The own scorecard, step by step: each attribute of the kit with its questions, then the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member
from hiring.models import KitAttribute, KitQuestion, QuestionKind, Scorecard

from .sealing import Progress, progress_of, readable_cards

OVERALL = "overall"
NO_EVIDENCE = "0"


@dataclass(frozen=True)
class Asked:
    """A question in its place of the kit. place: its number among all."""

    id: int
    place: int
    text: str
    listen_for: str
    is_sample: bool


@dataclass(frozen=True)
class Label:
    """A sign to listen for."""

    words: str
    is_warning: bool


@dataclass(frozen=True)
class Anchor:
    value: str
    words: str
    is_between: bool = False


@dataclass(frozen=True)
class Content:
    """What was written on a step. rating: "1" to "5", "0" for no evidence, or nothing yet.

    signs: {(label, is a warning): quote} of those heard; samples: {question: (first try, feedback, second try)}.
    """

    rating: str
    evidence: str
    signs: dict[tuple[str, bool], str]
    samples: dict[int, tuple[str, str, str]]

    @property
    def mark(self) -> str:
        """The same for the same content: by it a window is told whether another one has written on a step."""
        return mark_of(self.rating, self.evidence, sorted(self.signs.items()), sorted(self.samples.items()))


NOTHING = Content("", "", {}, {})


@dataclass(frozen=True)
class Step:
    """An attribute: what to ask, what to listen for, how to rate it, and what was written."""

    key: str
    name: str
    definition: str
    asked: list[Asked]
    labels: list[Label]
    anchors: list[Anchor]
    content: Content

    @property
    def attribute(self) -> int:
        return int(self.key)

    @property
    def samples(self) -> list[Asked]:
        return [question for question in self.asked if question.is_sample]


def own_card(member: Member, card_id: int) -> Any:
    """The member's own scorecard of that id, or none; nobody has one of the own file."""
    of_others = Scorecard.objects.of(member).exclude(application__candidate__member_id=member.id)
    return of_others.filter(id=card_id)


def card_with_links(member: Member, card_id: int) -> Any:
    return own_card(member, card_id).select_related(
        "interview__kit__kit", "interview__stage", "application__candidate", "application__requisition"
    )


def steps_of(card: Scorecard, only: int | None = None) -> list[Step]:
    """All steps in the kit's order, or the one of an attribute; in five queries."""
    kit = {"company_id": card.company_id, "of_id": card.interview.kit_id}
    attributes = KitAttribute.objects.filter(**kit).order_by("position")
    questions = KitQuestion.objects.filter(**kit).order_by("position")
    ratings, signs, samples = card.ratings.all(), card.signs.all(), card.samples.all()
    if only is not None:
        attributes, questions = attributes.filter(attribute_id=only), questions.filter(attribute_id=only)
        ratings, signs = ratings.filter(attribute_id=only), signs.filter(attribute_id=only)
    found = list(questions)
    contents = _contents(ratings, signs, {row.question_id: row for row in samples}, found)
    return [
        _step(
            asked, [(n, q) for n, q in enumerate(found, 1) if q.attribute_id == asked.attribute_id], contents
        )
        for asked in attributes
    ]


def labels_of(card: Scorecard, attribute_id: int) -> Step:
    """A step with what is needed to save it, in one query. Whether the kit asks for it at all, the action says."""
    kit = {"company_id": card.company_id, "of_id": card.interview.kit_id, "attribute_id": attribute_id}
    questions = list(enumerate(KitQuestion.objects.filter(**kit).order_by("position"), 1))
    return _step(KitAttribute(attribute_id=attribute_id), questions, {})


def overall_mark(recommendation: str, summary: str) -> str:
    return mark_of(recommendation, summary)


def mark_of(*parts: Any) -> str:
    return blake2s(repr(parts).encode(), digest_size=8).hexdigest()


def sealed(card: Scorecard) -> Progress:
    """How many of the card's panel are in; the only thing told of the others."""
    found = progress_of(card.company_id, [card.application_id])
    return found.get((card.application_id, card.stage_id), Progress(0, 0))


@dataclass(frozen=True)
class Line:
    """An attribute of a scorecard as it is read. value: of "no evidence" and of nothing None."""

    name: str
    value: int | None
    is_given: bool
    evidence: str
    signs: list[Any]


@dataclass(frozen=True)
class Sheet:
    """A scorecard to read."""

    card: Any
    lines: list[Line]
    samples: list[Any]


def sheets(member: Member, card: Scorecard) -> list[Sheet]:
    """The own one, then those of others of the same panel that the member may read, by name."""
    cards = readable_cards(member).filter(application_id=card.application_id, interview_id=card.interview_id)
    cards = cards.select_related("member").prefetch_related(
        "ratings", "signs", "samples__question", "interview__kit__attributes"
    )
    found = sorted(cards, key=lambda each: (each.id != card.id, each.member.name.casefold(), each.id))
    return [Sheet(each, _lines(each), list(each.samples.all())) for each in found]


def _lines(card: Any) -> list[Line]:
    ratings = {rating.attribute_id: rating for rating in card.ratings.all()}
    lines = []
    for asked in card.interview.kit.attributes.all():
        rating = ratings.get(asked.attribute_id)
        signs = [sign for sign in card.signs.all() if sign.attribute_id == asked.attribute_id]
        value, is_given = (rating.value, rating.is_given) if rating else (None, False)
        lines.append(Line(asked.name, value, is_given, rating.evidence if rating else "", signs))
    return lines


def _step(
    asked: KitAttribute, questions: Sequence[tuple[int, KitQuestion]], contents: dict[int, Content]
) -> Step:
    labels = [Label(words, False) for _n, question in questions for words in question.good_signs]
    labels += [Label(words, True) for _n, question in questions for words in question.warning_signs]
    anchors = [Anchor(str(value), asked.anchor(value), value in (2, 4)) for value in range(1, 6)]
    return Step(
        key=str(asked.attribute_id),
        name=asked.name,
        definition=asked.definition,
        asked=[
            Asked(q.id, place, q.text, q.listen_for, q.kind == QuestionKind.WORK_SAMPLE)
            for place, q in questions
        ],
        labels=list(dict.fromkeys(labels)),
        anchors=[*anchors, Anchor(NO_EVIDENCE, _("No evidence"), True)],
        content=contents.get(asked.attribute_id, NOTHING),
    )


def _contents(
    ratings: Iterable[Any], signs: Iterable[Any], samples: dict[int, Any], questions: Sequence[KitQuestion]
) -> dict[int, Content]:
    heard: dict[int, dict[tuple[str, bool], str]] = {}
    for sign in signs:
        heard.setdefault(sign.attribute_id, {})[sign.label, sign.is_warning] = sign.quote
    tried: dict[int, dict[int, tuple[str, str, str]]] = {}
    for question in questions:
        if row := samples.get(question.id):
            told = (row.first_try, row.feedback, row.second_try)
            tried.setdefault(question.attribute_id, {})[question.id] = told
    rated = {rating.attribute_id: rating for rating in ratings}
    return {
        id: Content(
            _rating(rated.get(id)),
            rated[id].evidence if id in rated else "",
            heard.get(id, {}),
            tried.get(id, {}),
        )
        for id in {*rated, *heard, *tried}
    }


def _rating(rating: Any) -> str:
    if rating is None or not rating.is_given:
        return ""
    return NO_EVIDENCE if rating.value is None else str(rating.value)

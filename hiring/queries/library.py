"""Attributes, the bank of questions and kits, with where they are used."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q, QuerySet

from accounts.models import Member
from hiring.models import Attribute, Interview, Kit, KitAttribute, KitQuestion, KitVersion, Question, Stage

A_PAGE = 50


@dataclass(frozen=True)
class KitRow:
    """version: the newest. interviews: held or planned with any version of it."""

    kit: Kit
    version: KitVersion
    attributes: list[str]
    questions: int
    interviews: int


@dataclass(frozen=True)
class AttributeRow:
    attribute: Attribute
    questions: int


@dataclass(frozen=True)
class LibraryPage:
    kits: list[KitRow]
    attributes: list[AttributeRow]
    archived_kits: list[Kit]
    archived_attributes: list[Attribute]


@dataclass(frozen=True)
class QuestionRow:
    """kits: names of the standing kits whose newest version asks it. interviews: with a kit that asks it."""

    question: Question
    kits: list[str]
    interviews: int


@dataclass(frozen=True)
class Bank:
    rows: list[QuestionRow]
    page: Page
    attributes: list[Attribute]


def library_page(member: Member) -> LibraryPage:
    kits = list(Kit.objects.visible_to(member).order_by("name", "id"))
    attributes = Attribute.objects.visible_to(member).annotate(
        n=Count("questions", filter=Q(questions__archived_at__isnull=True))
    )
    found = list(attributes.order_by("position", "id"))
    return LibraryPage(
        kits=_kit_rows([kit for kit in kits if kit.archived_at is None]),
        attributes=[AttributeRow(each, each.n) for each in found if each.archived_at is None],
        archived_kits=[kit for kit in kits if kit.archived_at is not None],
        archived_attributes=[each for each in found if each.archived_at is not None],
    )


def _kit_rows(kits: list[Kit]) -> list[KitRow]:
    if not kits:
        return []
    company = kits[0].company_id
    versions = KitVersion.objects.filter(company_id=company, kit__in=kits)
    newest = {each.kit_id: each for each in versions.order_by("kit_id", "number")}
    ids = [version.id for version in newest.values()]
    names: dict[int, list[str]] = defaultdict(list)
    rated = KitAttribute.objects.filter(company_id=company, of__in=ids)
    for of, name in rated.order_by("position").values_list("of_id", "name"):
        names[of].append(name)
    asked = KitQuestion.objects.filter(company_id=company, of__in=ids).order_by()
    questions = dict(asked.values_list("of_id").annotate(n=Count("id")))
    held = Interview.objects.filter(company_id=company).exclude(state=Interview.State.CANCELLED).order_by()
    interviews = dict(held.values_list("kit__kit_id").annotate(n=Count("id")))
    return [
        KitRow(kit, version, names[version.id], questions.get(version.id, 0), interviews.get(kit.id, 0))
        for kit in kits
        if (version := newest.get(kit.id))
    ]


def standing_attributes(member: Member) -> QuerySet[Attribute]:
    return Attribute.objects.visible_to(member).filter(archived_at__isnull=True).order_by("position", "id")


def standing_questions(member: Member) -> QuerySet[Question]:
    """In the order of their attributes."""
    found = Question.objects.visible_to(member).filter(archived_at__isnull=True)
    found = found.filter(attribute__archived_at__isnull=True).select_related("attribute")
    return found.order_by("attribute__position", "attribute_id", "id")


def question_bank(member: Member, attribute: int | None, is_archived: bool, number: str | None) -> Bank:
    found = Question.objects.visible_to(member).filter(archived_at__isnull=not is_archived)
    if attribute:
        found = found.filter(attribute_id=attribute)
    found = found.select_related("attribute").order_by("attribute__position", "attribute_id", "id")
    page = Paginator(found, A_PAGE).get_page(number)
    questions = list(page.object_list)
    kits, interviews = uses(member.company_id, [each.id for each in questions])
    rows = [QuestionRow(each, kits.get(each.id, []), interviews.get(each.id, 0)) for each in questions]
    return Bank(rows, page, list(Attribute.objects.visible_to(member).order_by("position", "id")))


def uses(company_id: int, questions: Iterable[int]) -> tuple[dict[int, list[str]], dict[int, int]]:
    """{question id: names of kits}, {question id: interviews}."""
    asked = KitQuestion.objects.filter(company_id=company_id, question_id__in=list(questions)).order_by()
    newest = asked.filter(of__kit__archived_at__isnull=True).annotate(last=Max("of__kit__versions__number"))
    kits: dict[int, list[str]] = defaultdict(list)
    in_use = newest.filter(of__number=F("last")).order_by("of__kit__name")
    for question, name in in_use.values_list("question_id", "of__kit__name"):
        kits[question].append(name)
    planned = ~Q(of__interviews__state=Interview.State.CANCELLED)
    counted = asked.values_list("question_id").annotate(
        n=Count("of__interviews", filter=planned, distinct=True)
    )
    return dict(kits), dict(counted)


@dataclass(frozen=True)
class KitPage:
    """A version of a kit with its questions by order, the other versions, and where it is in use.

    stale: the bank has newer words for some of the questions of the newest version."""

    kit: Kit
    version: KitVersion
    attributes: list[KitAttribute]
    questions: list[KitQuestion]
    versions: Sequence[KitVersion]
    stages: list[Stage]
    stale: int

    @property
    def is_newest(self) -> bool:
        return self.version.number == self.versions[0].number


def kit_page(kit: Kit, number: int | None = None) -> KitPage | None:
    """None if there is no such version."""
    versions = list(
        kit.versions.select_related("author").annotate(
            talks=Count("interviews", filter=~Q(interviews__state=Interview.State.CANCELLED), distinct=True),
            asked=Count("questions", distinct=True),
        )
    )
    versions.sort(key=lambda each: -each.number)
    shown = next((each for each in versions if number in (None, each.number)), None)
    if shown is None:
        return None
    questions = list(shown.questions.select_related("question", "attribute").order_by("position"))
    stages = Stage.objects.filter(company_id=kit.company_id, kit__kit=kit).select_related(
        "requisition", "kit"
    )
    return KitPage(
        kit=kit,
        version=shown,
        attributes=list(shown.attributes.order_by("position")),
        questions=questions,
        versions=versions,
        stages=list(stages.filter(requisition__state="open").order_by("requisition_id", "position")[:A_PAGE]),
        stale=sum(each.question.version != each.number for each in questions),
    )


def kits_to_choose(company_id: int, besides: int | None = None) -> QuerySet[KitVersion]:
    """The newest version of each standing kit, and the version `besides` that is in use."""
    last = Max("kit__versions__number")
    newest = KitVersion.objects.filter(company_id=company_id, kit__archived_at__isnull=True)
    ids = newest.annotate(last=last).filter(number=F("last")).values("id")
    return (
        KitVersion.objects.filter(company_id=company_id)
        .filter(Q(id__in=ids) | Q(id=besides or 0))
        .select_related("kit")
        .order_by("kit__name", "number")
    )

"""The bank of questions: what there is, where it is asked, and how hard it is."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet

from accounts.models import Member
from playbooks.models import Playbook
from playbooks.queries.lists import readable, with_archived
from training.models import Item, ProgrammeVersion, Question

from .quizzes import step_titles

A_PAGE = 50
# With fewer answers a share says nothing.
ENOUGH = 10
LIVE = (ProgrammeVersion.State.DRAFT, ProgrammeVersion.State.PUBLISHED)
# Answers of each question since it last changed. Only quizzes that may draw it are looked through.
ANSWERS = """
SELECT (asked ->> 'id')::bigint, count(*), count(*) FILTER (WHERE (asked ->> 'is_right')::boolean)
  FROM training_entry e
  CROSS JOIN LATERAL jsonb_array_elements(e.shown -> 'questions') asked
  JOIN training_question q ON q.company_id = e.company_id AND q.id = (asked ->> 'id')::bigint
   AND q.version = (asked ->> 'version')::int
 WHERE e.company_id = %(company)s AND e.kind = 'try' AND q.id = ANY(%(questions)s)
   AND e.item_id IN (SELECT u.item_id FROM training_itemquestion u
                      WHERE u.company_id = %(company)s AND u.question_id = ANY(%(questions)s))
 GROUP BY 1
"""


@dataclass(frozen=True)
class Hardness:
    """How many answers there were since the question last changed, and how many of them were right."""

    n: int = 0
    right: int = 0

    @property
    def share(self) -> int | None:
        """Per cent that was right; None while there are too few answers."""
        return round(100 * self.right / self.n) if self.n >= ENOUGH else None


@dataclass(frozen=True)
class QuestionRow:
    """quizzes: that may draw it now. step: title in the version that is out. is_step_gone: it has none there."""

    question: Question
    quizzes: int
    hardness: Hardness
    step: str
    is_step_gone: bool


@dataclass(frozen=True)
class Filters:
    q: str = ""
    playbook: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Bank:
    """flagged: how many wait to be looked at, whatever is filtered."""

    rows: list[QuestionRow]
    page: Page
    playbooks: list[Playbook]
    flagged: int


def questions_of(member: Member) -> QuerySet[Question]:
    """Those that a member may read: about nothing in particular, or about a playbook that they may read."""
    about = Q(playbook__isnull=True) | Q(playbook__in=with_archived(member))
    return Question.objects.filter(about, company_id=member.company_id)


def question_bank(member: Member, filters: Filters, number: str | None) -> Bank:
    """Flagged ones first, then the newest."""
    all_ = questions_of(member)
    rows = _filtered(all_, filters).select_related("playbook")
    rows = rows.order_by("flagged_at", "-id")
    page = Paginator(rows, A_PAGE).get_page(number)
    used = all_.filter(playbook__isnull=False).order_by().values("playbook")
    return Bank(
        question_rows(member, list(page)),
        page,
        list(Playbook.objects.visible_to(member).filter(id__in=used).order_by("title")),
        all_.filter(flagged_at__isnull=False, archived_at__isnull=True).count(),
    )


def question_rows(member: Member, questions: list[Question]) -> list[QuestionRow]:
    ids = [question.id for question in questions]
    uses = quizzes_of(member.company_id, ids)
    hard = hardness_of(member.company_id, ids)
    steps = step_titles(member.company_id, {each.playbook_id for each in questions if each.playbook_id})
    rows = []
    for each in questions:
        step = steps.get((each.playbook_id or 0, each.step), "")
        rows.append(
            QuestionRow(
                each, uses.get(each.id, 0), hard.get(each.id, Hardness()), step, bool(each.step) and not step
            )
        )
    return rows


def _filtered(rows: QuerySet[Question], filters: Filters) -> QuerySet[Question]:
    rows = rows.filter(archived_at__isnull=filters.state != "archived")
    if filters.state == "flagged":
        rows = rows.filter(flagged_at__isnull=False)
    if filters.playbook:
        rows = rows.filter(playbook=filters.playbook)
    for word in filters.q.split()[:8]:
        rows = rows.filter(Q(text__icontains=word) | Q(options__icontains=word))
    return rows


def quizzes_of(company_id: int, ids: Collection[int]) -> dict[int, int]:
    """{question id: in how many quizzes of programmes that stand it may be drawn}. A draft's copy counts once."""
    if not ids:
        return {}
    rows = Question.objects.filter(company_id=company_id, id__in=ids)
    live = Q(
        used_in__item__module__of__state__in=LIVE,
        used_in__item__module__of__programme__archived_at__isnull=True,
    )
    counted = rows.order_by().annotate(n=Count("used_in__item__key", filter=live, distinct=True))
    return dict(counted.values_list("id", "n"))


def quizzes_with(question: Question) -> list[Item]:
    """The quizzes that may draw a question, as they are published."""
    rows = Item.objects.filter(
        company_id=question.company_id,
        questions__question=question,
        module__of__state=ProgrammeVersion.State.PUBLISHED,
        module__of__programme__archived_at__isnull=True,
    )
    return list(rows.select_related("module__of__programme").order_by("title", "id")[:20])


def hardness_of(company_id: int, ids: Collection[int]) -> dict[int, Hardness]:
    """{question id: Hardness} of those that were answered."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"company": company_id, "questions": list(ids)})
        return {id: Hardness(n, right) for id, n, right in cursor.fetchall()}


def playbooks_to_choose(member: Member, question: Question | None = None) -> QuerySet[Playbook]:
    """Those that stand and that the member may read, and the one that a question is about already."""
    found = readable(member)
    if question is not None and question.playbook_id:
        found = found | with_archived(member).filter(id=question.playbook_id)
    return found.order_by("title")

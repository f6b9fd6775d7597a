"""Of a quiz on a path: what may be done next, the try that is open, and those that were handed in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Member
from cs_platform.lib import clock
from playbooks.models import Playbook, Step, Version
from playbooks.queries.lists import readable
from training.completion import progress_of
from training.models import Enrolment, Entry, Item, QuizTry
from training.permissions import can_take
from training.quizzing import Asked, Door, Next, as_shown, next_try

from .parts import way_of


@dataclass(frozen=True)
class TryRow:
    """A try that was handed in. score and so on: None where what was shown is erased."""

    number: int
    at: datetime
    has_passed: bool
    score: int | None
    right: int | None
    total: int | None


@dataclass(frozen=True)
class QuizPage:
    """asked: the questions of the try that is open, for whoever takes it. drawn: how many a new one asks. waits: what
    its module waits for, in words; a try that is open goes on."""

    enrolment: Enrolment
    item: Item
    may_take: bool
    is_waived: bool
    going: QuizTry | None
    asked: list[Asked]
    following: Next
    tries: list[TryRow]
    drawn: int
    waits: str


@dataclass(frozen=True)
class OptionRead:
    text: str
    is_right: bool
    is_chosen: bool


@dataclass(frozen=True)
class QuestionRead:
    """step: title of the step that it is about, empty if it is gone or hidden."""

    number: int
    text: str
    options: list[OptionRead]
    is_right: bool
    explanation: str
    playbook: Playbook | None
    step: str


@dataclass(frozen=True)
class ResultPage:
    row: TryRow
    pass_mark: int
    next_step: str
    questions: list[QuestionRead]
    quiz: QuizPage


def quiz_page(member: Member, enrolment: Enrolment, item: Item) -> QuizPage:
    entries = list(
        Entry.objects.filter(company_id=enrolment.company_id, enrolment=enrolment, item=item).order_by("id")
    )
    going = QuizTry.objects.filter(
        company_id=enrolment.company_id, enrolment=enrolment, item=item, handed_in_at__isnull=True
    ).first()
    at, may_take = progress_of(item, entries), can_take(member, enrolment, item)
    handed_in = [entry for entry in entries if entry.kind == Entry.Kind.TRY]
    times = [entry.at for entry in handed_in]
    following = next_try(item.tries, item.pause_hours, times, at.is_done, clock.now())
    asks = may_take and going is None and following.door == Door.OPEN
    return QuizPage(
        enrolment,
        item,
        may_take,
        at.is_waived,
        going,
        as_shown(going.asked) if going and may_take else [],
        following,
        [_row(number, entry) for number, entry in enumerate(handed_in, 1)][::-1],
        _drawn(item),
        waits_for(enrolment, item, member.company.today()) if asks else "",
    )


def waits_for(enrolment: Enrolment, item: Item, today: date) -> str:
    """What the module of an item waits for, in words; empty for one that is open."""
    found = way_of(enrolment, today).part(item.id)
    return found[0].why if found else ""


def result_page(member: Member, enrolment: Enrolment, item: Item, number: int) -> ResultPage | None:
    """None for a try that was not handed in."""
    rows = Entry.objects.filter(
        company_id=enrolment.company_id, enrolment=enrolment, item=item, kind=Entry.Kind.TRY
    )
    entry = rows.order_by("id")[number - 1 : number].first() if 0 < number < 32768 else None
    if entry is None:
        return None
    shown = entry.shown or {}
    return ResultPage(
        _row(number, entry),
        shown.get("pass_mark", item.pass_mark),
        entry.next_step,
        _read(member, shown.get("questions", [])),
        quiz_page(member, enrolment, item),
    )


def _row(number: int, entry: Entry) -> TryRow:
    shown = entry.shown or {}
    return TryRow(
        number,
        entry.at,
        entry.outcome == Entry.Outcome.PASSED,
        shown.get("score"),
        shown.get("right"),
        shown.get("of"),
    )


def _drawn(item: Item) -> int:
    there = item.questions.filter(question__archived_at__isnull=True).count()
    return min(item.draws, there) if item.draws else there


def _read(member: Member, shown: list[dict[str, Any]]) -> list[QuestionRead]:
    wanted = {each["playbook"] for each in shown if each["playbook"]}
    playbooks = {each.id: each for each in readable(member).filter(id__in=wanted)} if wanted else {}
    steps = step_titles(member.company_id, playbooks)
    return [
        QuestionRead(
            number,
            each["text"],
            [
                OptionRead(option, place in each["right"], place in each["chosen"])
                for place, option in enumerate(each["options"])
            ],
            each["is_right"],
            each["explanation"],
            playbooks.get(each["playbook"]),
            steps.get((each["playbook"], each["step"]), ""),
        )
        for number, each in enumerate(shown, 1)
    ]


def step_titles(company_id: int, playbooks: Any) -> dict[tuple[int, str], str]:
    """{(playbook id, key of the step): title} of the versions that are out. playbooks: their ids."""
    if not playbooks:
        return {}
    rows = Step.objects.filter(
        company_id=company_id, of__playbook__in=list(playbooks), of__state=Version.State.PUBLISHED
    )
    found = rows.order_by("of__playbook", "position").values_list("of__playbook", "key", "title")
    return {(playbook, key): title for playbook, key, title in found}

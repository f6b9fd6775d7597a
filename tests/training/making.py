"""Training for tests, made as people make it: what a role is to know, a programme, somebody on it."""

from datetime import date

from accounts.models import Member
from playbooks.models import Playbook
from tests.playbooks.making import a_playbook
from training.actions.enrolments import enrol
from training.actions.entries import judge, mark_done
from training.actions.programmes import open_programme, publish_programme, take_draft
from training.actions.requirements import require
from training.completion import BY_ONESELF
from training.models import Enrolment, Entry, Item, ItemQuestion, Programme, ProgrammeVersion, Question


def a_process(
    owner: Member, approver: Member, title: str = "Duplicate charge", level: str = "independent"
) -> Playbook:
    """A published playbook that reps are to know."""
    playbook = a_playbook(owner, approver, title)
    require(actor=approver, role="rep", playbook=playbook, level=level)
    return playbook


def a_draft(owner: Member, title: str = "Path for reps", role: str = "rep", team=None) -> ProgrammeVersion:
    return open_programme(actor=owner, title=title, role=role, team=team).versions.get()


def a_programme(owner: Member, title: str = "Path for reps", **fields) -> Programme:
    """Published, with the common modules and a module for each process that the role is to know."""
    return publish_programme(actor=owner, draft=a_draft(owner, title, **fields)).programme


def a_question(author: Member, text: str = "What comes first?", **fields) -> Question:
    fields.setdefault("options", ["Look", "Promise", "Pay"])
    fields.setdefault("right", [0])
    return Question.objects.create(company_id=author.company_id, text=text, author=author, **fields)


def a_quiz(owner: Member, draft: ProgrammeVersion, questions: list[Question], **fields) -> Item:
    """In the first module of a draft."""
    draft = take_draft(actor=owner, draft=draft, edits=None)
    module = draft.modules.first()
    fields = {"title": "Quiz", "key": f"quiz{Item.objects.count()}"} | fields
    item = Item.objects.create(
        company_id=draft.company_id,
        module=module,
        position=module.items.count() + 1,
        kind=Item.Kind.QUIZ,
        **fields,
    )
    for place, question in enumerate(questions):
        ItemQuestion.objects.create(company_id=draft.company_id, item=item, question=question, position=place)
    return item


def an_enrolment(
    owner: Member, member: Member, programme: Programme | None = None, starts_on: date | None = None
):
    return enrol(actor=owner, member=member, programme=programme or a_programme(owner), starts_on=starts_on)


def items_of(enrolment: Enrolment) -> list[Item]:
    return list(Item.objects.filter(module__of=enrolment.version_id).order_by("module__position", "position"))


def passed(enrolment: Enrolment, item: Item, judge_: Member) -> None:
    """Done as often as it takes: by the trainee, or by another one's word. Not for a quiz."""
    for _time in range(item.times):
        if item.kind in BY_ONESELF:
            mark_done(actor=enrolment.member, enrolment=enrolment, item=item, checks=range(len(item.rubric)))
        else:
            judge(actor=judge_, enrolment=enrolment, item=item, outcome=Entry.Outcome.PASSED)

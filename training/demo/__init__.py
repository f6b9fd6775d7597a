"""What the demo's service desk has of training: a programme, people at several stages of it, a session and a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import add_person
from accounts.models import Company, Member, Role
from cs_platform.lib import clock
from playbooks.actions import open_draft, publish, save_graph, send_to_review
from playbooks.models import Playbook, Version
from playbooks.queries.graphs import graph_of
from playbooks.starters import starters
from training.actions.certificates import ask_for_refresh
from training.actions.drafts import add_item, change_item
from training.actions.plans import add_goal, open_plan, reach_goal, review_plan
from training.actions.programmes import open_programme, publish_programme
from training.actions.questions import add_question, flag_questions
from training.actions.requirements import require
from training.actions.rides import plan_ride
from training.actions.sessions import close_session, note_attendance, plan_session, repeat_session
from training.calendar import business_day, first_business_day
from training.models import Enrolment, Item, Level, Module, Programme, ProgrammeVersion, Question, Seat
from training.seed import FURIOUS, SILENT, SeedItem

from . import words
from .trainees import Plan, started, walk

MANAGER, LEADER, REP = (f"{who}@demo.example" for who in ("manager", "leader", "rep"))
# Which playbooks reps are to know, by template, in the order of their path.
PROCESSES = {
    "password-and-access": Level.INDEPENDENT,
    "angry-customer": Level.INDEPENDENT,
    "invoice-question": Level.INDEPENDENT,
    "bug-report": Level.ASSISTED,
    "slow-performance": Level.AWARE,
}
# With fewer of them there is no path to show.
FEWEST = 2
CHANGED = "invoice-question"
PLAYED = {"angry-customer": FURIOUS, "slow-performance": SILENT}
SOFIA, DANIEL, MEI = "Sofia Lindgren", "Daniel Okafor", "Mei Tanaka"
# Who is new, and how far each is.
PLANS = {
    MEI: Plan(45, 40),
    DANIEL: Plan(
        14,
        14,
        {
            ("", "role_play"): "greeting again",
            ("password-and-access", "quiz"): "again",
            ("password-and-access", "sign_off"): "asked",
            ("angry-customer", "role_play"): "furious",
            ("angry-customer", "observe"): 1,
            ("angry-customer", "assist"): 0,
            ("angry-customer", "lead"): 0,
        },
    ),
    SOFIA: Plan(3, 2),
}
OWN = Plan(8, 6)
GOALS = (
    (
        gettext_noop("Every answer ends with one next step and a time"),
        gettext_noop("Nine of ten answers in the monthly reading"),
        30,
    ),
    (
        gettext_noop("Run “Invoice question” alone"),
        gettext_noop("A certificate, and five tickets that did not come back"),
        45,
    ),
)
REACHED = (
    gettext_noop("Write the first line fresh, not from a template"),
    gettext_noop("Eleven of the last twelve replies; two customers thanked for it by name"),
)
REVIEWED = gettext_noop(
    "Read six answers together. The next step is there now, the time is not always. We look at it again in two weeks."
)


@dataclass(frozen=True)
class Cast:
    manager: Member
    leader: Member
    rep: Member


@transaction.atomic
def add(company: Company, say: Callable[[str], None]) -> None:
    """All of it or nothing; a company that has programmes, or that is not the service desk, is left as it is."""
    cast = _cast(company)
    if cast is None or Programme.objects.filter(company=company).exists():
        return
    books = _books(company)
    if len(books) < FEWEST:
        return
    for name, playbook in books.items():
        require(actor=cast.manager, role=Role.REP, playbook=playbook, level=PROCESSES[name])
    programme = _programme(cast, books)
    templates = {playbook.id: name for name, playbook in books.items()}
    people = {name: _newcomer(cast, name, plan) for name, plan in PLANS.items()}
    paths = {
        name: walk(
            manager=cast.manager,
            member=person,
            programme=programme,
            host=cast.rep if name == MEI else people[MEI],
            plan=PLANS[name],
            templates=templates,
        )
        for name, person in people.items()
    }
    paths[REP] = walk(
        manager=cast.manager,
        member=cast.rep,
        programme=programme,
        host=people[MEI],
        plan=OWN,
        templates=templates,
    )
    if CHANGED in books:
        _change(cast, books[CHANGED])
    _ride(cast, people[MEI], paths[REP])
    _session(cast, programme, [people[MEI], people[DANIEL], cast.rep])
    _plan(cast)
    note = _(
        "The training programme, the three people who began with it, and all that happened on its paths are made up."
    )
    company.demo_note = f"{company.demo_note} {note}".strip()
    company.save(update_fields=["demo_note"])
    say(f"{company.slug}: a programme with {len(paths)} people on it made up")


def _cast(company: Company) -> Cast | None:
    people = {each.email: each for each in Member.objects.active().filter(company=company)}
    found = [people.get(email) for email in (MANAGER, LEADER, REP)]
    return (
        None if any(each is None for each in found) else Cast(*(each for each in found if each is not None))
    )


def _books(company: Company) -> dict[str, Playbook]:
    """By template, those that hold today."""
    rows = Playbook.objects.filter(company=company, versions__state=Version.State.PUBLISHED)
    found = {playbook.title: playbook for playbook in rows.trusted(company.today())}
    titles = {name: str(starters()[name].title) for name in PROCESSES}
    return {name: found[title] for name, title in titles.items() if title in found}


# --- What is learned ----------------------------------------------------------------------------------------------


def _programme(cast: Cast, books: Mapping[str, Playbook]) -> Programme:
    programme = open_programme(
        actor=cast.manager, title=_("Path for reps of the service desk"), role=Role.REP
    )
    draft = programme.versions.get()
    _monthly(cast, draft)
    for name, playbook in books.items():
        module = draft.modules.get(playbook=playbook)
        if name in words.LESSONS:
            lesson = module.items.get(kind=Item.Kind.LESSON)
            change_item(actor=cast.manager, item=lesson, body=_(words.LESSONS[name]))
        if name in PLAYED:
            _role_play(cast, module, PLAYED[name])
        if name in words.QUESTIONS:
            _quiz(cast, module, _questions(cast, playbook, name))
    summary = _("The first path of the desk: common parts, then one playbook after the other.")
    return publish_programme(actor=cast.leader, draft=draft, summary=summary).programme


def _monthly(cast: Cast, draft: ProgrammeVersion) -> None:
    add_item(
        actor=cast.manager,
        module=draft.modules.order_by("position")[0],
        kind=Item.Kind.SESSION,
        title=_("What customers told us this month"),
        body=_("Five answers of customers, read aloud. What would you have written?"),
        is_required=False,
        due=20,
        minutes=60,
    )


def _role_play(cast: Cast, module: Module, seed: SeedItem) -> None:
    given: dict[str, Any] = {name: str(value) for name, value in seed.fields.items() if name != "rubric"}
    add_item(
        actor=cast.manager,
        module=module,
        kind=seed.kind,
        title=str(seed.title),
        due=(module.week - 1) * 5 + seed.day,
        rubric=[str(line) for line in seed.fields["rubric"]],
        **given,
    )


def _questions(cast: Cast, playbook: Playbook, name: str) -> list[Question]:
    steps = {node.key for node in graph_of(playbook.versions.get(state=Version.State.PUBLISHED)).nodes}
    return [
        add_question(
            actor=cast.manager,
            text=_(text),
            options=[_(option) for option in options],
            right=range(count),
            explanation=_(why),
            playbook=playbook,
            step=step if step in steps else "",
        )
        for step, text, options, count, why in words.QUESTIONS[name]
    ]


def _quiz(cast: Cast, module: Module, questions: list[Question]) -> None:
    add_item(
        actor=cast.manager,
        module=module,
        kind=Item.Kind.QUIZ,
        title=_("Do you know the steps?"),
        questions=questions,
        due=(module.week - 1) * 5 + 3,
        minutes=10,
        tries=3,
        pause_hours=4,
    )


def _change(cast: Cast, playbook: Playbook) -> None:
    """A material version is out since: who is certified for the one before has to take it in."""
    draft = open_draft(actor=cast.rep, playbook=playbook)
    graph = graph_of(draft)
    nodes = tuple(
        replace(node, body=f"{node.body}\n\n{_(words.CHANGED_BODY)}")
        if node.key == words.CHANGED_STEP
        else node
        for node in graph.nodes
    )
    draft = save_graph(actor=cast.rep, draft=draft, graph=replace(graph, nodes=nodes))
    sent = send_to_review(
        actor=cast.rep, draft=draft, change=Version.Change.MATERIAL, summary=_(words.CHANGE)
    )
    version = publish(actor=cast.manager, version=sent)
    ask_for_refresh(playbook=playbook, number=version.number)
    flag_questions(playbook=playbook, number=version.number)


# --- Who learns ---------------------------------------------------------------------------------------------------


def _newcomer(cast: Cast, name: str, plan: Plan) -> Member:
    start = started(plan.day, cast.manager.company.today())
    return add_person(
        actor=cast.leader,
        email=f"{name.lower().replace(' ', '.')}@demo.example",
        name=name,
        role=Role.REP,
        started_on=start,
        manager=cast.manager,
        line_from=start,
    )


def _ride(cast: Cast, host: Member, path: Enrolment) -> None:
    """The next one of the demo's rep, on the next business day."""
    item = _first(path.version, Item.Kind.RIDE_ALONG)
    company = path.member.company
    day = first_business_day(company.today() + timedelta(days=1))
    plan_ride(
        actor=cast.rep,
        enrolment=path,
        item=item,
        host=host,
        starts_at=_at(company, day, 14),
        minutes=60,
        zone=str(company.zones().at(clock.now())),
    )


def _session(cast: Cast, programme: Programme, people: list[Member]) -> None:
    """Last held a week ago, and the next one is planned."""
    company = cast.manager.company
    item = _first(programme.versions.get(state=ProgrammeVersion.State.PUBLISHED), Item.Kind.SESSION)
    day = business_day(company.today() - timedelta(days=9), 1)
    session = plan_session(
        actor=cast.manager,
        people=[each.id for each in people],
        title=item.title,
        body=item.body,
        host=cast.manager,
        starts_at=_at(company, day, 15),
        ends_at=_at(company, day, 16),
        zone=str(company.zones().at(clock.now())),
        place=_("Room 3, and by video"),
        item=item.key,
    )
    seats = Seat.objects.filter(session=session).order_by("id")
    came = {seat.id: 60 if seat.member_id != people[0].id else None for seat in seats}
    note_attendance(actor=cast.manager, session=session, came=came)
    repeat_session(actor=cast.manager, session=close_session(actor=cast.manager, session=session))


def _plan(cast: Cast) -> None:
    today = cast.manager.company.today()
    title = _("Clear answers, and invoices alone")
    plan = open_plan(actor=cast.manager, member=cast.rep, title=title, every_days=14)
    for text, measure, days in GOALS:
        add_goal(
            actor=cast.manager,
            plan=plan,
            text=_(text),
            measure=_(measure),
            due_on=today + timedelta(days=days),
        )
    text, evidence = REACHED
    goal = add_goal(actor=cast.manager, plan=plan, text=_(text), measure=_("Twelve replies in a row"))
    reach_goal(actor=cast.rep, goal=goal, evidence=_(evidence))
    review_plan(actor=cast.manager, plan=plan, words=_(REVIEWED))


def _first(version: ProgrammeVersion, kind: str) -> Item:
    rows = Item.objects.filter(module__of=version, kind=kind).select_related("module")
    return rows.order_by("module__position", "position")[0]


def _at(company: Company, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), company.zones().at(clock.now()))

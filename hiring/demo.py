"""What the demo's service desk has of hiring: a job with its candidates, all of them made up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Company, Member, Role
from cs_platform.lib import clock
from hiring.actions.candidates import add_candidate, apply, plan_next
from hiring.actions.decisions import approve_decision, decide
from hiring.actions.interviews import plan_interview
from hiring.actions.offers import make_offer
from hiring.actions.requisitions import open_requisition
from hiring.actions.scorecards import (
    Rated,
    Sheet,
    SignHeard,
    Tried,
    declare_no_conflict,
    save_scorecard,
    submit_scorecard,
)
from hiring.models import Application, Interview, PanelRole, Requisition, Scorecard, Source, Stage, StageMove
from hiring.queries.consent import consent_text
from hiring.queries.reckoning import reckon
from hiring.queries.settings import settings_of

MANAGER, LEADER, ADMIN, REP = (f"{who}@demo.example" for who in ("manager", "leader", "admin", "rep"))
Kind = Stage.Kind
# By stage: who is in it, since how many days, and what comes next.
PIPELINE: dict[str, tuple[tuple[str, int, str], ...]] = {
    Kind.APPLIED: (
        ("Jakub Nowak", 6, "Read the application"),
        ("Aditi Rao", 2, "Read the application"),
        ("Maria Santos", 1, "Read the application"),
        ("Bilal Hussain", 4, "Read the application"),
        ("Clara Jensen", 3, "Read the application"),
        ("Dmitri Volkov", 3, "Read the application"),
        ("Esther Mwangi", 2, ""),
        ("Felipe Costa", 2, ""),
        ("Hana Suzuki", 1, ""),
        ("Ivan Petrov", 1, ""),
        ("Julia Lindqvist", 0, ""),
    ),
    Kind.SCREEN: (
        ("Owen Blake", 9, "Candidate to pick a time"),
        ("Elif Kaya", 3, "Call, 20 min"),
        ("Sunita Lama", 1, "Call, 20 min"),
        ("Karim Haddad", 5, "Call, 20 min"),
    ),
    Kind.WORK_SAMPLE: (
        ("Farid Rahimi", 4, "Second try after feedback"),
        ("Greta Holm", 2, "Rate the written reply"),
        ("Paolo Conti", 5, "Rate the written reply"),
    ),
    Kind.PANEL: (
        ("Lena Fischer", 5, "Two scorecards missing"),
        ("Noor Aziz", 3, "Interview tomorrow"),
        ("Tom Becker", 1, "Name the panel"),
    ),
    Kind.DEBRIEF: (("Inês Duarte", 1, "Debrief"), ("Samuel Adeyemi", 4, "Decide")),
    Kind.OFFER: (("Kavya Menon", 2, "Answer from her"),),
}
ORDER = tuple(PIPELINE)
SOURCES = (Source.APPLIED, Source.REFERRAL, Source.JOB_BOARD, Source.SOURCED, Source.APPLIED)
FOUR = ("drive", "coachability", "positivity", "empathy")
# Ratings of the panel's four people by attribute; 0: no evidence. The last one is a shadow.
SCORES: dict[str, Mapping[str, tuple[int, ...]]] = {
    "Inês Duarte": dict(zip(FOUR, ((5, 3, 4, 3), (4, 4, 4, 4), (4, 3, 4, 4), (5, 4, 4, 5)), strict=True)),
    "Samuel Adeyemi": dict(zip(FOUR, ((3, 3, 4, 3), (3, 4, 3, 3), (4, 4, 0, 4), (2, 4, 3, 2)), strict=True)),
    "Kavya Menon": dict(zip(FOUR, ((5, 4, 5, 4), (4, 5, 4, 4), (5, 4, 5, 5), (4, 4, 5, 4)), strict=True)),
    "Lena Fischer": dict(zip(FOUR, ((4, 4), (3, 4), (4, 5), (4, 3)), strict=True)),
}
SAMPLES: dict[str, tuple[int, ...]] = {
    "Inês Duarte": (4, 4),
    "Samuel Adeyemi": (3, 4),
    "Kavya Menon": (5, 4),
    "Greta Holm": (4,),
}
EVIDENCE = {
    "drive": (
        gettext_noop("No example of a goal of their own."),
        gettext_noop("Waited for the next task; one small idea."),
        gettext_noop("Set one goal past an obstacle: halved the queue of a holiday week."),
        gettext_noop("Set two goals with numbers; told what came of one."),
        gettext_noop("Three goals with numbers; the second failed, and the method was changed."),
    ),
    "coachability": (
        gettext_noop("Blamed the last manager."),
        gettext_noop("Took the feedback, changed nothing."),
        gettext_noop("Took the feedback, named one change."),
        gettext_noop("Asked for feedback, named the exact change."),
        gettext_noop("Asked for feedback, named the change and showed what it did."),
    ),
    "positivity": (
        gettext_noop("Spoke badly of customers."),
        gettext_noop("Dwelt on whose fault it was."),
        gettext_noop("Kept the tone; found a next step when asked."),
        gettext_noop("Found a next step unasked."),
        gettext_noop("Turned the worst week into a rule for the next one."),
    ),
    "empathy": (
        gettext_noop("Jumped to the fix."),
        gettext_noop("Said sorry, did not say what for."),
        gettext_noop("Named what the customer felt."),
        gettext_noop("Said back what the customer needed before the fix."),
        gettext_noop("Checked, chose words for this customer, came back to verify."),
    ),
}
WRITTEN = (
    gettext_noop("The customer would have to ask again."),
    gettext_noop("One of the two problems was answered."),
    gettext_noop("Both problems answered; the second try took up half of the feedback."),
    gettext_noop("Both problems answered; the second try was much shorter and had a time in it."),
    gettext_noop("Answered what was asked and what comes next; used all of the feedback."),
)
CALLED = {3: "yes", 4: "yes", 5: "strong_yes"}


@dataclass(frozen=True)
class Cast:
    manager: Member
    leader: Member
    panel: tuple[Member, ...]


@transaction.atomic
def add(company: Company, say: Callable[[str], None]) -> None:
    """All of it or nothing; a company that has jobs, or that is not the service desk, is left as it is."""
    cast = _cast(company)
    if cast is None or Requisition.objects.filter(company=company).exists():
        return
    now = clock.now()
    requisition = _requisition(cast, company, now)
    stages = {stage.kind: stage for stage in requisition.stages.select_related("kit")}
    made: dict[str, Application] = {}
    for kind, candidates in PIPELINE.items():
        for name, days, action in candidates:
            made[name] = _candidate(cast, requisition, stages, kind, name, days, len(made), now)
            if action:
                plan_next(
                    actor=cast.manager,
                    application=made[name],
                    action=action,
                    by=cast.manager,
                    on=company.today() + timedelta(days=3 - days % 5),
                )
    for name, values in SAMPLES.items():
        _work_sample(cast, made[name], stages[Kind.WORK_SAMPLE], values, now)
    for name, scores in SCORES.items():
        _panel(cast, made[name], stages[Kind.PANEL], scores, now)
    _plan_tomorrow(cast, made["Noor Aziz"], stages[Kind.PANEL], now)
    _offer(cast, company, made["Kavya Menon"])
    note = _("The job, its candidates, their scorecards and the offer are made up.")
    company.demo_note = f"{company.demo_note} {note}".strip()
    company.save(update_fields=["demo_note"])
    say(f"{company.slug}: a job with {len(made)} candidates made up")


def _cast(company: Company) -> Cast | None:
    people = {each.email: each for each in Member.objects.active().filter(company=company, is_bot=False)}
    found = [people.pop(email, None) for email in (MANAGER, LEADER, ADMIN, REP)]
    if any(each is None for each in found):
        return None
    manager, leader, admin, rep = (each for each in found if each is not None)
    # A shadow from the desk, if there is anybody else.
    others = sorted(people)[:1]
    return Cast(manager, leader, (manager, rep, leader, *(people[each] for each in others or ()), admin)[:4])


def _requisition(cast: Cast, company: Company, now: datetime) -> Requisition:
    requisition = open_requisition(
        actor=cast.manager,
        title=_("Customer success rep"),
        place=_("Amsterdam"),
        description=_("Made up, for the demo: you answer customers, and you learn something from each."),
        seats=2,
        manager=cast.manager,
        team_ids=[cast.leader.id],
        starts_on=company.today() + timedelta(days=90),
    )
    Requisition.objects.filter(id=requisition.id).update(opened_at=now - timedelta(days=38))
    return requisition


def _candidate(
    cast: Cast,
    requisition: Requisition,
    stages: Mapping[str, Stage],
    kind: str,
    name: str,
    days: int,
    number: int,
    now: datetime,
) -> Application:
    """Through the stages before this one, some days each."""
    passed = ORDER[: ORDER.index(kind) + 1]
    since = now - timedelta(days=days, hours=number % 7)
    times = [since - timedelta(days=(2 + number % 3) * before) for before in range(len(passed) - 1, -1, -1)]
    source = SOURCES[number % len(SOURCES)]
    candidate = add_candidate(
        actor=cast.manager,
        company_id=requisition.company_id,
        name=name,
        email=f"candidate{number + 1}@people.example",
        **_consent(requisition.company_id, source, times[0]),
    )
    application = apply(
        actor=cast.manager,
        candidate=candidate,
        requisition=requisition,
        applied_at=times[0],
        source=source,
    )
    StageMove.objects.bulk_create(
        StageMove(
            company_id=requisition.company_id,
            application=application,
            stage=stages[each],
            moved_at=at,
            moved_by=cast.manager,
        )
        for each, at in list(zip(passed, times, strict=True))[1:]
    )
    Application.objects.filter(id=application.id).update(stage=stages[kind], stage_since=since)
    application.refresh_from_db()
    return application


def _consent(company_id: int, source: str, at: datetime) -> dict[str, Any]:
    """Given with the application; whoever was found by us is still to be asked."""
    if source == Source.SOURCED:
        return {}
    return {"consent_text": consent_text(settings_of(company_id)), "consented_at": at}


def _talk(
    cast: Cast, application: Application, stage: Stage, starts_at: datetime, panel: tuple[Member, ...]
) -> Interview:
    roles = (PanelRole.LEAD, PanelRole.SCORER, PanelRole.SCORER, PanelRole.SHADOW)
    assert stage.kit is not None
    return plan_interview(
        actor=cast.manager,
        application=application,
        stage=stage,
        kit=stage.kit,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=stage.kit.minutes),
        zone="UTC",
        panel={member.id: role for member, role in zip(panel, roles, strict=False)},
        tells_candidate=False,
    )


def _work_sample(
    cast: Cast, application: Application, stage: Stage, values: tuple[int, ...], now: datetime
) -> None:
    interview = _talk(cast, application, stage, now - timedelta(hours=20), cast.panel[:2])
    question = interview.kit.questions.get(kind="work_sample").id
    tried = Tried(
        _("Dear customer, we have received your message."),
        _("Say first what they feel, then what you do, and when."),
        _(
            "You paid twice and were cut off; that is annoying. I have asked for the money back; I write at noon."
        ),
    )
    for member, value in zip(cast.panel, values, strict=False):
        by_key = {
            "work_sample": (value, _(WRITTEN[value - 1])),
            "coachability": _rating("coachability", value),
        }
        _score(interview, member, by_key, {question: tried}, value)


def _panel(
    cast: Cast, application: Application, stage: Stage, scores: Mapping[str, tuple[int, ...]], now: datetime
) -> None:
    interview = _talk(cast, application, stage, now - timedelta(hours=6), cast.panel)
    for place, member in enumerate(cast.panel):
        given = {key: values[place] for key, values in scores.items() if place < len(values)}
        if given:
            mean = round(sum(given.values()) / len(given))
            _score(interview, member, {key: _rating(key, value) for key, value in given.items()}, {}, mean)


def _rating(key: str, value: int) -> tuple[int | None, str]:
    return (value, _(EVIDENCE[key][value - 1])) if value else (None, "")


def _score(
    interview: Interview,
    member: Member,
    by_key: Mapping[str, tuple[int | None, str]],
    samples: Mapping[int, Tried],
    mean: int,
) -> None:
    card = Scorecard.objects.get(interview=interview, member=member)
    asked = interview.kit.attributes.select_related("attribute")
    heard = {each.attribute_id: each for each in interview.kit.questions.all()}
    ratings = {}
    for each in asked:
        value, words = by_key[each.attribute.key]
        signs = heard[each.attribute_id].good_signs if value and value >= 4 else []
        ratings[each.attribute_id] = Rated(
            value, True, words, tuple(SignHeard(sign, False, words) for sign in signs[:1])
        )
    sheet = Sheet(ratings, samples, CALLED.get(mean, "no"), _("Made up, for the demo."))
    card = declare_no_conflict(actor=member, card=card)
    card = save_scorecard(actor=member, card=card, sheet=sheet, edits=card.edits)
    submit_scorecard(actor=member, card=card, edits=card.edits)


def _plan_tomorrow(cast: Cast, application: Application, stage: Stage, now: datetime) -> None:
    begins = (now + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    _talk(cast, application, stage, begins, cast.panel[:3])


def _offer(cast: Cast, company: Company, application: Application) -> None:
    decision = decide(
        actor=cast.manager,
        application=application,
        outcome="hire",
        reason=_("Every attribute is above the line."),
        seen=reckon(application).seen,
    )
    approve_decision(actor=cast.leader, decision=decision)
    make_offer(
        actor=cast.manager,
        application=application,
        role=Role.REP,
        manager=cast.manager,
        team=None,
        starts_on=company.today() + timedelta(days=90),
    )

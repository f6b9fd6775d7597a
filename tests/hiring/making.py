"""Hiring for tests, made as people make it: a job, candidates, a panel, scorecards."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count

from accounts.models import Member
from cs_platform.lib import clock
from hiring.actions.candidates import add_candidate, apply
from hiring.actions.interviews import plan_interview
from hiring.actions.requisitions import open_requisition
from hiring.actions.scorecards import (
    Rated,
    Sheet,
    SignHeard,
    declare_no_conflict,
    save_scorecard,
    submit_scorecard,
)
from hiring.models import Application, Interview, Requisition, Scorecard, Stage

_numbers = count(1)


def a_requisition(owner: Member, title: str = "Customer success rep", **fields) -> Requisition:
    return open_requisition(actor=owner, title=title, **fields)


def an_application(
    owner: Member, requisition: Requisition | None = None, name: str = "", **fields
) -> Application:
    requisition = requisition or a_requisition(owner)
    number = next(_numbers)
    candidate = add_candidate(
        actor=owner,
        company_id=owner.company_id,
        name=name or f"Candidate {number}",
        email=f"candidate{number}@people.example",
        **fields,
    )
    return apply(actor=owner, candidate=candidate, requisition=requisition)


def an_interview(
    owner: Member,
    application: Application,
    panel: Mapping[Member, str],
    *,
    kind: str = Stage.Kind.PANEL,
    begins=None,
) -> Interview:
    """One that has just been held, unless begins is given."""
    stage = application.requisition.stages.get(kind=kind)
    begins = begins or clock.now() - timedelta(hours=1)
    return plan_interview(
        actor=owner,
        application=application,
        stage=stage,
        kit=stage.kit,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=45),
        zone="UTC",
        panel={member.id: role for member, role in panel.items()},
    )


def a_card(interview: Interview, member: Member) -> Scorecard:
    return Scorecard.objects.get(interview=interview, member=member)


def a_sheet(card: Scorecard, value: int | None = 4, words: str = "Told it plainly", **fields) -> Sheet:
    """Every attribute with the same rating, and a sign heard on each."""
    signs = {each.attribute_id: each.good_signs[0] for each in card.interview.kit.questions.all()}
    fields.setdefault("recommendation", "yes")
    fields.setdefault("summary", words)
    ratings = {
        each: Rated(value, True, words, (SignHeard(sign, False, words),)) for each, sign in signs.items()
    }
    return Sheet(ratings=ratings, **fields)


def scored(card: Scorecard, sheet: Sheet | None = None, **fields) -> Scorecard:
    """Written by its owner and put in."""
    card = declare_no_conflict(actor=card.member, card=card)
    card = save_scorecard(
        actor=card.member, card=card, sheet=sheet or a_sheet(card, **fields), edits=card.edits
    )
    return submit_scorecard(actor=card.member, card=card, edits=card.edits)

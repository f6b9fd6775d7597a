"""The page of a candidate on the way to a job: what the reader may read of it, and nothing of a sealed scorecard."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Application, Candidate, CandidateNote, Scorecard, StageMove

from .board import Card, card_of
from .candidates import Alike, alike, can_care_for
from .merging import cared_for, merges_of
from .people import can_manage_requisition
from .sealing import Progress, opens_debrief, sealed_authors

MOST_NOTES = 100


@dataclass(frozen=True)
class Seat:
    """Somebody on a panel, and whether the scorecard is in: no more than that."""

    name: str
    role: str
    state: str


@dataclass(frozen=True)
class Talk:
    """An interview, as the list of them shows it."""

    id: int
    stage: str
    kit: str
    starts_at: datetime
    state: str
    people: list[Seat]


@dataclass(frozen=True)
class Move:
    """to: the stage, or what became of the application at its end."""

    to: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Note:
    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Page:
    application: Any
    manages: bool
    cares: bool
    card: Card
    stages: list[Any]
    moves: list[Move]
    notes: list[Note]
    files: list[Any]
    talks: list[Talk]
    own_card: Any
    is_debrief_open: bool
    others: list[Any]
    alike: list[Alike]
    # Of those alike whom the reader may merge with this person, and what was merged into it already.
    mergeable: set[int]
    merges: list[Candidate]
    # The reader's, by which times are told.
    today: date

    @property
    def candidate(self) -> Any:
        return self.application.candidate

    @property
    def progress(self) -> Progress | None:
        return self.card.progress

    @property
    def following(self) -> Any:
        """The next stage, or nothing at the end."""
        later = [stage for stage in self.stages if stage.position > self.application.stage.position]
        return later[0] if later else None

    @property
    def says_why_closed(self) -> bool:
        """A reason may tell what others found; whoever still has to score reads it afterwards."""
        return bool(self.application.close_reason) and not (self.own_card and self.own_card.is_open)


def find_application(member: Member) -> Any:
    """Applications that the member may open, with all that their pages name."""
    return Application.objects.visible_to(member).select_related(
        "candidate__member", "requisition", "stage", "next_by"
    )


def page_of(member: Member, application: Any) -> Page:
    manages = can_manage_requisition(member, application.requisition)
    cards = _cards(application)
    own = [card for card in cards if card.member_id == member.id]
    waits = [card for card in own if card.is_open]
    candidate = application.candidate
    has_others = _has_others(application)
    # Whoever manages the only job of somebody looks after all of them.
    cares = manages and (not has_others or can_care_for(member, candidate))
    found = _alike(member, candidate) if manages else []
    return Page(
        application=application,
        manages=manages,
        cares=cares,
        card=card_of(member, application, _progress(application, cards)),
        stages=list(application.requisition.stages.order_by("position")) if manages else [],
        moves=_moves(application),
        notes=_notes(member, application, cards),
        files=list(candidate.files.select_related("added_by").defer("text").order_by("-id")),
        talks=_talks(application, cards),
        own_card=(waits or own or [None])[0],
        is_debrief_open=opens_debrief(card.state for card in cards),
        others=_others(member, application) if has_others else [],
        alike=found,
        mergeable=cared_for(member, [each.candidate.id for each in found]) if cares and found else set(),
        merges=merges_of(candidate) if cares else [],
        today=timezone.localtime(clock.now()).date(),
    )


def _cards(application: Any) -> list[Any]:
    """All its scorecards; only what is no secret: who, in which role, and whether it is in."""
    rows = Scorecard.objects.filter(company_id=application.company_id, application_id=application.id)
    shown = (
        "id",
        "interview_id",
        "stage_id",
        "member_id",
        "member__name",
        "role",
        "state",
        "due_at",
        "submitted_at",
    )
    return list(rows.select_related("member").only(*shown).order_by("id"))


def _talks(application: Any, cards: list[Any]) -> list[Talk]:
    interviews = application.interviews.select_related("stage", "kit__kit").order_by("starts_at", "id")
    interviews = interviews.only(
        "application_id", "starts_at", "state", "stage__name", "kit__number", "kit__kit__name"
    )
    people: dict[int, list[Seat]] = {}
    for card in cards:
        seat = Seat(card.member.name, str(card.get_role_display()), card.state)
        people.setdefault(card.interview_id, []).append(seat)
    return [
        Talk(
            each.id,
            each.stage.name,
            str(each.kit),
            each.starts_at,
            str(each.get_state_display()),
            people.get(each.id, []),
        )
        for each in interviews
    ]


def _progress(application: Any, cards: list[Any]) -> Progress | None:
    """In the stage where the candidate is."""
    return Progress.among(card.state for card in cards if card.stage_id == application.stage_id)


def _has_others(application: Any) -> bool:
    theirs = Application.objects.filter(
        company_id=application.company_id, candidate_id=application.candidate_id
    )
    return theirs.exclude(id=application.id).exists()


def _others(member: Member, application: Any) -> list[Any]:
    theirs = Application.objects.visible_to(member).filter(candidate_id=application.candidate_id)
    rows = theirs.exclude(id=application.id).select_related("requisition", "stage")
    return list(rows.order_by("-applied_at"))


def _moves(application: Any) -> list[Move]:
    moves = StageMove.objects.filter(company_id=application.company_id, application_id=application.id)
    rows = moves.order_by("-moved_at", "-id").values_list(
        "stage__name", "outcome", "moved_at", "moved_by__name"
    )
    outcomes = dict(Application.State.choices)
    return [Move(stage or str(outcomes.get(outcome, "")), at, by or "") for stage, outcome, at, by in rows]


def _notes(member: Member, application: Any, cards: list[Any]) -> list[Note]:
    notes = CandidateNote.objects.filter(company_id=application.company_id, application_id=application.id)
    if sealed := sealed_authors(member, application, cards):
        notes = notes.exclude(author_id__in=sealed)
    rows = notes.order_by("-written_at", "-id").values_list("text", "author__name", "written_at")[:MOST_NOTES]
    return [Note(text, author or "", at) for text, author, at in rows]


def _alike(member: Member, candidate: Candidate) -> list[Alike]:
    if candidate.erased_at:
        return []
    return alike(
        member,
        name=candidate.name,
        email=candidate.email,
        phone=candidate.phone,
        other_than=candidate.id,
    )

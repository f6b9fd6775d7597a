"""The page of a candidate on the way to a job: what the reader may read of it, and nothing of a sealed scorecard."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Member
from hiring.models import Application, Candidate, CandidateNote, Scorecard, StageMove

from .board import Card, in_rows
from .candidates import Alike, alike, can_care_for
from .merging import cared_for, merges_of
from .people import can_manage_requisition
from .sealing import Progress, is_debrief_open, readable_notes

MOST_NOTES = 100


@dataclass(frozen=True)
class Talk:
    """An interview. people: who is on the panel, and whether each scorecard is in: no more than that."""

    interview: Any
    people: list[Any]

    @property
    def submitted(self) -> int:
        return sum(card.state == Scorecard.State.SUBMITTED for card in self.people)


@dataclass(frozen=True)
class Page:
    application: Any
    manages: bool
    cares: bool
    card: Card
    stages: list[Any]
    moves: list[Any]
    notes: list[CandidateNote]
    files: list[Any]
    talks: list[Talk]
    own_card: Any
    is_debrief_open: bool
    others: list[Any]
    alike: list[Alike]
    # Of those alike whom the reader may merge with this person, and what was merged into it already.
    mergeable: set[int]
    merges: list[Candidate]

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
    talks = _talks(application)
    own = [card for talk in talks for card in talk.people if card.member_id == member.id]
    waits = [card for card in own if card.is_open]
    candidate = application.candidate
    others = Application.objects.visible_to(member).filter(candidate_id=candidate.id)
    cares = manages and can_care_for(member, candidate)
    found = _alike(member, candidate) if manages else []
    return Page(
        application=application,
        manages=manages,
        cares=cares,
        card=in_rows(member, [application])[0],
        stages=list(application.requisition.stages.order_by("position")) if manages else [],
        moves=_moves(application),
        notes=_notes(member, application),
        files=list(candidate.files.select_related("added_by").defer("text").order_by("-id")),
        talks=talks,
        own_card=(waits or own or [None])[0],
        is_debrief_open=is_debrief_open(application),
        others=list(
            others.exclude(id=application.id).select_related("requisition", "stage").order_by("-applied_at")
        ),
        alike=found,
        mergeable=cared_for(member, [each.candidate.id for each in found]) if cares and found else set(),
        merges=merges_of(candidate) if cares else [],
    )


def _talks(application: Any) -> list[Talk]:
    interviews = application.interviews.select_related("stage", "kit__kit").order_by("starts_at", "id")
    cards: dict[int, list[Any]] = {}
    rows = Scorecard.objects.filter(company_id=application.company_id, application_id=application.id)
    # Only what is no secret: who, in which role, and whether it is in.
    for row in (
        rows.select_related("member")
        .only("id", "interview_id", "member_id", "member__name", "role", "state", "due_at", "submitted_at")
        .order_by("id")
    ):
        cards.setdefault(row.interview_id, []).append(row)
    return [Talk(each, cards.get(each.id, [])) for each in interviews]


def _moves(application: Any) -> list[Any]:
    moves = StageMove.objects.filter(company_id=application.company_id, application_id=application.id)
    return list(moves.select_related("stage", "moved_by").order_by("-moved_at", "-id"))


def _notes(member: Member, application: Any) -> list[CandidateNote]:
    notes = readable_notes(member).filter(application_id=application.id)
    return list(notes.select_related("author").order_by("-written_at", "-id")[:MOST_NOTES])


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

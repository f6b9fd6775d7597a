"""The page of a candidate on the way to a job: what the reader may read of it, and nothing of a sealed scorecard."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Application, Candidate, Scorecard

from .board import Card, card_of
from .candidates import Alike, alike, can_care_for
from .merging import cared_for, merges_of
from .people import can_manage_requisition
from .sealing import Progress, opens_debrief, sealed_authors

MOST_NOTES = 100
AROUND = """
SELECT EXISTS (SELECT FROM hiring_application a WHERE a.company_id = %(company)s
                  AND a.candidate_id = %(candidate)s AND a.id <> %(application)s),
       EXISTS (SELECT FROM hiring_candidate c WHERE c.company_id = %(company)s AND c.merged_into_id = %(candidate)s),
       following.id, following.name
  FROM (SELECT) this LEFT JOIN LATERAL (
       SELECT s.id, s.name FROM hiring_stage s WHERE s.company_id = %(company)s
          AND s.requisition_id = %(requisition)s AND s.position > %(position)s
        ORDER BY s.position LIMIT 1) following ON true
"""
MOVES = """
SELECT s.name, v.outcome, v.moved_at, m.name
  FROM hiring_stagemove v
  LEFT JOIN hiring_stage s ON s.id = v.stage_id
  LEFT JOIN accounts_member m ON m.id = v.moved_by_id
 WHERE v.company_id = %(company)s AND v.application_id = %(application)s
 ORDER BY v.moved_at DESC, v.id DESC
"""
NOTES = """
SELECT n.text, m.name, n.written_at
  FROM hiring_candidatenote n LEFT JOIN accounts_member m ON m.id = n.author_id
 WHERE n.company_id = %(company)s AND n.application_id = %(application)s
   AND coalesce(n.author_id <> ALL(%(sealed)s::bigint[]), true)
 ORDER BY n.written_at DESC, n.id DESC LIMIT %(most)s
"""


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
class Following:
    """The next stage."""

    id: int
    name: str


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
    following: Following | None
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
    has_others, has_merged, following = _around(application)
    # Whoever manages the only job of somebody looks after all of them.
    cares = manages and (not has_others or can_care_for(member, candidate))
    found = _alike(member, candidate) if manages else []
    return Page(
        application=application,
        manages=manages,
        cares=cares,
        card=card_of(member, application, _progress(application, cards)),
        following=following if manages else None,
        moves=_moves(application),
        notes=_notes(member, application, cards),
        files=list(candidate.files.select_related("added_by").defer("text").order_by("-id")),
        talks=_talks(application, cards),
        own_card=(waits or own or [None])[0],
        is_debrief_open=opens_debrief(card.state for card in cards),
        others=_others(member, application) if has_others else [],
        alike=found,
        mergeable=cared_for(member, [each.candidate.id for each in found]) if cares and found else set(),
        merges=merges_of(candidate) if cares and has_merged else [],
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


def _around(application: Any) -> tuple[bool, bool, Following | None]:
    """Whether the person has other applications, whether an entry was merged into theirs, and the next stage."""
    ((others, merged, stage, name),) = _rows(AROUND, application)
    return others, merged, Following(stage, name) if stage else None


def _others(member: Member, application: Any) -> list[Any]:
    theirs = Application.objects.visible_to(member).filter(candidate_id=application.candidate_id)
    rows = theirs.exclude(id=application.id).select_related("requisition", "stage")
    return list(rows.order_by("-applied_at"))


def _moves(application: Any) -> list[Move]:
    outcomes = dict(Application.State.choices)
    rows = _rows(MOVES, application)
    return [Move(stage or str(outcomes.get(outcome, "")), at, by or "") for stage, outcome, at, by in rows]


def _notes(member: Member, application: Any, cards: list[Any]) -> list[Note]:
    rows = _rows(NOTES, application, sealed=list(sealed_authors(member, application, cards)), most=MOST_NOTES)
    return [Note(text, author or "", at) for text, author, at in rows]


def _rows(statement: str, application: Any, **more: Any) -> list[tuple[Any, ...]]:
    asked = {
        "company": application.company_id,
        "application": application.id,
        "candidate": application.candidate_id,
        "requisition": application.requisition_id,
        "position": application.stage.position,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked | more)
        return cursor.fetchall()


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

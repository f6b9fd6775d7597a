"""All that is kept of a candidate, as far as whoever fetches it may read it. People of the company are not named."""

from typing import Any

from accounts.models import Member
from hiring.models import Application, Candidate, Letter, Scorecard, StageMove

from .sealing import readable_cards, readable_decisions, readable_notes


def told_of(member: Member, candidate: Candidate) -> dict[str, Any]:
    applications = Application.objects.visible_to(member).filter(candidate=candidate)
    rows = applications.select_related("requisition", "stage").order_by("id")
    return {
        "name": candidate.name,
        "email": candidate.email,
        "phone": candidate.phone,
        "links": candidate.links.splitlines(),
        "entered_as_well": [_earlier(each) for each in candidate.merged.order_by("id")],
        "added_at": candidate.created_at,
        "consent": {"text": candidate.consent_text, "given_at": candidate.consented_at},
        "kept_until": candidate.keep_until,
        "files": list(candidate.files.order_by("id").values("id", "name", "size", "added_at", "text")),
        "applications": [_application(member, row) for row in rows],
    }


def _earlier(candidate: Candidate) -> dict[str, Any]:
    """What another entry of the person said, before the two were merged."""
    return {
        "name": candidate.name,
        "email": candidate.email,
        "phone": candidate.phone,
        "links": candidate.links.splitlines(),
        "added_at": candidate.created_at,
        "consent": {"text": candidate.consent_text, "given_at": candidate.consented_at},
    }


def _application(member: Member, row: Any) -> dict[str, Any]:
    ours = {"company_id": row.company_id, "application_id": row.id}
    cards = Scorecard.objects.filter(**ours).exclude(state=Scorecard.State.EXCUSED)
    readable = readable_cards(member).filter(application_id=row.id, state=Scorecard.State.SUBMITTED)
    decisions = readable_decisions(member).filter(application_id=row.id).order_by("id")
    moves = StageMove.objects.filter(**ours).select_related("stage").order_by("moved_at", "id")
    waits = Scorecard.objects.of(member).waiting().filter(application_id=row.id).exists()
    return {
        "job": str(row.requisition),
        "state": row.state,
        "source": row.source,
        "where_from": row.source_detail,
        "applied_at": row.applied_at,
        "closed_at": row.closed_at,
        "reason": "" if waits else row.close_reason,
        "stages": [
            {"stage": move.stage.name if move.stage else "", "at": move.moved_at, "outcome": move.outcome}
            for move in moves
        ],
        "notes": list(
            readable_notes(member).filter(application_id=row.id).order_by("id").values("text", "written_at")
        ),
        "interviews": list(
            row.interviews.order_by("starts_at").values("starts_at", "ends_at", "place", "state")
        ),
        "letters": list(
            Letter.objects.filter(**ours).order_by("id").values("subject", "body", "written_at", "sent_at")
        ),
        "scorecards": [_card(card) for card in readable.order_by("id")],
        "scorecards_in_all": cards.count(),
        "decisions": list(decisions.values("outcome", "reason", "answer", "decided_at")),
    }


def _card(card: Any) -> dict[str, Any]:
    """Without the name of who wrote it."""
    ratings = card.ratings.select_related("attribute").order_by("attribute__position", "id")
    return {
        "recommendation": card.recommendation,
        "summary": card.summary,
        "ratings": [
            {"attribute": str(each.attribute), "rating": each.value, "evidence": each.evidence}
            for each in ratings
        ],
        "heard": list(card.signs.order_by("id").values("label", "quote")),
        "work_samples": list(card.samples.order_by("id").values("first_try", "feedback", "second_try")),
    }

"""What waits for somebody about hiring: for a home page, in one statement."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member
from hiring.models import Application, Interview, Scorecard


@dataclass(frozen=True)
class CardDue:
    """An interview of today, or a scorecard that is outstanding. ended: whether the interview is over."""

    card: int
    title: str
    job: str
    stage: str
    starts_at: datetime
    due_at: datetime
    ended: bool


def cards_due(member: Member, now: datetime, until: datetime, most: int) -> list[CardDue]:
    """Own scorecards that are neither in nor excused, of interviews that begin before until; the oldest first."""
    cards = (
        Scorecard.objects.of(member)
        .waiting()
        .filter(interview__starts_at__lte=until, application__state=Application.State.ACTIVE)
    )
    cards = cards.exclude(interview__state=Interview.State.CANCELLED).exclude(
        application__candidate__member_id=member.id
    )
    rows = cards.order_by("interview__starts_at", "id").values_list(
        "id",
        "application__candidate__name",
        "application__requisition__title",
        "stage__name",
        "interview__starts_at",
        "due_at",
        "interview__ends_at",
    )
    return [CardDue(*row[:6], ended=row[6] <= now) for row in rows[:most]]

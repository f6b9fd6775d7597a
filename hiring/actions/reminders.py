"""Whoever has not put a scorecard in is reminded once, when it is due: a day after the end of the interview."""

from datetime import timedelta

from django.db import transaction

from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from hiring.models import Application, Interview, Scorecard
from hiring.notices import room_of

from .invitations import write_reminder

# What was due before is not brought up any more, so that an import of old interviews reminds nobody.
LOOKED_BACK = timedelta(days=14)
AT_ONCE = 200


@transaction.atomic
def remind_of_scorecards() -> int:
    """Of all companies; returns how many were reminded. Cards that somebody is writing on just now come next time."""
    now = clock.now()
    due = Scorecard.objects.waiting().filter(
        due_at__gt=now - LOOKED_BACK,
        due_at__lte=now,
        reminded_at__isnull=True,
        interview__ends_at__lte=now,
        application__state=Application.State.ACTIVE,
    )
    due = due.exclude(interview__state=Interview.State.CANCELLED).select_related("interview")
    cards = list(
        due.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("due_at")[:AT_ONCE]
    )
    for card in cards:
        card.reminded_at = now
        write_reminder(card)
        notify(card.company_id, [_reminder(card)])
    Scorecard.objects.bulk_update(cards, ["reminded_at"])
    return len(cards)


def _reminder(card: Scorecard) -> Notice:
    key = f"scorecard.due:{card.id}:{card.interview.sequence}"
    return Notice(card.member_id, "scorecard.due", key, room_of(card.id), {"interview": card.interview_id})

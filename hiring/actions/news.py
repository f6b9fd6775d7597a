"""Whoever has seen to a thing need not hear of it any more: the own notifications about it are marked as read."""

from accounts.actions import read_about
from accounts.models import Member

# By what was seen to: the verbs that told of it.
SCORED = ("interview.assigned", "interview.moved", "scorecard.due")
REPLACED = ("scorecard.excused",)
DECIDED = ("debrief.opened", "decision.made", "decision.answered")
ANSWERED = ("decision.made",)
OFFERED = ("decision.answered",)
MAILED = ("letter.not_sent",)


def seen_to(
    actor: Member | None,
    verbs: tuple[str, ...],
    *,
    interview: int | None = None,
    application: int | None = None,
) -> None:
    """Of an interview or of an application; what tells of another one stays unread. actor: None sees to nothing."""
    about = {"interview": interview} if interview else {"application": application}
    if actor is not None:
        read_about(actor=actor, verbs=verbs, detail=about)

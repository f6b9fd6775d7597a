"""Mails about interviews, and how far they are."""

from cs_platform.lib import clock
from hiring.models import Interview, InterviewMail

MOST_AT_ONCE = 500


def mails_due() -> list[int]:
    """Of all companies: what is due to be sent."""
    due = InterviewMail.objects.filter(state=InterviewMail.State.WAITING, due_at__lte=clock.now())
    return list(due.order_by("due_at").values_list("id", flat=True)[:MOST_AT_ONCE])


def not_sent(interview: Interview) -> list[InterviewMail]:
    """Mails that no server took, for whoever planned the interview to see to."""
    mails = InterviewMail.objects.filter(
        company_id=interview.company_id, interview=interview, state=InterviewMail.State.FAILED
    )
    return list(mails.select_related("member").order_by("id"))

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .interview import Interview


class InterviewMail(Tenant):
    """A mail about an interview, to somebody of the panel or, without a member, to the candidate.

    No address and no words are kept: both are found when it is sent, so that nothing goes to somebody who was erased.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        CANCELLATION = "cancellation", _("Cancellation")
        REMINDER = "reminder", _("Reminder")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept in a file")  # there is no mail server
        FAILED = "failed", _("Not sent")
        DROPPED = "dropped", _("Not needed any more")

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="mails", db_index=False)
    member = member_key()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Of the interview, when it was written.
    sequence = models.PositiveIntegerField()
    # What a link into the product begins with.
    site = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    # What kind of refusal it was; not the server's words, which name addresses.
    error = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True, default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "interview", "member", "kind", "sequence"],
                nulls_distinct=False,
                name="interview_mail_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="interview_mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

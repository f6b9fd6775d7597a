from django.db import models
from django.utils.translation import gettext_lazy as _

from .tenant import Tenant
from .ticket_event import TicketEvent


class ReplyMail(Tenant):
    """The mail of a reply: to whom, and how far it is. A reply without one was never meant to be mailed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept in a file")  # there is no mail server
        FAILED = "failed", _("Not sent")
        UNSURE = "unsure", _("Perhaps sent")  # whoever sent it did not live to say so

    event = models.OneToOneField(TicketEvent, on_delete=models.CASCADE, related_name="mail")
    to_address = models.CharField(max_length=254, blank=True)
    message_id = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    # When it may be tried (waiting), or when its sender is given up (being sent).
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "to_address"], name="reply_mail_by_address"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="reply_mail_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.to_address}"

from django.db import models
from django.utils.translation import gettext_lazy as _

from .tenant import Tenant, member_key
from .ticket import Ticket


class Event(models.TextChoices):
    ASSIGNED = "assigned", _("Assigned")
    REPLIED = "replied", _("Replied")
    NOTED = "noted", _("Noted")
    CUSTOMER_REPLIED = "customer_replied", _("Customer replied")
    PENDING = "pending", _("Pending")
    HELD = "held", _("Put on hold")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")
    SPAM = "spam", _("Marked as spam")
    DELETED = "deleted", _("Deleted")
    RESTORED = "restored", _("Restored")  # takes back a merge, a spam mark or a deletion


class TicketEvent(Tenant):
    """Something that happened to a ticket. Order: by time, then by id, which is the order of recording."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", db_index=False)
    occurred_at = models.DateTimeField()
    event = models.CharField(max_length=20, choices=Event.choices)
    actor = member_key()
    # An actor who is no member: a file's e-mail equal to the requester's, say.
    by_requester = models.BooleanField(default=False)
    assignee = member_key()
    seconds = models.PositiveIntegerField(null=True)
    body = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)
    identity = models.CharField(max_length=210)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "identity"], name="ticket_event_identity_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="ticket_event_company_id"),
        ]
        indexes = [models.Index(fields=["ticket", "occurred_at", "id"], name="ticket_event_in_order")]

    def __str__(self) -> str:
        return f"{self.event} at {self.occurred_at}"

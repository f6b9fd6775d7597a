from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib import clock

from .customer import Customer
from .tenant import Tenant, member_key
from .ticket import Ticket


class Note(Tenant):
    """Something worth keeping about a customer or a ticket. A promise has a due date and shows until kept."""

    class Type(models.TextChoices):
        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        FACT = "fact", _("Fact")
        PROMISE = "promise", _("Promise")
        RISK = "risk", _("Risk")

    identity = models.CharField(max_length=210)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notes")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.NOTE)
    body = models.TextField()
    noted_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "identity"], name="note_identity_unique"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(ticket__isnull=False),
                name="note_is_on_something",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]

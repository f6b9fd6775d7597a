from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Member

from .category import Category
from .customer import Customer
from .tenant import Tenant, TenantQuerySet, external_id_unique, member_key


class Status(models.TextChoices):
    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")
    SPAM = "spam", _("Spam")
    DELETED = "deleted", _("Deleted")


UNRESOLVED = (Status.OPEN, Status.PENDING, Status.ON_HOLD)
UNCOUNTED = (Status.MERGED, Status.SPAM, Status.DELETED)


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Channel(models.IntegerChoices):
    OTHER = 0, _("Other")
    EMAIL = 1, _("E-mail")
    PHONE = 2, _("Phone")
    CHAT = 3, _("Chat")
    WEB = 4, _("Web")
    SOCIAL = 5, _("Social")
    API = 6, _("API")


class TicketQuerySet(TenantQuerySet):
    def visible_to(self, member: Member) -> TicketQuerySet:
        """Every ticket of the company, but for those that somebody deleted."""
        return self.of(member).exclude(status=Status.DELETED)

    def of(self, member: Member) -> TicketQuerySet:
        """Deleted ones too, so that they can be taken back."""
        return self.filter(company_id=member.company_id)

    def unresolved(self) -> TicketQuerySet:
        return self.filter(status__in=UNRESOLVED)

    def counted(self) -> TicketQuerySet:
        """Tickets that metrics count: neither merged nor spam nor deleted."""
        return self.exclude(status__in=UNCOUNTED)


class Ticket(Tenant):
    """A customer's request and where it stands.

    What happened is in its events, and for an imported ticket also in what the file said
    (TicketStatement). The fields from `status` on are derived from these by `customers.life`, kept here so
    that lists are quick. Nobody sets them by hand.
    """

    external_id = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", db_index=False
    )
    requester_email = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    priority = models.CharField(max_length=30, default=Priority.NORMAL)
    channel = models.SmallIntegerField(choices=Channel.choices, default=Channel.OTHER)
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    first_response_due_at = models.DateTimeField(null=True, blank=True)
    resolution_due_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    # Grows with each edit of the fields above: who edits says which one they saw.
    version = models.PositiveIntegerField(default=0, db_default=0)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    assignee = member_key("assigned_tickets")
    first_response_at = models.DateTimeField(null=True, blank=True)
    first_responder = member_key()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolver = member_key()
    last_resolved_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    handle_seconds = models.PositiveBigIntegerField(default=0)

    objects = TicketQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            external_id_unique("ticket_external_id_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="ticket_company_id"),
        ]
        indexes = [
            models.Index(fields=["company", "opened_at"], name="ticket_by_opening"),
            models.Index(fields=["company", "requester_email", "opened_at"], name="ticket_by_requester"),
            models.Index(
                fields=["company", "requester_email", "resolved_at"], name="ticket_by_requester_done"
            ),
            models.Index(fields=["company", "customer", "opened_at"], name="ticket_by_customer"),
            models.Index(fields=["company", "customer", "resolved_at"], name="ticket_by_customer_done"),
            models.Index(fields=["company", "status", "assignee"], name="ticket_by_status"),
            # Few are; without it every ticket that goes is looked for in all of them.
            models.Index(
                fields=["company", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="ticket_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.subject}"

    @property
    def is_counted(self) -> bool:
        return self.status not in UNCOUNTED


class TicketStatement(Tenant):
    """What a file said of a ticket's life. Events are the truth; this fills only what they leave out."""

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="statement"
    )
    status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    assignee = member_key()
    first_response_at = models.DateTimeField(null=True)
    first_responder = member_key()
    resolved_at = models.DateTimeField(null=True)
    resolver = member_key()
    last_resolved_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    handle_seconds = models.PositiveBigIntegerField(null=True)
    merged_into_external_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "merged_into_external_id"],
                condition=~models.Q(merged_into_external_id=""),
                name="statement_by_merge",
            )
        ]

    def __str__(self) -> str:
        return f"of ticket {self.ticket_id}"

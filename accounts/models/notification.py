from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, member: Member) -> NotificationQuerySet:
        """One's own, and nobody else's."""
        return self.filter(company_id=member.company_id, member=member)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """Something a person should hear of. `verb` and `detail` say what; the words are made when it is read,
    in the language of who reads it."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notifications", db_index=False)
    verb = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    # Told once: the same key again writes nothing, so a task may run twice.
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "key"], name="notification_told_once")
        ]
        indexes = [
            models.Index(fields=["company", "member", "-id"], name="notification_newest"),
            models.Index(
                fields=["company", "member"],
                condition=models.Q(read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.verb

from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member


class Activity(models.Model):
    """Who did what to what, when. Written in the transaction of the deed, by `accounts.activity.record`."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="activities")
    actor = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="activities")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    batch = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["company", "subject_type", "subject_id", "id"], name="activity_of_subject"),
            models.Index(fields=["company", "occurred_at"], name="activity_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class Outbox(models.Model):
    """What higher apps have yet to hear of. A reaction takes the row, acts and deletes it: at least once."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [models.Index(fields=["not_before", "id"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_id}"

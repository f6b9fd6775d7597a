from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member


class IdempotencyKey(models.Model):
    """A write through the API and its answer: sent again under the same key, it is answered again, not done again."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "key"], name="idempotency_key_unique")
        ]
        indexes = [models.Index(fields=["company", "created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return self.key

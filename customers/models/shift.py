from django.db import models

from accounts.models import Member

from .tenant import Tenant


class Shift(Tenant):
    """Staffed hours of a person."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="shifts", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "started_at"], name="shift_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=models.F("started_at")), name="shift_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at} to {self.ended_at}"

from __future__ import annotations

from django.db import models

from accounts.models import Member
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key


class InterviewerTraining(Tenant):
    """Somebody went through the module on interviewing. Shadows are counted from the interviews that were held."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    done_on = models.DateField()
    noted_by = member_key()
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member"], name="interviewer_training_once")
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.done_on}"

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Member
from customers.models.tenant import Tenant, member_key

from .scenario import Scenario


class WritingSlot(Tenant):
    """Time that somebody is given to write a playbook."""

    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="writing_slots", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(15), MaxValueValidator(480)])
    given_by = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "scenario", "member", "starts_at"], name="writing_slot_unique"
            )
        ]

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        return f"{self.member}: {self.scenario}"

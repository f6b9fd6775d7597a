from django.db import models

from customers.models.tenant import Tenant


class CoverageDay(Tenant):
    """Coverage as it stood at the end of a day: tickets of the 90 days before, and how many of them were covered."""

    day = models.DateField()
    tickets = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="coverage_day_unique")]

    def __str__(self) -> str:
        return f"{self.day}: {self.covered}/{self.tickets}"

from django.db import models

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .version import Version


class Flag(Tenant):
    """A reader says that a step is wrong. Open until somebody answers it."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="flags", db_index=False)
    step_key = models.CharField(max_length=12)
    text = models.TextField(blank=True)
    author = member_key()
    flagged_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = member_key()

    class Meta:
        constraints = [
            # Two taps again say nothing new.
            models.UniqueConstraint(
                fields=["company", "version", "step_key", "author"],
                condition=models.Q(answered_at__isnull=True),
                name="flag_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "version"],
                condition=models.Q(answered_at__isnull=True),
                name="flag_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step_key}: {self.text[:60]}"

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key


class Takeover(Tenant):
    """Tables of another program that an admin handed in: first tried, then taken in by a worker.

    path: their folder below VAR; empty once it is gone, since they tell of people who may be erased.
    """

    class Format(models.TextChoices):
        GREENHOUSE = "greenhouse", "Greenhouse"
        LEVER = "lever", "Lever"

    class State(models.TextChoices):
        CHECKING = "checking", _("Being tried")
        CHECKED = "checked", _("Tried")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    actor = member_key()
    format = models.CharField(max_length=10, choices=Format.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    path = models.CharField(max_length=500)
    files = models.JSONField(default=list)
    size = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="takeover_company_id")]
        indexes = [
            models.Index(fields=["company", "-id"], name="takeover_newest"),
            models.Index(
                fields=["beat_at"],
                condition=models.Q(state__in=["checking", "queued", "running"]),
                name="takeover_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}: {self.state}"

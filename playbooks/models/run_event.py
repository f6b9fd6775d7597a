from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .run import Run


class RunEvent(Tenant):
    """An entry of a run's log; the log only grows. seconds: how long the step was worked on."""

    class Move(models.TextChoices):
        STARTED = "started", _("Started")
        DONE = "done", _("Done")
        CHOSEN = "chosen", _("Chosen")
        SKIPPED = "skipped", _("Skipped")
        HANDED = "handed", _("Handed over")
        TAKEN = "taken", _("Taken over")
        NOTED = "noted", _("Noted")
        UNDONE = "undone", _("Undone")
        COMPLETED = "completed", _("Completed")
        ABANDONED = "abandoned", _("Abandoned")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    move = models.CharField(max_length=10, choices=Move.choices)
    step_key = models.CharField(max_length=12)
    # The exit that was taken: its place among the exits of the step.
    exit = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    # Whom it was handed to.
    receiver = member_key()
    actor = member_key()
    occurred_at = models.DateTimeField(default=clock.now)
    seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "run", "number"], name="run_event_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.move}"

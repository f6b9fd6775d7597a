from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.customer import Customer
from customers.models.tenant import Tenant, member_key
from customers.models.ticket import Ticket

from .version import Version


class Run(Tenant):
    """A playbook at work, on a ticket, on a customer or alone. It stays on its version.

    What happened is its log (`RunEvent`); state, step and holder are what the log comes to, kept for lists.
    moves: how many entries the log has; whoever sends an older number has not seen the latest.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Running")
        COMPLETED = "completed", _("Completed")
        ABANDONED = "abandoned", _("Abandoned")

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs", db_index=False)
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    step_key = models.CharField(max_length=12)
    starter = member_key()
    holder = member_key()
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    moves = models.PositiveIntegerField(default=0)
    # Made by trying out a draft: counts nowhere.
    is_trial = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="run_company_id"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, state="active")
                | models.Q(ended_at__isnull=False, state__in=["completed", "abandoned"]),
                name="run_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "version", "started_at"], name="run_by_version"),
            models.Index(fields=["company", "ticket"], name="run_by_ticket"),
            models.Index(fields=["company", "customer"], name="run_by_customer"),
            models.Index(
                fields=["company", "holder"], condition=models.Q(state="active"), name="run_by_holder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.started_at:%Y-%m-%d}"

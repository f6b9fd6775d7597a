from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models.category import Category
from customers.models.tenant import Tenant, member_key
from customers.models.ticket import Channel


class Scenario(Tenant):
    """A situation that comes back: what the team writes a playbook for. Ticket categories say how often it comes."""

    name = models.CharField(_("name"), max_length=200)
    # Whose process it is.
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Who is asked while nothing is written.
    senior = member_key()
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="scenario_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="scenario_company_id"),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioCategory(Tenant):
    """Tickets of a category, by one channel or by any, are of a scenario. The channel that is named wins."""

    scenario = models.ForeignKey(
        Scenario, on_delete=models.CASCADE, related_name="categories", db_index=False
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.SmallIntegerField(choices=Channel.choices, null=True, blank=True)

    class Meta:
        constraints = [
            # A category by a channel belongs to one scenario, so that no ticket is counted twice.
            models.UniqueConstraint(
                fields=["company", "category", "channel"], name="scenario_category_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["company", "scenario"], name="scenario_category_by_scenario")]

    def __str__(self) -> str:
        return f"{self.category}: {self.scenario}"

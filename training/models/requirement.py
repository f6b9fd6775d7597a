from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team
from customers.models.tenant import Tenant
from playbooks.models import Playbook


class Level(models.TextChoices):
    """How well somebody knows a process, from the least on."""

    AWARE = "aware", _("Aware")
    ASSISTED = "assisted", _("Assisted")
    INDEPENDENT = "independent", _("Independent")
    COACH = "coach", _("Coach")


ORDER = {level.value: place for place, level in enumerate(Level)}


class Requirement(Tenant):
    """People of a role, in one team or in any, are to know a process up to a level."""

    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.INDEPENDENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "role", "team", "playbook"],
                name="training_requirement_unique",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.playbook}: {self.get_level_display()}"

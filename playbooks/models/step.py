from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models.tenant import Tenant

from .version import Version


class Step(Tenant):
    """A step of a version. `key` is the same step in every version of the playbook; `position` numbers the list."""

    class Kind(models.TextChoices):
        START = "start", _("Start")
        ACTION = "action", _("Action")
        DECISION = "decision", _("Decision")
        SCRIPT = "script", _("Script")
        CHECK = "check", _("Check")
        HANDOFF = "handoff", _("Handoff")
        END = "end", _("End")

    of = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="steps", db_index=False)
    key = models.CharField(max_length=12)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    # What to do, and what to say to the customer word by word.
    body = models.TextField(_("what to do"), blank=True)
    say = models.TextField(_("say"), blank=True)
    # A step that is not required is skipped without a reason.
    is_required = models.BooleanField(_("required"), default=True)
    # Whom a handoff goes to.
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="step_company_id"),
            models.UniqueConstraint(fields=["company", "of", "key"], name="step_key_unique"),
            models.UniqueConstraint(
                fields=["company", "of", "position"],
                name="step_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Exit(Tenant):
    """A way from a step to another one. An empty `to` leads nowhere yet. Several exits have labels to choose from."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="exits", db_index=False)
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120, blank=True)
    to = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "step", "position"],
                name="exit_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.label or self.to

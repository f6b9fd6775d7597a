from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant


class HiringSettings(Tenant):
    """How a company hires. Without a row the defaults hold."""

    # The composite from which on the rule says "hire", unless a requisition has its own.
    threshold = models.DecimalField(
        _("line of the composite"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("3.50"),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(5))],
    )
    # How long a candidate waits for an answer, and how long a closed file is kept.
    promise_days = models.PositiveSmallIntegerField(_("days to an answer"), default=5)
    keep_months = models.PositiveSmallIntegerField(_("months a file is kept"), default=6)
    # Held interviews that somebody has watched, and led while being watched, before scoring alone.
    shadows_needed = models.PositiveSmallIntegerField(_("shadows needed"), default=2)
    reverse_shadows_needed = models.PositiveSmallIntegerField(_("reverse shadows needed"), default=2)
    consent_text = models.TextField(_("text of the consent"), blank=True)
    # Answers that candidates give of their own will, for the aggregated view of adverse impact only.
    collects_voluntary = models.BooleanField(_("collect voluntary answers"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company"], name="hiring_settings_of_company"),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=1, threshold__lte=5), name="hiring_settings_threshold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}"

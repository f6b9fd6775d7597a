from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant


class TrainingSettings(Tenant):
    """How a company trains. Without a row the defaults hold."""

    # The pair by which somebody has come up to the team: keys of metrics.
    satisfaction = models.CharField(_("measure of satisfaction"), max_length=40, default="csat")
    productivity = models.CharField(_("measure of productivity"), max_length=40, default="tickets_resolved")
    certificate_months = models.PositiveSmallIntegerField(
        _("months a certificate holds"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    # From a material change of a playbook until a certificate that was not refreshed expires.
    refresh_days = models.PositiveSmallIntegerField(
        _("days to refresh a certificate"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    # Whoever begins is enrolled by role as soon as a programme for the role is published.
    enrols = models.BooleanField(_("enrol newcomers by their role"), default=True)
    # Days on which nobody works, beside Saturdays and Sundays.
    holidays = ArrayField(models.DateField(), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="training_settings_of_company")]

    def __str__(self) -> str:
        return f"{self.company}"

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant

from .candidate import Application


class VoluntaryAnswer(Tenant):
    """What an applicant told of their own will. Read only as counts of ten and more, never beside a name."""

    class Kind(models.TextChoices):
        GENDER = "gender", _("Gender")
        AGE = "age", _("Age")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "application", "kind"], name="voluntary_answer_once")
        ]

    def __str__(self) -> str:
        return self.kind

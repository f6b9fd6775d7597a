from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant

from .attribute import Attribute


class QuestionKind(models.TextChoices):
    PAST = "past", _("Past behaviour")
    SITUATION = "situation", _("Situation")
    WORK_SAMPLE = "work_sample", _("Work sample")


class Question(Tenant):
    """A question of the bank. Kits take over its words as they stand when a version of the kit is made."""

    attribute = models.ForeignKey(
        Attribute, on_delete=models.PROTECT, related_name="questions", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind.choices)
    text = models.TextField(_("question"))
    listen_for = models.TextField(_("listen for"), blank=True)
    # Prompts for evidence, no points.
    good_signs = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    warning_signs = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # Whether it came with the product.
    is_shipped = models.BooleanField(default=False)
    # Goes up with every change of the words.
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="question_company_id")]
        indexes = [models.Index(fields=["company", "attribute"], name="question_by_attribute")]

    def __str__(self) -> str:
        return self.text

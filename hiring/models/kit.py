from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .attribute import Attribute
from .question import Question, QuestionKind


class Kit(Tenant):
    """What an interview is held with: the same questions in the same order for everybody."""

    name = models.CharField(_("name"), max_length=120)
    # Of those that every company begins with ("front_line"); empty for a company's own.
    key = models.CharField(max_length=30, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="kit_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="kit_company_id"),
            models.UniqueConstraint(
                fields=["company", "key"], condition=~models.Q(key=""), name="kit_key_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KitVersion(Tenant):
    """A kit as it stood at a time. An interview stays on its version; the database refuses to change one."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    purpose = models.TextField(_("purpose"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    author = member_key()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="kit_version_company_id"),
            models.UniqueConstraint(fields=["company", "kit", "number"], name="kit_version_number_unique"),
        ]

    def __str__(self) -> str:
        return _("%(kit)s, version %(number)s") % {"kit": self.kit, "number": self.number}


class KitAttribute(Tenant):
    """An attribute that a kit asks to rate, with the words and anchors that stood at that time."""

    of = models.ForeignKey(KitVersion, on_delete=models.PROTECT, related_name="attributes", db_index=False)
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    definition = models.TextField(blank=True)
    anchor_1 = models.TextField()
    anchor_3 = models.TextField()
    anchor_5 = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="kit_attribute_company_id"),
            models.UniqueConstraint(fields=["company", "of", "attribute"], name="kit_attribute_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def anchor(self, value: int) -> str:
        """The words for a rating; of 2 and 4 that they lie between their neighbours."""
        if value in (2, 4):
            return _("Between %(low)s and %(high)s") % {"low": value - 1, "high": value + 1}
        return str(getattr(self, f"anchor_{value}"))


class KitQuestion(Tenant):
    """A question of a kit with the words that stood at that time. number: its version in the bank."""

    of = models.ForeignKey(KitVersion, on_delete=models.PROTECT, related_name="questions", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="uses", db_index=False)
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=QuestionKind.choices)
    text = models.TextField()
    listen_for = models.TextField(blank=True)
    good_signs = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    warning_signs = ArrayField(models.CharField(max_length=200), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="kit_question_company_id"),
            models.UniqueConstraint(fields=["company", "of", "question"], name="kit_question_once"),
        ]
        indexes = [models.Index(fields=["company", "question"], name="kit_question_by_question")]

    def __str__(self) -> str:
        return self.text

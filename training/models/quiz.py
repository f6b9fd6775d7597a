from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key
from playbooks.models import Playbook

from .module import Item


class Question(Tenant):
    """A question of the bank, about a step of a playbook or about nothing in particular.

    step: the key of the step. options: what can be chosen; right: places of the right ones, from 0 on. A material
    change of the playbook flags it until somebody has looked at it.
    """

    text = models.TextField(_("question"))
    options = ArrayField(models.CharField(max_length=500), default=list)
    right = ArrayField(models.PositiveSmallIntegerField(), default=list)
    # Why it is so: read after a try.
    explanation = models.TextField(_("explanation"), blank=True)
    playbook = models.ForeignKey(
        Playbook, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    step = models.CharField(max_length=12, blank=True)
    author = member_key()
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    flagged_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="training_question_company_id"),
            models.CheckConstraint(
                condition=models.Q(right__len__gte=1, options__len__gte=2),
                name="training_question_has_a_right_answer",
            ),
        ]
        indexes = [models.Index(fields=["company", "playbook"], name="training_question_by_playbook")]

    def __str__(self) -> str:
        return self.text


class ItemQuestion(Tenant):
    """A quiz may draw this question."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="questions", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="used_in", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "item", "question"], name="item_question_once")
        ]

    def __str__(self) -> str:
        return f"{self.question}"

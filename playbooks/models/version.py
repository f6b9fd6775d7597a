from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant, member_key

from .playbook import Playbook


class Version(Tenant):
    """What a playbook says, as a graph of steps. A published one never changes again: the database refuses it.

    edits: how many times a draft was changed; whoever sends an older number has not seen the latest.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")

    class Change(models.TextChoices):
        EDITORIAL = "editorial", _("Editorial")
        MATERIAL = "material", _("Material")

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    change = models.CharField(max_length=10, choices=Change.choices, default=Change.MATERIAL)
    # What changed and why.
    summary = models.TextField(blank=True)
    author = member_key()
    # Ids of all who changed it, the author included: none of them may approve it. The database checks that, too.
    editors = ArrayField(models.BigIntegerField(), default=list)
    reviewer = member_key()
    approver = member_key()
    sent_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    # What the reviewer asks for, of a draft that was sent back.
    answer = models.TextField(blank=True)
    edits = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="version_company_id"),
            models.UniqueConstraint(fields=["company", "playbook", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                fields=["company", "playbook"],
                condition=models.Q(state__in=["draft", "in_review"]),
                name="version_one_at_work",
            ),
            models.UniqueConstraint(
                fields=["company", "playbook"],
                condition=models.Q(state="published"),
                name="version_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "in_review"]) | models.Q(published_at__isnull=False),
                name="version_published_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.playbook}, {self.number}"

    @property
    def is_open(self) -> bool:
        """May still be changed."""
        return self.state == self.State.DRAFT

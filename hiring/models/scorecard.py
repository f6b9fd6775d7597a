from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .attribute import Attribute
from .candidate import Application
from .interview import Interview
from .kit import KitQuestion
from .requisition import Stage


class PanelRole(models.TextChoices):
    LEAD = "lead", _("Lead")
    SCORER = "scorer", _("Scorer")
    SHADOW = "shadow", _("Shadow")
    REVERSE_SHADOW = "reverse_shadow", _("Reverse shadow")


# Whose ratings enter the composite.
COUNTED = (PanelRole.LEAD, PanelRole.SCORER)


class Recommendation(models.TextChoices):
    DEFINITELY_NOT = "definitely_not", _("Definitely not")
    NO = "no", _("No")
    YES = "yes", _("Yes")
    STRONG_YES = "strong_yes", _("Strong yes")


class ScorecardQuerySet(models.QuerySet[Any]):
    def of(self, member: Member) -> Self:
        """The member's own; nobody reaches another one's this way, see `hiring.queries.sealing`."""
        return self.filter(company_id=member.company_id, member_id=member.id)

    def waiting(self) -> Self:
        """Neither in nor excused."""
        return self.filter(state__in=[Scorecard.State.ASSIGNED, Scorecard.State.DRAFT])


class Scorecard(Tenant):
    """What one person of a panel makes of a candidate. Sealed: see `hiring.queries.sealing` for who may read it.

    The ratings of one that was submitted never change: the database refuses it; what is said later is a `Revision`.
    edits: goes up with each saving of the draft; whoever sends an older number has not seen the latest.
    """

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        EXCUSED = "excused", _("Excused")

    interview = models.ForeignKey(
        Interview, on_delete=models.PROTECT, related_name="scorecards", db_index=False
    )
    # Of the interview, here for what seals.
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="scorecards", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(_("role"), max_length=14, choices=PanelRole.choices, default=PanelRole.SCORER)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASSIGNED)
    recommendation = models.CharField(max_length=14, choices=Recommendation.choices, blank=True)
    summary = models.TextField(_("in a sentence"), blank=True)
    # No conflict of interest, said before the first word is written.
    declared_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # After this one it is late: 24 hours after the end of the interview.
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    excused_at = models.DateTimeField(null=True, blank=True)
    excused_by = member_key()
    excuse = models.CharField(max_length=400, blank=True)
    edits = models.PositiveIntegerField(default=0)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = ScorecardQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="scorecard_company_id"),
            models.UniqueConstraint(fields=["company", "interview", "member"], name="scorecard_one_each"),
            models.UniqueConstraint(fields=["company", "external_id"], name="scorecard_external_id"),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=False, recommendation__gt="", state="submitted")
                | (models.Q(submitted_at__isnull=True) & ~models.Q(state="submitted")),
                name="scorecard_submitted",
            ),
            models.CheckConstraint(
                condition=models.Q(excused_at__isnull=False, state="excused")
                | (models.Q(excused_at__isnull=True) & ~models.Q(state="excused")),
                name="scorecard_excused",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "application", "state"], name="scorecard_by_application"),
            models.Index(fields=["company", "member", "state"], name="scorecard_by_member"),
            models.Index(
                fields=["company", "due_at"],
                condition=models.Q(state__in=["assigned", "draft"]),
                name="scorecard_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.interview}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.ASSIGNED, self.State.DRAFT)

    @property
    def counts(self) -> bool:
        """Whether its ratings enter the composite once they are in."""
        return self.role in COUNTED

    @property
    def is_late(self) -> bool:
        return (self.submitted_at or clock.now()) > self.due_at and self.state != self.State.EXCUSED


class Rating(Tenant):
    """Of one attribute, 1 to 5; null is "no evidence". Without a row nothing was said yet."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    # Chosen, be it "no evidence"; before that only evidence was written.
    is_given = models.BooleanField(default=False)
    evidence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="rating_company_id"),
            models.UniqueConstraint(fields=["company", "scorecard", "attribute"], name="rating_once"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=1, value__lte=5, is_given=True),
                name="rating_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.value}"


class Sign(Tenant):
    """A good or a warning sign that was heard, with the words of the candidate. A prompt for evidence, no point."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="signs", db_index=False)
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_warning = models.BooleanField()
    label = models.CharField(max_length=200)
    quote = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "scorecard", "attribute", "is_warning", "label"], name="sign_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Sample(Tenant):
    """A work sample as it went: the first try, the one piece of feedback in the middle, and the second try."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="samples", db_index=False)
    question = models.ForeignKey(KitQuestion, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_try = models.TextField(_("first try"), blank=True)
    feedback = models.TextField(_("feedback given"), blank=True)
    second_try = models.TextField(_("second try"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "scorecard", "question"], name="sample_once")
        ]

    def __str__(self) -> str:
        return str(self.question)


class Revision(Tenant):
    """What somebody says of an own rating in the debrief. Kept beside the original; never enters the composite."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField()
    revised_at = models.DateTimeField(default=clock.now)
    revised_by = member_key()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=1, value__lte=5),
                name="revision_value",
            )
        ]
        indexes = [models.Index(fields=["company", "rating"], name="revision_by_rating")]

    def __str__(self) -> str:
        return f"{self.value}"

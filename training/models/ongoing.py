"""What never ends: sessions of every month, and the plans people develop by."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key


class Session(Tenant):
    """A live session, usually one a month, with attendance. item: the key of an item that it counts for, or nothing."""

    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("what it is about"), blank=True)
    host = member_key()
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    zone = models.CharField(max_length=60)
    place = models.CharField(_("where"), max_length=300, blank=True)
    item = models.CharField(max_length=12, blank=True)
    created_by = member_key()
    created_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="session_company_id"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="session_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["company", "starts_at"], name="session_by_start")]

    def __str__(self) -> str:
        return self.title


class Seat(Tenant):
    """Somebody who is asked to a session, and whether they came."""

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        ATTENDED = "attended", _("Attended")
        MISSED = "missed", _("Missed")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.INVITED)
    minutes = models.PositiveSmallIntegerField(default=0)
    noted_by = member_key()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "session", "member"], name="seat_once")]
        indexes = [models.Index(fields=["company", "member"], name="seat_by_member")]

    def __str__(self) -> str:
        return f"{self.member}, {self.session}"


class PlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """The own one and those of people below; leaders and admins see all."""
        mine = self.filter(company_id=member.company_id)
        if member.sees_everybody:
            return mine
        seen = Q(member_id=member.id)
        if member.leads_people:
            seen |= Q(member_id__in=ids_below(member, member.company.today()))
        return mine.filter(seen)


class DevelopmentPlan(Tenant):
    """What somebody is to get better at, reviewed on set dates."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(_("title"), max_length=200)
    opened_by = member_key()
    opened_at = models.DateTimeField(default=clock.now)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(_("days between reviews"), default=30)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="plan_company_id")]
        indexes = [
            models.Index(fields=["company", "member"], name="plan_by_member"),
            models.Index(
                fields=["company", "review_on"], condition=Q(closed_at__isnull=True), name="plan_by_review"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanGoal(Tenant):
    """A goal of a plan, what would show that it is reached, and what did."""

    plan = models.ForeignKey(DevelopmentPlan, on_delete=models.CASCADE, related_name="goals", db_index=False)
    text = models.CharField(_("goal"), max_length=400)
    measure = models.CharField(_("how we will know"), max_length=400, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    reached_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="plan_goal_company_id"),
            models.CheckConstraint(
                condition=Q(reached_at__isnull=True) | Q(evidence__gt=""),
                name="plan_goal_reached_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PlanReview(Tenant):
    """What was said when a plan was looked at together."""

    plan = models.ForeignKey(
        DevelopmentPlan, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    at = models.DateTimeField(default=clock.now)
    by = member_key()
    words = models.TextField(_("what was said"))

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["company", "plan"], name="plan_review_by_plan")]

    def __str__(self) -> str:
        return f"{self.plan}, {self.at:%Y-%m-%d}"

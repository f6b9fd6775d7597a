from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Role, Team
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .attribute import Attribute
from .kit import KitVersion


class RequisitionQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """Leaders and admins all; others those that they hire for. Whoever only interviews sees the interviews."""
        mine = self.filter(company_id=member.company_id)
        if member.sees_everybody:
            return mine
        at_it = RequisitionMember.objects.filter(company_id=member.company_id, member_id=member.id)
        return mine.filter(
            models.Q(owner_id=member.id)
            | models.Q(manager_id=member.id)
            | models.Q(id__in=at_it.values("requisition_id"))
        )

    def open(self) -> Self:
        return self.filter(state=Requisition.State.OPEN)


class Requisition(Tenant):
    """A job to be filled, with the seats in the organisation that it fills: manager, team, role and start."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ON_HOLD = "on_hold", _("On hold")
        FILLED = "filled", _("Filled")
        CANCELLED = "cancelled", _("Cancelled")

    title = models.CharField(_("title"), max_length=200)
    place = models.CharField(_("place"), max_length=120, blank=True)
    # What applicants read.
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # Whose job it is to fill it.
    owner = member_key()
    seats = models.PositiveSmallIntegerField(_("seats"), default=1, validators=[MinValueValidator(1)])
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.REP)
    manager = member_key()
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    threshold = models.DecimalField(
        _("line of the composite"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("3.50"),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(5))],
    )
    # The public page takes applications while this is set; a new one makes earlier links void.
    apply_key = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = RequisitionQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="requisition_company_id"),
            models.UniqueConstraint(fields=["company", "external_id"], name="requisition_external_id"),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="requisition_seats"),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=1, threshold__lte=5), name="requisition_threshold"
            ),
        ]
        indexes = [models.Index(fields=["company", "state"], name="requisition_by_state")]

    def __str__(self) -> str:
        return f"{self.title}, {self.place}" if self.place else self.title


class RequisitionMember(Tenant):
    """Somebody of the hiring team: reads the candidates, moves them, plans interviews."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.CASCADE, related_name="team_rows", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "requisition", "member"], name="requisition_member_once"
            )
        ]
        indexes = [models.Index(fields=["company", "member"], name="requisition_by_member")]

    def __str__(self) -> str:
        return f"{self.member}, {self.requisition}"


class Stage(Tenant):
    """A stage of a requisition. limit_days: how long a candidate should stay in it."""

    class Kind(models.TextChoices):
        APPLIED = "applied", _("Applied")
        SCREEN = "screen", _("Screen")
        WORK_SAMPLE = "work_sample", _("Work sample")
        PANEL = "panel", _("Panel")
        DEBRIEF = "debrief", _("Debrief")
        OFFER = "offer", _("Offer")

    requisition = models.ForeignKey(
        Requisition, on_delete=models.CASCADE, related_name="stages", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    limit_days = models.PositiveSmallIntegerField(_("limit in days"), default=7)
    kit = models.ForeignKey(
        KitVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="stage_company_id"),
            models.UniqueConstraint(
                fields=["company", "requisition", "position"],
                name="stage_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["company", "requisition", "name"], name="stage_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(Tenant):
    """How much an attribute weighs in the composite of a requisition. Weights are parts, not per cents."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.CASCADE, related_name="criteria", db_index=False
    )
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", db_index=False)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(1))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "requisition", "attribute"], name="criterion_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="criterion_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.weight}"

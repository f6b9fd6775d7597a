from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .candidate import Application
from .kit import KitVersion
from .requisition import Stage


class InterviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        reachable = Application.objects.visible_to(member).order_by()
        return self.filter(company_id=member.company_id, application_id__in=reachable.values("id"))


class Interview(Tenant):
    """A talk with a candidate: one panel, one kit version. zone: the one it was planned in, for the invitation.

    sequence: goes up with each change, so that calendars take the newer invitation.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="interviews", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="interviews", db_index=False)
    kit = models.ForeignKey(KitVersion, on_delete=models.PROTECT, related_name="interviews", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    zone = models.CharField(max_length=60)
    # A room, or the address of a call.
    place = models.CharField(_("where"), max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    tells_candidate = models.BooleanField(_("invite the candidate"), default=True)
    planned_by = member_key()
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = InterviewQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="interview_company_id"),
            models.UniqueConstraint(fields=["company", "external_id"], name="interview_external_id"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="interview_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "application"], name="interview_by_application"),
            models.Index(fields=["company", "starts_at"], name="interview_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.application}, {self.starts_at:%Y-%m-%d}"

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key
from playbooks.models import Playbook

from .enrolment import Enrolment
from .requirement import Level


class Standing(models.TextChoices):
    """How far a certificate can be trusted on a day."""

    VALID = "valid", _("Valid")
    REFRESH = "refresh", _("Refresh due")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


# With these somebody may own the process.
TRUSTED = (Standing.VALID, Standing.REFRESH)


class OfPeopleQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """The own ones, and those of people below; leaders and admins see all."""
        mine = self.filter(company_id=member.company_id)
        if member.sees_everybody:
            return mine
        people = {member.id}
        if member.leads_people:
            people |= ids_below(member, member.company.today())
        return mine.filter(member_id__in=people)


class Certificate(Tenant):
    """Somebody knows a process up to a level. A renewal is a new row; the newest one that is not revoked counts.

    until: the last day. refresh_by: by when a material change has to be taken in, None if there is none. number: the
    version of the playbook that is known.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField(default=0)
    issued_at = models.DateTimeField(default=clock.now)
    # Who stood for it; None where the path alone did.
    issued_by = member_key()
    until = models.DateField(_("valid until"))
    refresh_by = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = member_key()
    reason = models.TextField(_("reason"), blank=True)
    # The fewest days before the end of which somebody was told: 30, 7 or 0; -1 once who is above heard of the end.
    told = models.SmallIntegerField(null=True, blank=True)

    objects = OfPeopleQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="certificate_company_id"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_by__isnull=False, reason__gt=""),
                name="certificate_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=models.F("member")),
                name="certificate_not_by_oneself",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "member", "playbook", "-id"], name="certificate_by_member"),
            models.Index(fields=["company", "playbook"], name="certificate_by_playbook"),
            models.Index(fields=["company", "until"], name="certificate_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.playbook}: {self.get_level_display()}"

    @property
    def ends_on(self) -> date:
        """The last day on which it holds, unless it is refreshed or renewed."""
        return min(self.until, self.refresh_by) if self.refresh_by else self.until

    def standing(self, today: date) -> Standing:
        if self.revoked_at:
            return Standing.REVOKED
        if today > self.ends_on:
            return Standing.EXPIRED
        return Standing.REFRESH if self.refresh_by else Standing.VALID


class Supervision(Tenant):
    """Somebody may own a process without a certificate: another one, who has one, stands beside them until a day."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="+", db_index=False)
    supervisor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateField(_("until"))
    named_by = member_key()
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OfPeopleQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "member", "playbook"],
                condition=Q(ended_at__isnull=True),
                name="supervision_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(supervisor=models.F("member")),
                name="supervision_not_of_oneself",
                violation_error_message=_("Nobody supervises themselves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.playbook}: {self.supervisor}"

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from .company import Company
from .user import User


class Role(models.TextChoices):
    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    LEADER = "leader", _("Leader")
    ADMIN = "admin", _("Admin")


# Who sees everybody's figures.
LEADING = (Role.LEADER, Role.ADMIN)


class Team(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="team_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="team_company_id"),
        ]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, member: Member) -> MemberQuerySet:
        """Everybody in a company may know who works there; nobody outside may."""
        return self.filter(company_id=member.company_id)

    def active(self) -> MemberQuerySet:
        return self.filter(is_active=True)

    def comparable(self) -> MemberQuerySet:
        """People who were entered, not only named by a file."""
        return self.filter(is_stub=False)

    def at_work(self, day: date) -> MemberQuerySet:
        """Who counts as somebody's report on a day."""
        return self.filter(at_work(day))

    def not_gone(self, day: date) -> MemberQuerySet:
        """Who has not left before a day: at work on it, or yet to begin."""
        return self.filter(_not_gone(day))


def at_work(day: date) -> Q:
    """People who were entered and are employed on a day; somebody switched off without a last day is not."""
    has_begun = Q(started_on__isnull=True) | Q(started_on__lte=day)
    return Q(is_stub=False, is_bot=False) & has_begun & _not_gone(day)


def _not_gone(day: date) -> Q:
    return Q(left_on__gte=day) | Q(left_on__isnull=True, is_active=True)


class Member(models.Model):
    """A person in a company: role, employment, and for good a name beside every figure.

    A leaver is deactivated, never deleted. A stub is a person whom a file names but nobody entered.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.REP)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_stub = models.BooleanField(default=False)
    is_bot = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "email"], name="member_email_unique"),
            models.UniqueConstraint(
                fields=["company", "user"], condition=Q(user__isnull=False), name="member_user_unique"
            ),
            models.UniqueConstraint(fields=["company", "id"], name="member_company_id"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="member_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(left_on__gte=models.F("started_on")),
                name="member_leaves_after_starting",
                violation_error_message=_("The last day cannot be before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def sees_everybody(self) -> bool:
        return self.role in LEADING

    @property
    def leads_people(self) -> bool:
        """Whether the pages of a team are theirs; a leader and an admin see every team."""
        return self.role != Role.REP

from __future__ import annotations

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models.tenant import Tenant, TenantQuerySet, member_key

from .scenario import Scenario

INTERVAL = 90
DUE_WITHIN = timedelta(days=14)


class Trust(models.TextChoices):
    """How far a published playbook can be trusted on a day."""

    VERIFIED = "verified", _("Verified")
    DUE = "due", _("Due")
    EXPIRED = "expired", _("Expired")
    UNVERIFIED = "unverified", _("Unverified")


def trust_on(until: date | None, today: date) -> Trust:
    """until: the last day of its verification, None for one without."""
    if until is None:
        return Trust.UNVERIFIED
    if today > until:
        return Trust.EXPIRED
    return Trust.DUE if until - today <= DUE_WITHIN else Trust.VERIFIED


class PlaybookQuerySet(TenantQuerySet):
    def standing(self) -> PlaybookQuerySet:
        return self.filter(archived_at__isnull=True)

    def trusted(self, day: date) -> PlaybookQuerySet:
        """Verified or due: what counts as covered."""
        return self.standing().filter(verified_until__gte=day)


class Playbook(Tenant):
    """How a scenario is handled. What it says stands in its versions; who answers for it stands here.

    verified_until: the last day on which it can be trusted, None while nobody has verified it. Only a verification
    moves it: neither another verifier nor another interval does.
    """

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="playbooks", db_index=False)
    title = models.CharField(_("title"), max_length=200)
    owner = member_key()
    # Who says that it still holds: a person, or anybody of a team.
    verifier = member_key()
    verifier_team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    interval_days = models.PositiveSmallIntegerField(
        _("days between verifications"),
        default=INTERVAL,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    verified_on = models.DateField(null=True, blank=True)
    verified_by = member_key()
    verified_until = models.DateField(null=True, blank=True)
    # Why it is unverified, as a verb of the ledger; empty for one that nobody has verified yet.
    lapse = models.CharField(max_length=60, blank=True)
    # Who may read it: everybody, or one team and those above it.
    audience = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # When its readers were last asked to read it again, though nothing has changed.
    readers_asked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = PlaybookQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="playbook_company_id"),
            models.UniqueConstraint(
                fields=["company", "title"],
                condition=models.Q(archived_at__isnull=True),
                name="playbook_title_unique",
                violation_error_message=_("There is a playbook of this title already."),
            ),
            models.CheckConstraint(
                condition=models.Q(verifier__isnull=True) | models.Q(verifier_team__isnull=True),
                name="playbook_one_verifier",
                violation_error_message=_("Choose a person or a team as verifier, not both."),
            ),
        ]
        indexes = [models.Index(fields=["company", "scenario"], name="playbook_by_scenario")]

    def __str__(self) -> str:
        return self.title

    def trust(self, today: date) -> Trust:
        return trust_on(self.verified_until, today)

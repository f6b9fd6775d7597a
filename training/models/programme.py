from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key


class Programme(Tenant):
    """The path of a role, in one team or in any. What it asks for stands in its versions."""

    title = models.CharField(_("title"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.REP)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="programme_company_id"),
            models.UniqueConstraint(
                fields=["company", "role", "team"],
                condition=models.Q(archived_at__isnull=True),
                name="programme_one_per_role",
                nulls_distinct=False,
                violation_error_message=_("There is a programme for this role and team already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProgrammeVersion(Tenant):
    """What a programme asks for. One that was published never changes: the database refuses it.

    edits: goes up with each change of the draft; whoever sends an older number has not seen the latest.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    summary = models.TextField(_("what changed and why"), blank=True)
    author = member_key()
    publisher = member_key()
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)
    edits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="programme_version_company_id"),
            models.UniqueConstraint(
                fields=["company", "programme", "number"], name="programme_version_number"
            ),
            models.UniqueConstraint(
                fields=["company", "programme"], condition=models.Q(state="draft"), name="programme_one_draft"
            ),
            models.UniqueConstraint(
                fields=["company", "programme"],
                condition=models.Q(state="published"),
                name="programme_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False),
                name="programme_version_published_at",
            ),
        ]

    def __str__(self) -> str:
        return _("%(programme)s, version %(number)s") % {"programme": self.programme, "number": self.number}

    @property
    def is_open(self) -> bool:
        """May still be changed."""
        return self.state == self.State.DRAFT

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .candidate import Application


class Decision(Tenant):
    """What was decided on an application, with the composite as it stood, and by which two people.

    reckoning: attribute, weight, n and mean of every line of the composite, as shown when it was decided.
    """

    class Outcome(models.TextChoices):
        HIRE = "hire", _("Hire")
        MORE = "more", _("One more interview")
        NO_HIRE = "no_hire", _("Do not hire")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Sent back")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    composite = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    threshold = models.DecimalField(max_digits=3, decimal_places=2)
    reckoning = models.JSONField(default=list)
    is_against = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    decided_by = member_key()
    decided_at = models.DateTimeField(default=clock.now)
    approved_by = member_key()
    approved_at = models.DateTimeField(null=True, blank=True)
    # What the second person answers when it is sent back.
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="decision_company_id"),
            models.UniqueConstraint(
                fields=["company", "application"],
                condition=models.Q(state="proposed"),
                name="decision_one_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("decided_by")),
                name="decision_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(is_against=False) | models.Q(reason__gt=""), name="decision_reason"
            ),
        ]
        indexes = [models.Index(fields=["company", "application"], name="decision_by_application")]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Offer(Tenant):
    """The seat that somebody was offered. Once accepted it is a planned seat in the organisation."""

    class State(models.TextChoices):
        OUT = "out", _("Out")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken_back", _("Taken back")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="offers", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.REP)
    manager = member_key()
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    starts_on = models.DateField(_("start"))
    # The person that a hire made.
    member = member_key()
    made_by = member_key()
    made_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="offer_company_id"),
            models.UniqueConstraint(
                fields=["company", "application"],
                condition=models.Q(state__in=["out", "accepted"]),
                name="offer_one_stands",
            ),
        ]
        indexes = [models.Index(fields=["company", "application"], name="offer_by_application")]

    def __str__(self) -> str:
        return f"{self.application}, {self.starts_on}"

"""The customer's voice, and the figures of the company as a lesson showed them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models import Customer
from customers.models.tenant import Tenant, member_key

from .enrolment import Enrolment


class Voice(Tenant):
    """What a customer said, kept for those who learn, with the customer's consent.

    source: "answer:12" or "note:7": where it was said; an erasure of the customer blanks the words.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    quote = models.TextField(_("what was said"))
    theme = models.CharField(_("theme"), max_length=80, blank=True)
    source = models.CharField(max_length=40)
    # Who asked the customer, and when they agreed.
    consent_on = models.DateField(_("agreed on"))
    consent_by = member_key()
    created_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "source"], condition=Q(withdrawn_at__isnull=True), name="voice_once"
            )
        ]
        indexes = [models.Index(fields=["company", "customer"], name="voice_by_customer")]

    def __str__(self) -> str:
        return self.quote


class Snapshot(Tenant):
    """The figures of the company at the moment somebody looked at the big picture, and what they tried.

    given: what the calculation rests on; tried: where the slider stood. The curve follows from both.
    """

    member = member_key()
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=clock.now)
    given = models.JSONField(default=dict)
    tried = models.JSONField(default=dict)
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["company", "member", "-id"], name="snapshot_by_member")]

    def __str__(self) -> str:
        return self.name or f"{self.at:%Y-%m-%d}"

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from .tenant import Tenant, TenantQuerySet, external_id_unique, member_key


class CustomerQuerySet(TenantQuerySet):
    def standing(self) -> CustomerQuerySet:
        """Without those that were merged into another: what lists and choices offer."""
        return self.filter(merged_into__isnull=True)


class Customer(Tenant):
    """An account. A stub is one that a file names but nobody entered."""

    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    segment = models.CharField(max_length=100, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    churn_reason = models.CharField(max_length=300, blank=True)
    owner = member_key("owned_customers")
    is_stub = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=0, db_default=0)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            external_id_unique("customer_external_id_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="customer_company_id"),
        ]
        indexes = [
            models.Index(
                fields=["company", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="customer_merged",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.started_on and self.ended_on and self.ended_on < self.started_on:
            raise ValidationError({"ended_on": _("This lies before the start.")})


class CustomerOwner(Tenant):
    """Who owns a customer from a day on: what decides the credit of revenue and of relationship surveys."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="owners", db_index=False)
    valid_from = models.DateField()
    owner = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer", "valid_from"], name="customer_owner_one_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} from {self.valid_from}"

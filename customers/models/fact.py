from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from .customer import Customer
from .tenant import Tenant, member_key


class CustomerFact(Tenant):
    """A quick fact about a customer ("Plan: Growth, 120 seats"), with who last made sure of it and when."""

    VERIFIED_FOR = timedelta(days=90)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="facts", db_index=False)
    label = models.CharField(_("what"), max_length=60)
    value = models.CharField(_("fact"), max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "customer", "label"], name="customer_fact_once")
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"

    def is_old(self, today: date) -> bool:
        """Nobody made sure of it lately."""
        return self.verified_on is None or today - self.verified_on > self.VERIFIED_FOR

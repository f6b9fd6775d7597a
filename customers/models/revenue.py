from django.db import models

from .customer import Customer
from .tenant import Tenant


class Revenue(Tenant):
    """Recurring revenue of a customer in a month, in minor units of the company's currency."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="revenue", db_index=False)
    month = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "revenue"
        constraints = [
            models.UniqueConstraint(fields=["company", "customer", "month"], name="revenue_one_a_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="revenue_month_is_a_first"),
        ]
        indexes = [models.Index(fields=["company", "month"], name="revenue_by_month")]

    def __str__(self) -> str:
        return f"{self.month}: {self.amount_minor}"

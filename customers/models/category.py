from django.db import models

from .tenant import Tenant


class Category(Tenant):
    """What a ticket is about."""

    name = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="category_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="category_company_id"),
        ]

    def __str__(self) -> str:
        return self.name

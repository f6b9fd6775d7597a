from __future__ import annotations

from typing import Any, Self

from django.db import models

from accounts.models import Company, Member


class TenantQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """Every member works on all the customers and tickets of the company, and on no others."""
        return self.filter(company_id=member.company_id)


class Tenant(models.Model):
    """A row of one company."""

    # Every table has a key or an index that begins with the company.
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


def member_key(related_name: str = "+", **options: Any) -> models.ForeignKey:
    """Somebody, or null for nobody; people are never deleted."""
    return models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name=related_name,
        db_index=False,
        **options,
    )


def external_id_unique(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["company", "external_id"], name=name)

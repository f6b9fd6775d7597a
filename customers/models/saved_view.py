from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member

from .tenant import Tenant, TenantQuerySet


class SavedViewQuerySet(TenantQuerySet):
    def visible_to(self, member: Member) -> SavedViewQuerySet:
        """One's own views and those that are shared with the company."""
        return self.filter(company_id=member.company_id).filter(
            models.Q(member=member) | models.Q(is_shared=True)
        )


class SavedView(Tenant):
    """Filters of the queue under a name. `query` is the query string of the page."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="saved_views", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)

    objects = SavedViewQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "name"], name="saved_view_name_unique")
        ]

    def __str__(self) -> str:
        return self.name

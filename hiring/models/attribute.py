from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.tenant import Tenant


class Attribute(Tenant):
    """What is looked for in a candidate, with anchors for the ratings 1, 3 and 5; 2 and 4 lie between.

    key: of those that every company begins with ("drive"); empty for a company's own. A scorecard keeps the words
    that stood in its kit, so changing them here changes no interview that was held.
    """

    key = models.CharField(max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=80)
    definition = models.TextField(_("definition"), blank=True)
    anchor_1 = models.TextField(_("anchor for 1"))
    anchor_3 = models.TextField(_("anchor for 3"))
    anchor_5 = models.TextField(_("anchor for 5"))
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="attribute_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="attribute_company_id"),
            models.UniqueConstraint(
                fields=["company", "key"], condition=~models.Q(key=""), name="attribute_key_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

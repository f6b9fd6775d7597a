from django.db import models

from accounts.models import Member
from cs_platform.lib import clock
from customers.models.tenant import Tenant

from .version import Version


class Acknowledgement(Tenant):
    """Somebody has read a version. A later material version asks again, an editorial one does not."""

    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "version", "member"], name="acknowledged_once")
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.version}"

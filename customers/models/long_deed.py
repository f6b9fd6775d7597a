from django.db import models
from django.db.models.functions import Now

from .customer import Customer
from .tenant import Tenant, member_key


class LongDeed(Tenant):
    """A deed on a customer that is done in portions. The row is there until it is done; the ledger tells the rest.

    plan says what it is about and is written once: of an erasure it holds what is to be erased, and goes with it.
    """

    class Kind(models.TextChoices):
        MERGE = "merge"
        UNMERGE = "unmerge"
        ERASURE = "erasure"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    actor = member_key()
    plan = models.JSONField(default=dict)
    # Where it stands: the step, and how far that one is.
    step = models.CharField(max_length=20, blank=True)
    cursor = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "customer"], name="long_deed_one_a_customer")
        ]
        indexes = [models.Index(fields=["beat_at"], name="long_deed_by_beat")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}: {self.done} of {self.total}"

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 100) if self.total else 0

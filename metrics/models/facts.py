"""Facts and timers. Written only by `metrics.facts`."""

from django.db import models

from .tenant import tenant


class Fact(models.Model):
    """One attributable measurement: whole numbers only, keyed by where it comes from."""

    pk = models.CompositePrimaryKey("company_id", "kind", "source_id", "seq")
    company = tenant()
    kind = models.SmallIntegerField()
    source_id = models.BigIntegerField()
    seq = models.SmallIntegerField()
    rep_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(db_default=0)
    category_id = models.IntegerField(db_default=0)
    channel_id = models.SmallIntegerField(db_default=0)
    day = models.DateField()
    occurred_at = models.DateTimeField()
    v1 = models.BigIntegerField()
    v2 = models.BigIntegerField(db_default=0)
    rule_version = models.SmallIntegerField(db_default=1)

    class Meta:
        db_table = "metrics_fact"
        indexes = [
            # With all that the sums read, so that a bucket, a team or a quarter is a range of the index alone.
            models.Index(
                fields=["company", "rep_id", "day", "kind"], include=["v1", "v2"], name="fact_by_rep_day"
            ),
            models.Index(fields=["company", "kind", "day"], include=["v1", "v2"], name="fact_by_kind_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.source_id}: {self.v1}"


class Timer(models.Model):
    """A source whose facts have to be derived again at an instant: a window closes, a deadline passes."""

    pk = models.CompositePrimaryKey("company_id", "kind", "source_id")
    company = tenant()
    kind = models.SmallIntegerField()
    source_id = models.BigIntegerField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "metrics_timer"
        indexes = [models.Index(fields=["due_at"], name="timer_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.source_id} at {self.due_at}"

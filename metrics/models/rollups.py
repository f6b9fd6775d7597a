"""Marks and rollups. Written only by `metrics.facts` (marks) and `metrics.rollup` (the rest)."""

from django.db import models
from django.db.models.functions import Now

from metrics.components import NAMES

from .tenant import tenant


class Rollup(models.Model):
    """One bigint column for each declared component."""

    class Meta:
        abstract = True


for _name in NAMES:
    Rollup.add_to_class(_name, models.BigIntegerField(db_default=0))


class Dirty(models.Model):
    """A (rep, day) bucket that has to be computed again. Append only and not unique: see docs/architecture.md."""

    company = tenant()
    rep_id = models.BigIntegerField()
    day = models.DateField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "metrics_dirty"
        indexes = [models.Index(fields=["company", "id"], name="dirty_by_company")]

    def __str__(self) -> str:
        return f"{self.rep_id} on {self.day}"


class HistDirty(models.Model):
    """A company's day whose histograms have to be computed again."""

    pk = models.CompositePrimaryKey("company_id", "day")
    company = tenant()
    day = models.DateField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "metrics_hist_dirty"

    def __str__(self) -> str:
        return str(self.day)


class Lock(models.Model):
    """One row a company: who holds it may write the company's rollups."""

    company = models.OneToOneField(
        "accounts.Company",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="+",
    )

    class Meta:
        db_table = "metrics_lock"

    def __str__(self) -> str:
        return str(self.company_id)


class RepDay(Rollup):
    """The components of one rep on one local day. rep_id 0 is nobody, manager_id 0 is no manager."""

    pk = models.CompositePrimaryKey("company_id", "rep_id", "day")
    company = tenant()
    rep_id = models.BigIntegerField()
    day = models.DateField()
    manager_id = models.BigIntegerField(db_default=0)
    team_id = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "metrics_rep_day"
        indexes = [
            models.Index(fields=["company", "day"], name="rep_day_by_day"),
            models.Index(fields=["company", "manager_id", "day"], name="rep_day_by_manager"),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} on {self.day}"


class OrgDay(Rollup):
    """Sums of rep days: level 0 is the company, level 1 the own team of a manager (0: of nobody)."""

    pk = models.CompositePrimaryKey("company_id", "level", "manager_id", "day")
    company = tenant()
    level = models.SmallIntegerField()
    manager_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        db_table = "metrics_org_day"

    def __str__(self) -> str:
        return f"level {self.level} of {self.manager_id} on {self.day}"


class DurationHist(models.Model):
    """How many durations of a company's day fall into each log bucket; see `metrics.percentiles`."""

    pk = models.CompositePrimaryKey("company_id", "measure", "day", "bucket")
    company = tenant()
    measure = models.SmallIntegerField()
    day = models.DateField()
    bucket = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "metrics_duration_hist"

    def __str__(self) -> str:
        return f"{self.measure} on {self.day}: {self.n} in {self.bucket}"


class Audit(models.Model):
    """What one reconciliation of a company found, level by level."""

    company = tenant()
    checked_at = models.DateTimeField(db_default=Now())
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)
    level = models.CharField(max_length=1)
    buckets = models.BigIntegerField()
    diffs = models.BigIntegerField()
    sample = models.JSONField(default=list)

    class Meta:
        db_table = "metrics_audit"
        indexes = [models.Index(fields=["company", "checked_at"], name="audit_by_company")]

    def __str__(self) -> str:
        return f"{self.level}: {self.diffs} of {self.buckets}"

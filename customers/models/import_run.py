from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .tenant import Tenant, member_key


class ImportRun(Tenant):
    """One file on its way in: how far it is, what was refused, where the refused rows lie."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be read to its end")

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    actor = member_key()
    rows_read = models.BigIntegerField(default=0)
    last_line = models.BigIntegerField(default=0)
    rows_added = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0)
    rows_refused = models.BigIntegerField(default=0)
    unknown_columns = models.JSONField(default=list)
    remarks = models.JSONField(default=dict)
    error_file = models.CharField(max_length=500, blank=True)
    message = models.TextField(blank=True)
    share = models.FloatField(default=0)
    is_from_browser = models.BooleanField(default=False)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="import_run_company_id")]
        indexes = [models.Index(fields=["company", "started_at"], name="import_run_by_start")]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"


class ImportSeen(models.Model):
    """How often a run has met a row without an external_id: equal rows are told apart by their ordinal."""

    pk = models.CompositePrimaryKey("run_id", "digest")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="seen", db_index=False)
    digest = models.CharField(max_length=32)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.digest} {self.count} times"

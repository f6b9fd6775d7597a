from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .import_run import ImportRun
from .tenant import Tenant, member_key


class Upload(Tenant):
    """A file that somebody handed in to be imported: first tried, then taken in by a worker."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being tried")
        CHECKED = "checked", _("Tried")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    actor = member_key()
    file_name = models.CharField(max_length=300)
    path = models.CharField(max_length=500)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=20, blank=True)
    # {"columns": {theirs: ours}, ...} as in the file of a mapping; empty for files in our own format.
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    share = models.FloatField(default=0)
    rows_done = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="uploads")
    by_api = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="upload_newest")]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .requisition import Requisition, Stage

# How long a merge can be taken back.
PARTED_WITHIN = timedelta(days=30)


class Source(models.TextChoices):
    APPLIED = "applied", _("Applied")
    REFERRAL = "referral", _("Referral")
    SOURCED = "sourced", _("Sourced")
    AGENCY = "agency", _("Agency")
    JOB_BOARD = "job_board", _("Job board")
    INTERNAL = "internal", _("Internal")
    OTHER = "other", _("Other")


class CandidateQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """Through an application that the member may read; nobody reads the own file, of whatever role."""
        reachable = Application.objects.visible_to(member).order_by()
        return self.filter(company_id=member.company_id, id__in=reachable.values("candidate_id"))


class Candidate(Tenant):
    """A person who may be hired. Erased, name and texts are gone and the ratings stay without them.

    One that was merged into another has no applications any more, so nobody finds it.
    """

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    links = models.TextField(_("links"), blank=True)
    # Somebody of the company who applies, or who was hired.
    member = member_key()
    # What the candidate agreed to, word by word, and when.
    consent_text = models.TextField(blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    # The day after which the file goes, unless it is in use.
    keep_until = models.DateField(null=True, blank=True)
    warned_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True, blank=True)
    # The same person under another row, which holds everything since; this one keeps what it said, to be taken back.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    # What moved, and what the other row said before: {"applications", "files", "before", "after"}.
    merge = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = CandidateQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="candidate_company_id"),
            models.UniqueConstraint(fields=["company", "external_id"], name="candidate_external_id"),
        ]
        indexes = [
            models.Index(fields=["company", "email"], name="candidate_by_email"),
            models.Index(fields=["company", "keep_until"], name="candidate_by_keep_until"),
            models.Index(
                fields=["company", "member"],
                condition=models.Q(member__isnull=False),
                name="candidate_who_works_here",
            ),
            models.Index(
                fields=["company", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="candidate_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Erased candidate")

    @property
    def can_be_parted(self) -> bool:
        """Merged lately enough to be taken back."""
        return bool(self.merged_at and not self.erased_at and self.merged_at > clock.now() - PARTED_WITHIN)


class ApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """Those of requisitions that the member hires for, and those that the member interviews; never the own."""
        from .scorecard import Scorecard

        # Few people are candidates too, so the others are spared a join with all of them.
        own = Candidate.objects.filter(company_id=member.company_id, member_id=member.id)
        mine = self.filter(company_id=member.company_id)
        mine = mine.exclude(candidate_id__in=own.order_by().values("id"))
        if member.sees_everybody:
            return mine
        hired_for = Requisition.objects.visible_to(member).order_by().values("id")
        cards = Scorecard.objects.filter(company_id=member.company_id, member_id=member.id)
        return mine.filter(
            models.Q(requisition_id__in=hired_for)
            | models.Q(id__in=cards.order_by().values("application_id"))
        )


class Application(Tenant):
    """A candidate on the way to a job: the stage, since when, and what comes next.

    next_action, next_by, next_on: what somebody wrote down as the next thing to do.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("In the pipeline")
        HIRED = "hired", _("Hired")
        REJECTED = "rejected", _("Turned down")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="applications", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    source = models.CharField(_("source"), max_length=12, choices=Source.choices, default=Source.APPLIED)
    # Who recommended, which board, which agency.
    source_detail = models.CharField(_("where from"), max_length=200, blank=True)
    applied_at = models.DateTimeField(default=clock.now)
    stage_since = models.DateTimeField(default=clock.now)
    # When the candidate last heard from us; the promise of an answer runs from there.
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=400, blank=True)
    next_action = models.CharField(_("next"), max_length=200, blank=True)
    next_by = member_key()
    next_on = models.DateField(_("by"), null=True, blank=True)
    debrief_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="application_company_id"),
            models.UniqueConstraint(fields=["company", "external_id"], name="application_external_id"),
            models.UniqueConstraint(
                fields=["company", "candidate", "requisition"],
                condition=models.Q(state="active"),
                name="application_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", closed_at__isnull=True)
                | models.Q(closed_at__isnull=False, state__in=["hired", "rejected", "withdrawn"]),
                name="application_closes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "requisition", "state", "stage", "stage_since"], name="application_board"
            ),
            models.Index(fields=["company", "candidate"], name="application_by_candidate"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}, {self.requisition}"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class StageMove(Tenant):
    """An application came into a stage, or was closed (no stage). Only grows."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    moved_at = models.DateTimeField(default=clock.now)
    moved_by = member_key()
    # What became of it when it was closed.
    outcome = models.CharField(max_length=10, choices=Application.State.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "application", "moved_at"], name="stage_move_by_application"),
            models.Index(fields=["company", "stage"], name="stage_move_by_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.stage}"


class CandidateNote(Tenant):
    """A note that is no rating. Of somebody on the panel it is sealed like the scorecard (see `hiring.sealing`)."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="notes", db_index=False
    )
    author = member_key()
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["company", "application", "written_at"], name="candidate_note_by_time")
        ]

    def __str__(self) -> str:
        return self.text


class CandidateFile(Tenant):
    """A CV or another file, kept in the private folder of files under `place`; text: what was read out of it."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        TEXT = "text", _("Text")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="files", db_index=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    size = models.PositiveIntegerField()
    place = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    # Why no text could be read.
    fault = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = member_key()

    class Meta:
        indexes = [
            models.Index(fields=["company", "candidate"], name="candidate_file_by_candidate"),
            models.Index(
                fields=["company", "id"],
                condition=models.Q(text="", fault=""),
                name="candidate_file_to_be_read",
            ),
            models.Index(fields=["place"], name="candidate_file_by_place"),
        ]

    def __str__(self) -> str:
        return self.name

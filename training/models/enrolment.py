from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.queries import ids_below
from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .module import Item
from .programme import ProgrammeVersion


class EnrolmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, member: Member) -> Self:
        """The own ones, those of people below, and those in which one hosts; leaders and admins see all."""
        mine = self.filter(company_id=member.company_id)
        if member.sees_everybody:
            return mine
        hosted = RideAlong.objects.filter(company_id=member.company_id, host_id=member.id)
        seen = Q(member_id=member.id) | Q(id__in=hosted.order_by().values("enrolment_id"))
        if member.leads_people:
            seen |= Q(member_id__in=ids_below(member, member.company.today()))
        return mine.filter(seen)

    def going(self) -> Self:
        return self.filter(state=Enrolment.State.ACTIVE)


class Enrolment(Tenant):
    """Somebody on a path, of the version that was out when they began. That it is completed is computed and stays.

    starts_on: the day from which the business days of the path are counted.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Under way")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Why(models.TextChoices):
        ROLE = "role", _("By role")
        HAND = "hand", _("By hand")
        IMPORT = "import", _("Imported")

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, related_name="enrolments", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    why = models.CharField(max_length=6, choices=Why.choices, default=Why.HAND)
    starts_on = models.DateField(_("start"))
    enrolled_by = member_key()
    enrolled_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # For lists without counting: required items that are done, and how many there are.
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    external_id = models.CharField(max_length=200, null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="enrolment_company_id"),
            models.UniqueConstraint(fields=["company", "id", "member"], name="enrolment_of_member"),
            models.UniqueConstraint(fields=["company", "external_id"], name="enrolment_external_id"),
            models.UniqueConstraint(
                fields=["company", "member", "version"],
                condition=~Q(state="withdrawn"),
                name="enrolment_once",
                violation_error_message=_("Is on this path already."),
            ),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
                name="enrolment_completed",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "starts_on"], name="enrolment_by_state"),
            models.Index(fields=["company", "version"], name="enrolment_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.version}"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class Entry(Tenant):
    """What happened at an item of an enrolment: rows are only ever added, so that nothing is un-completed.

    by: who says so. For what another one has to say (JUDGED, WAIVED) never the trainee: the database refuses it.
    checks: what of the rubric was seen, by place. words: reason of a "not yet" or waiver, reflection, what is
    handed in.
    """

    class Kind(models.TextChoices):
        DONE = "done", _("Done")
        TRY = "try", _("Try")
        ASKED = "asked", _("Asked for")
        JUDGED = "judged", _("Judged")
        WAIVED = "waived", _("Waived")

    class Outcome(models.TextChoices):
        PASSED = "passed", _("Passed")
        NOT_YET = "not_yet", _("Not yet")
        OPEN = "open", _("Open")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="entries", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="entries", db_index=False)
    # Of the enrolment, here for the rule that nobody judges the own work.
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    by = member_key()
    at = models.DateTimeField(default=clock.now)
    words = models.TextField(blank=True)
    next_step = models.TextField(_("what to do next"), blank=True)
    checks = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    # Tickets on which it was seen, by id.
    tickets = ArrayField(models.BigIntegerField(), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    # What a quiz or a role-play showed: of a quiz the questions as they were read, what was chosen, and the score.
    shown = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="entry_company_id"),
            models.CheckConstraint(
                condition=~Q(kind__in=["judged", "waived"])
                | (Q(by__isnull=False) & ~Q(by=models.F("member"))),
                name="entry_not_by_the_trainee",
            ),
            models.CheckConstraint(
                condition=~Q(kind="waived") | Q(outcome="passed", words__gt=""),
                name="entry_waiver_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="judged", outcome="not_yet") | Q(words__gt="", next_step__gt=""),
                name="entry_not_yet_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="asked") | Q(outcome="open"), name="entry_asked_is_open"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "enrolment", "item", "id"], name="entry_by_enrolment"),
            models.Index(fields=["company", "at"], condition=Q(kind="asked"), name="entry_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_outcome_display()}"


class QuizTry(Tenant):
    """A quiz that was opened and is not handed in yet: the questions as they are shown, in their order.

    asked: {"seed", "questions": [{"id", "version", "text", "options", "right", "explanation", "order", ...}]}, order
    being the places of the bank in the order shown; see `training.quizzing`. What is right stays here until it is
    handed in.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField(default=clock.now)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    asked = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "enrolment", "item", "number"], name="quiz_try_number"
            ),
            models.UniqueConstraint(
                fields=["company", "enrolment", "item"],
                condition=Q(handed_in_at__isnull=True),
                name="quiz_try_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.number}"


class RideAlong(Tenant):
    """A trainee beside a host, planned and held. What comes of it is an entry of the item."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="rides", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    host = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    zone = models.CharField(max_length=60)
    planned_by = member_key()
    created_at = models.DateTimeField(default=clock.now)
    # Why this host was proposed, as it was read then; empty if somebody else was chosen.
    why = models.JSONField(default=list, blank=True)
    # How many interactions there were, and what the trainee makes of it.
    interactions = models.PositiveSmallIntegerField(_("interactions"), default=0)
    reflection = models.TextField(_("reflection"), blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="ride_along_company_id"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="ride_along_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "enrolment"], name="ride_along_by_enrolment"),
            models.Index(fields=["company", "host", "starts_at"], name="ride_along_by_host"),
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.host}"

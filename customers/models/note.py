from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from cs_platform.lib import clock

from .customer import Customer
from .rules import LONGEST_TEXT, check_days
from .tenant import Tenant, TenantQuerySet, member_key
from .ticket import Ticket


class NoteQuerySet(TenantQuerySet):
    def visible_to(self, member: Member) -> NoteQuerySet:
        """Every note of the company, but for those that somebody deleted."""
        return self.filter(company_id=member.company_id).standing()

    def standing(self) -> NoteQuerySet:
        return self.filter(deleted_at__isnull=True)

    def with_version(self) -> NoteQuerySet:
        """`version`: how many earlier versions each has."""
        made = NoteVersion.objects.filter(company_id=OuterRef("company_id"), note_id=OuterRef("id"))
        count = made.order_by().values("note_id").annotate(n=models.Count("*")).values("n")
        return self.annotate(version=Coalesce(Subquery(count), 0))

    def due(self) -> NoteQuerySet:
        """Promises that are yet to be kept."""
        return self.standing().filter(kept_at__isnull=True, due_on__isnull=False)


class Note(Tenant):
    """Something worth keeping about a customer or a ticket. A promise has a due date and shows until kept."""

    class Type(models.TextChoices):
        NOTE = "note", gettext_lazy("Note")
        CALL = "call", gettext_lazy("Call")
        MEETING = "meeting", gettext_lazy("Meeting")
        FACT = "fact", gettext_lazy("Fact")
        PROMISE = "promise", gettext_lazy("Promise")
        RISK = "risk", gettext_lazy("Risk")

    identity = models.CharField(max_length=210)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notes")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.NOTE)
    body = models.TextField()
    noted_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = member_key()
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = member_key()

    objects = NoteQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "identity"], name="note_identity_unique"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(ticket__isnull=False),
                name="note_is_on_something",
            ),
            models.UniqueConstraint(fields=["company", "id"], name="note_company_id"),
        ]
        indexes = [
            models.Index(
                fields=["company", "due_on"],
                condition=models.Q(kept_at__isnull=True, due_on__isnull=False, deleted_at__isnull=True),
                name="note_promises_due",
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    def clean(self) -> None:
        check_due(self.type, self.due_on)
        if len(self.body) > LONGEST_TEXT:
            raise ValidationError({"body": _("At most %(most)s letters.") % {"most": LONGEST_TEXT}})


def check_due(type: str, due_on: date | None) -> None:
    """A promise has the day on which it is due; nothing else has one. Raises ValidationError that names the field."""
    if type == Note.Type.PROMISE and due_on is None:
        raise ValidationError({"due_on": _("A promise needs the day on which it is due.")})
    if type != Note.Type.PROMISE and due_on is not None:
        raise ValidationError({"due_on": _("Only a promise is due on a day.")})
    check_days({"due_on": due_on})


class NoteVersion(Tenant):
    """What a note said until somebody changed it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=10, choices=Note.Type.choices)
    body = models.TextField()
    due_on = models.DateField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = member_key()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "note", "number"], name="note_version_once")
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.body[:60]}"

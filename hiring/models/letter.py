from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from customers.models.tenant import Tenant, member_key

from .candidate import Application


class LetterTemplate(Tenant):
    """A letter to candidates. {name}, {job}, {company} and {sender} stand for what they name."""

    class Occasion(models.TextChoices):
        RECEIVED = "received", _("Application received")
        STATUS = "status", _("How things stand")
        DECLINE = "decline", _("Turned down")
        OFFER = "offer", _("Offer")

    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion.choices)
    name = models.CharField(_("name"), max_length=120)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="letter_template_name_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="letter_template_company_id"),
        ]

    def __str__(self) -> str:
        return self.name


class Letter(Tenant):
    """A mail to a candidate, written by a person (but for "received"), with how far it is."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="letters", db_index=False
    )
    occasion = models.CharField(max_length=10, choices=LetterTemplate.Occasion.choices)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    author = member_key()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "id"], name="letter_company_id")]
        indexes = [
            models.Index(fields=["company", "application", "written_at"], name="letter_by_application"),
            models.Index(
                fields=["company", "written_at"], condition=models.Q(state="waiting"), name="letter_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

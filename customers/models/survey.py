from django.db import models
from django.utils.translation import gettext_lazy as _

from .customer import Customer
from .tenant import Tenant, member_key
from .ticket import Ticket


class Survey(Tenant):
    """One question put once, and its answer: the last one of 30 days, on the day of the first."""

    class Kind(models.TextChoices):
        CSAT = "csat", _("CSAT")
        NPS = "nps", _("NPS")
        CES = "ces", _("CES")

    SCALES = {"csat": range(1, 6), "nps": range(11), "ces": range(1, 8)}

    identity = models.CharField(max_length=210)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="surveys")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="surveys")
    stated_rep = member_key()
    sent_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField()
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)
    is_made_up = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "identity"], name="survey_identity_unique"),
            models.UniqueConstraint(fields=["company", "id"], name="survey_company_id"),
        ]
        indexes = [models.Index(fields=["company", "kind", "first_answered_at"], name="survey_by_answer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"


class SurveyAnswer(Tenant):
    """Every answer that was given, also those that a later one replaced."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers", db_index=False)
    answered_at = models.DateTimeField()
    score = models.SmallIntegerField()
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "survey", "answered_at"], name="survey_answer_once")
        ]

    def __str__(self) -> str:
        return str(self.score)

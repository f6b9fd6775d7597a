from django.db import models
from django.db.models.functions import Now

from .company import Company
from .member import Member


class Draft(models.Model):
    """What somebody was writing, kept until it is sent. `place` names the form: "ticket:new", "ticket:7:reply"."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="drafts")
    place = models.CharField(max_length=100)
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "member", "place"], name="draft_one_a_place")
        ]

    def __str__(self) -> str:
        return self.place

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Company


class Lane(models.TextChoices):
    SATISFACTION = "satisfaction", _("Satisfaction")
    PRODUCTIVITY = "productivity", _("Productivity")


class Focus(models.Model):
    """The metric that a company looks at first in a lane, and what it aims at.

    target: in the metric's own unit (a fraction, points, seconds, tickets per hour); none without an aim.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="focuses", db_index=False)
    lane = models.CharField(max_length=12, choices=Lane.choices)
    metric = models.CharField(max_length=40)
    target = models.FloatField(null=True, blank=True)

    class Meta:
        db_table = "metrics_focus"
        constraints = [models.UniqueConstraint(fields=["company", "lane"], name="focus_one_a_lane")]

    def __str__(self) -> str:
        return f"{self.lane}: {self.metric}"

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now

from .company import Company
from .member import Member, Team


class ReportingLineQuerySet(models.QuerySet["ReportingLine"]):
    def visible_to(self, member: Member) -> ReportingLineQuerySet:
        return self.filter(company_id=member.company_id)

    def in_force(self) -> ReportingLineQuerySet:
        """Lines that nobody corrected since."""
        return self.filter(superseded_at__isnull=True)

    def on(self, day: date) -> ReportingLineQuerySet:
        """The line of each person on a day."""
        latest = (
            ReportingLine.objects.in_force()
            .filter(company_id=OuterRef("company_id"), member_id=OuterRef("member_id"), valid_from__lte=day)
            .order_by("-valid_from")
            .values("id")[:1]
        )
        return self.in_force().filter(id=Subquery(latest))

    def with_until(self) -> ReportingLineQuerySet:
        """With `until`, the first day of the next line, or None: a line ends where the next begins."""
        following = (
            ReportingLine.objects.in_force()
            .filter(
                company_id=OuterRef("company_id"),
                member_id=OuterRef("member_id"),
                valid_from__gt=OuterRef("valid_from"),
            )
            .order_by("valid_from")
            .values("valid_from")[:1]
        )
        return self.annotate(until=Subquery(following))


class ReportingLine(models.Model):
    """Who somebody reports to from a day on; no manager makes a root.

    Rows are never edited: a correction supersedes the row and adds another, so that what was believed
    before can still be read. A trigger in the database holds to that.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="reporting_lines")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="lines")
    valid_from = models.DateField()
    manager = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="report_lines")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="lines")
    from_people_file = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)

    objects = ReportingLineQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "manager", "valid_from"], name="line_by_manager")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "member", "valid_from"],
                condition=Q(superseded_at__isnull=True),
                name="line_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | ~Q(manager=F("member")), name="line_not_to_self"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} to {self.manager_id} from {self.valid_from}"

"""Keeps how coverage stands, for the line over time."""

from accounts.models import Company
from playbooks.models import CoverageDay, Scenario
from playbooks.queries.coverage import coverage


def keep_coverage(*, company_id: int) -> None:
    """Today's row, as it stands now; safe to run again. The last one of a day is what stays."""
    company = Company.objects.get(id=company_id)
    found = coverage(company, company.today())
    CoverageDay.objects.bulk_create(
        [CoverageDay(company=company, day=found.day, tickets=found.n, covered=found.covered)],
        update_conflicts=True,
        unique_fields=["company", "day"],
        update_fields=["tickets", "covered"],
    )


def companies_with_scenarios() -> list[int]:
    return list(Scenario.objects.order_by("company_id").values_list("company_id", flat=True).distinct())

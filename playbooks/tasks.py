"""Celery's part: short, safe to run twice, safe to lose."""

from celery import shared_task

from accounts.models import Company

from .actions import history
from .actions.reminders import remind_of_verification


@shared_task
def remind_everybody() -> None:
    """Every hour: companies in which it is morning by now hear of playbooks that have to be verified."""
    for company_id in Company.objects.values_list("id", flat=True):
        remind.delay(company_id)


@shared_task
def remind(company_id: int) -> None:
    company = Company.objects.filter(id=company_id).first()
    if company is not None:
        remind_of_verification(company)


@shared_task
def keep_coverage_everywhere() -> None:
    """Every hour, since days end at any hour somewhere: the last row of a day is what stays of it."""
    for company_id in history.companies_with_scenarios():
        keep_coverage.delay(company_id)


@shared_task
def keep_coverage(company_id: int) -> None:
    history.keep_coverage(company_id=company_id)

"""Celery's part: short, safe to run twice, safe to lose."""

from celery import shared_task

from accounts.models import Company

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

"""Celery's part: short, safe to run twice, safe to lose."""

from celery import Task, shared_task

from accounts.models import Company

from .actions.expiry import remind_of_ends
from .actions.ride_mails import send_ride_mail
from .actions.session_mails import send_session_mail


@shared_task
def remind_everybody() -> None:
    """Every hour: companies in which it is morning by now hear of certificates that end."""
    for company_id in Company.objects.values_list("id", flat=True):
        remind.delay(company_id)


@shared_task
def remind(company_id: int) -> None:
    company = Company.objects.filter(id=company_id).first()
    if company is not None:
        remind_of_ends(company)


@shared_task(bind=True, max_retries=5)
def mail_session(
    self: Task, session_id: int, member_id: int, sequence: int, method: str, is_new: bool, site: str
) -> None:
    """Sends an invitation to a live session; a mail server that is away is tried for half an hour."""
    try:
        send_session_mail(
            session_id=session_id,
            member_id=member_id,
            sequence=sequence,
            method=method,
            is_new=is_new,
            site=site,
        )
    except OSError as error:
        raise self.retry(countdown=60 * 2**self.request.retries, exc=error) from error


@shared_task(bind=True, max_retries=5)
def mail_ride(self: Task, ride_id: int, member_id: int, sequence: int, site: str) -> None:
    """Sends what there is to know of a ride-along; a mail server that is away is tried for half an hour."""
    try:
        send_ride_mail(ride_id=ride_id, member_id=member_id, sequence=sequence, site=site)
    except OSError as error:
        raise self.retry(countdown=60 * 2**self.request.retries, exc=error) from error

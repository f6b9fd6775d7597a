"""Celery's part: short, safe to run twice, safe to lose."""

from contextlib import suppress

from celery import shared_task

from accounts.models import Company

from .actions.erasure import erase_for
from .actions.reminders import remind_of_promises
from .imports import uploads
from .imports.engine import Busy
from .models import Upload


@shared_task
def check_upload(upload_id: int) -> None:
    """Tries an upload out. While another import runs it waits for that one's next pause, or for beat."""
    upload = Upload.objects.select_related("company", "actor__user").get(id=upload_id)
    with suppress(Busy):
        uploads.try_out(upload)


@shared_task
def import_uploads(company_id: int) -> None:
    """A piece of the company's next upload, and itself again as long as there is more."""
    if uploads.import_next(company_id):
        import_uploads.delay(company_id)


@shared_task
def continue_uploads() -> None:
    uploads.continue_stale()


@shared_task
def forget_uploads() -> None:
    uploads.forget_old()


@shared_task
def remind_everybody() -> None:
    """Every hour: companies in which it is morning by now hear of their promises."""
    for company_id in Company.objects.values_list("id", flat=True):
        remind.delay(company_id)


@shared_task
def remind(company_id: int) -> None:
    remind_of_promises(Company.objects.get(id=company_id))


@shared_task
def erase_customer(member_id: int, customer_id: int, with_name: bool) -> None:
    """An erasure of many rows; run twice it finds nothing left to erase."""
    erase_for(member_id, customer_id, with_name)

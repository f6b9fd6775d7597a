"""Celery's part: short, safe to run twice, safe to lose."""

from contextlib import suppress

from celery import current_app, shared_task

from accounts.models import Company, Removal
from accounts.queries.demo import asked_for_demo, has_joined_demo, removals_to_look_after

from .actions import portions
from .actions.reminders import remind_of_promises
from .actions.reply_mail import deliver
from .demo import marks
from .imports import uploads
from .imports.engine import Busy
from .imports.removal import remove_piece
from .models import Upload
from .queries.reply_mail import mails_due


@shared_task
def check_upload(upload_id: int) -> None:
    """Tries an upload out. While another import runs it waits for that one's next pause, or for beat."""
    upload = Upload.objects.select_related("company", "actor__user").filter(id=upload_id).first()
    # It may be gone by now: forgotten, or removed with its company.
    if upload is not None:
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
def do_long_deed(deed_id: int) -> None:
    """A piece of a merge, its undo or an erasure, and itself again as long as there is more."""
    if portions.work_on(deed_id):
        do_long_deed.delay(deed_id)


@shared_task
def continue_long_deeds() -> None:
    portions.continue_stale()


@shared_task
def mail_reply(mail_id: int) -> None:
    """Sends the mail of a reply, once; what the server refused is due again later."""
    deliver(mail_id=mail_id)


@shared_task
def mail_due_replies() -> None:
    """What waits for another try, whose task was lost, or whose sender did not come back."""
    for mail_id in mails_due():
        mail_reply.apply_async([mail_id], expires=60)


@shared_task
def remove_company(removal_id: int) -> None:
    """A piece of a company's removal, and itself again as long as there is more. While an import is at work it
    waits for beat."""
    with suppress(Busy):
        if not remove_piece(Removal.objects.get(id=removal_id)):
            remove_company.delay(removal_id)


@shared_task
def continue_removals() -> None:
    """Whatever became of the tasks that began them."""
    for removal_id in removals_to_look_after().values_list("id", flat=True):
        remove_company.apply_async([removal_id], expires=30)


@shared_task
def continue_demo() -> None:
    """A demo that was asked for is loaded to its end, whatever became of the worker that was at it."""
    for admin in asked_for_demo():
        if not (marks.nothing_to_do() and has_joined_demo(admin)):
            current_app.send_task("accounts.tasks.load_demo", [admin.id], expires=30)

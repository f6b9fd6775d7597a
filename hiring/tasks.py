"""Celery's part: short, safe to run twice, safe to lose."""

from celery import shared_task

from accounts.models import Company

from .actions import files, held, sending
from .actions.erasure import erase_candidate
from .actions.invitations import deliver
from .actions.reminders import remind_of_scorecards
from .actions.retention import ended, warn_of_ends, wind_clock
from .imports import takeovers
from .models import CandidateFile
from .queries.mails import mails_due


@shared_task
def read_file(file_id: int) -> None:
    """Reads the text of a file of a candidate; it may be gone by now."""
    kept = CandidateFile.objects.filter(id=file_id).first()
    if kept is not None:
        files.read_text(kept)


@shared_task
def read_files() -> None:
    """Those that were handed in while no worker was there, or whose worker was killed."""
    for file_id in CandidateFile.objects.filter(text="", fault="").values_list("id", flat=True)[:20]:
        read_file.delay(file_id)


@shared_task
def keep_no_longer_everywhere() -> None:
    for company_id in Company.objects.values_list("id", flat=True):
        keep_no_longer.delay(company_id)


@shared_task
def keep_no_longer(company_id: int) -> None:
    """Sets the ends of a company's files, warns of those that come, erases what has ended."""
    company = Company.objects.filter(id=company_id).first()
    if company is None:
        return
    wind_clock(company_id=company_id)
    warn_of_ends(company_id=company_id, today=company.today())
    for candidate in ended(company_id, company.today()):
        erase_candidate(actor=None, candidate=candidate)


@shared_task
def sweep_files() -> None:
    files.sweep()
    takeovers.forget_old()


@shared_task(time_limit=1800)
def work_on_takeover(takeover_id: int) -> None:
    """Tries or imports the tables of another program, all in one transaction."""
    takeovers.work_on(takeover_id)


@shared_task
def continue_takeovers() -> None:
    takeovers.continue_stale()


@shared_task
def drop_held_files() -> None:
    """CVs that came with a form which nobody sent a second time."""
    held.drop_old()


@shared_task
def mail_interview(mail_id: int) -> None:
    """Sends a mail about an interview, once; what the server refused is due again later."""
    deliver(mail_id=mail_id)


@shared_task
def mail_due_interviews() -> None:
    """What waits for another try, or whose task was lost."""
    for mail_id in mails_due():
        mail_interview.apply_async([mail_id], expires=60)


@shared_task
def remind_scorers() -> None:
    """Every few minutes: scorecards that have become due since."""
    remind_of_scorecards()


@shared_task
def send_letter(letter_id: int) -> None:
    """Sends a letter to a candidate, once; what the server refused is due again later."""
    sending.deliver(letter_id=letter_id)


@shared_task
def send_due_letters() -> None:
    """What waits to be sent the first time or again."""
    for letter_id in sending.letters_due():
        send_letter.apply_async([letter_id], expires=60)

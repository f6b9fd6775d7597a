"""A company's removal at work: its files, then its rows, in pieces that end within a minute."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from accounts import mailbox
from accounts.actions import take_away
from accounts.models import Member, Removal
from customers.models import ImportRun, Upload

from .engine import one_at_a_time
from .intake import FOLDER

PIECE = 40.0  # seconds; a portion more may follow
SEEDINGS = 0  # the company that cannot be, at whose lock the seedings of the demo queue


def remove_piece(removal: Removal, seconds: float = PIECE) -> bool:
    """Goes on with a removal; returns whether nothing is left. Raises Busy while something is being imported."""
    with ExitStack() as held:
        if removal.is_demo:
            held.enter_context(one_at_a_time(SEEDINGS, wait=False))
        held.enter_context(one_at_a_time(removal.number, wait=False))
        _remove_files(removal)
        return take_away(removal, seconds)


def _remove_files(removal: Removal) -> None:
    """Before the rows, for these say where the files are."""
    var = Path(settings.VAR)
    uploads = Upload.objects.filter(company_id=removal.number).exclude(path="")
    for path in uploads.values_list("path", flat=True):
        folder = (var / path).parent
        if folder.parent == var / FOLDER:  # nothing else is ours to sweep away, whatever a row says
            shutil.rmtree(folder, ignore_errors=True)
    runs = ImportRun.objects.filter(company_id=removal.number).exclude(error_file="")
    for path in runs.values_list("error_file", flat=True):
        if Path(path).parent == var / "imports":
            Path(path).unlink(missing_ok=True)
    if removal.is_demo:
        shutil.rmtree(var / "demo" / removal.slug, ignore_errors=True)
    if mailbox.mails_are_kept():
        _remove_mails(removal, Path(settings.EMAIL_FILE_PATH))


def _remove_mails(removal: Removal, folder: Path) -> None:
    """Mails that were written to files: to people of this company alone, and those that it sent to others."""
    everybody = Member.objects.order_by()
    theirs = set(everybody.filter(company_id=removal.number).values_list("email", flat=True))
    theirs -= set(everybody.exclude(company_id=removal.number).values_list("email", flat=True))
    for file in folder.glob("*.log"):
        found = mailbox.read(folder, file.name)
        if found and all(
            mail.company == removal.slug or theirs.issuperset(each.lower() for each in mail.to)
            for mail in found
        ):
            file.unlink(missing_ok=True)

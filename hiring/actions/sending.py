"""How letters to candidates leave the house.

A letter goes out at most once. Before it is sent its row says that it may have been (committed), and only then does
the mail server hear of it: a worker that is killed in between leaves a letter that a person may send again. Only what
a server refused for certain is tried again by itself.
"""

import smtplib
from contextlib import suppress
from datetime import timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.mailbox import COMPANY, mails_are_kept
from cs_platform.lib import clock
from cs_platform.lib.outside import storable
from hiring.models import Application, Letter

from .letters import can_be_mailed

State = Letter.State
LONGEST_FAULT = 300
MOST_TRIES, MOST_AT_ONCE = 6, 200  # after 1, 3, 7, 15 and 31 minutes
# After these nothing went out, for certain; a ValueError comes while the mail is put together.
ANSWERS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPResponseException,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


def letters_due() -> list[int]:
    """Of all companies: what waits and may be tried."""
    waiting = Letter.objects.filter(state=State.WAITING).order_by("written_at")
    rows = waiting.values_list("id", "written_at", "tries")[:MOST_AT_ONCE]
    return [letter for letter, written_at, tries in rows if written_at + _pause(tries) <= clock.now()]


def deliver(*, letter_id: int) -> None:
    """What a worker does with a letter that waits. Called twice it does nothing the second time."""
    letter = _claim(letter_id)
    if letter is None:
        return
    if why_not := _hindrance(letter):
        _settle(letter, State.FAILED, why_not)
        return
    try:
        _send(letter)
    except Refused as refused:
        is_over = refused.is_final or letter.tries >= MOST_TRIES
        _settle(letter, State.FAILED if is_over else State.WAITING, refused.words)
    except OSError as error:
        _settle(letter, State.FAILED, _("Perhaps sent: %(why)s") % {"why": _words(error)})
    else:
        _settle(letter, State.SENT)


class Refused(Exception):
    """A mail server was not there, or said no: for certain nothing went out."""

    def __init__(self, error: Exception, *, is_final: bool = False) -> None:
        super().__init__(str(error))
        self.words, self.is_final = _words(error), is_final


def _pause(tries: int) -> timedelta:
    """From the writing to the next try."""
    return timedelta(minutes=2**tries - 1)


@transaction.atomic
def _claim(letter_id: int) -> Letter | None:
    """Makes the letter one's own to send; of two who come at once the database lets one through."""
    mine = Letter.objects.filter(id=letter_id, state=State.WAITING).update(
        state=State.FAILED,
        tries=F("tries") + 1,
        fault=_("Perhaps sent: whoever sent it did not come back"),
    )
    if not mine:
        return None
    links = ("company", "author", "application__candidate", "application__requisition__owner")
    return Letter.objects.select_related(*links).get(id=letter_id)


def _hindrance(letter: Letter) -> str:
    """What has come in between since it was written."""
    if letter.application.candidate.erased_at or not can_be_mailed(letter.to) or not letter.body:
        return _("It was erased, or the address is none")
    if letter.company.demo_note and not mails_are_kept():
        return _("Candidates of the demo are made up, so their letters stay here")
    return ""


def _send(letter: Letter) -> None:
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise Refused(error) from error
    try:
        connection.send_messages([_mail(letter)])
    except ANSWERS as error:
        raise Refused(error, is_final=_is_final(error)) from error
    finally:
        with suppress(OSError):
            connection.close()


def _mail(letter: Letter) -> EmailMessage:
    answers_to = letter.author or letter.application.requisition.owner
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {COMPANY: letter.company.slug}
    if letter.author is None:
        headers["Auto-Submitted"] = "auto-generated"
    return EmailMessage(
        letter.subject,
        letter.body + "\n",
        formataddr((" ".join((letter.company.sender_name or letter.company.name).split()), sender)),
        [letter.to],
        reply_to=[answers_to.email] if answers_to and answers_to.is_active else None,
        headers=headers,
    )


def _is_final(error: Exception) -> bool:
    """No such mailbox, or a text that is not wanted: tomorrow it would be the same."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return not isinstance(error, smtplib.SMTPResponseException)


def _words(error: Exception) -> str:
    """What a mail server said, on one line."""
    text = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        text = f"{code} {_text(said)}"
    elif isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_text(error.smtp_error)}"
    return storable(" ".join(text.split()))[:LONGEST_FAULT]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


@transaction.atomic
def _settle(letter: Letter, state: str, fault: str = "") -> None:
    sent_at = clock.now() if state == State.SENT else None
    Letter.objects.filter(id=letter.id).update(state=state, fault=fault[:LONGEST_FAULT], sent_at=sent_at)
    if state == State.SENT:
        if letter.author_id:
            Application.objects.filter(id=letter.application_id).update(answered_at=sent_at)
        activity.record("letter.sent", letter, actor=None, application=letter.application_id)
    elif state == State.FAILED:
        activity.record("letter.not_sent", letter, actor=None, application=letter.application_id)

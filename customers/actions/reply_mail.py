"""Replies that leave the house.

A mail goes out at most once. Before it is sent its row says so ("sending", committed), and only then does the
mail server hear of it; whoever finds that row later, with its time over, does not know whether the mail went out
and does not send it. So a worker that is killed in between may cost a mail, which the ticket shows, but nobody
gets the same reply twice unless a person decides so. Only what a server refused for certain is tried again.
"""

import smtplib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.mailbox import mails_are_kept
from accounts.models import Member
from cs_platform.lib import clock
from cs_platform.lib.outside import storable
from customers.models import Event, ReplyMail, Ticket, TicketEvent
from customers.queries.reply_mail import address_for, is_mailing

from .letters import domain, letter_of
from .tickets import reply_to_ticket

State = ReplyMail.State
# A task lives two minutes at most, so by then its sender is dead.
LEASE = timedelta(minutes=5)
MOST_TRIES = 6  # after 1, 2, 4, 8 and 16 minutes: half an hour
LONGEST_ERROR = 300
# After these nothing went out, for certain; a ValueError comes while the mail is put together.
ANSWERS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPResponseException,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


@transaction.atomic
def send_reply(
    *, actor: Member, ticket: Ticket, body: str, at: datetime | None = None, **more: Any
) -> Ticket:
    """A reply to the customer: `reply_to_ticket`, and its mail if the company mails replies.

    With `at` it is the record of a reply that was given elsewhere, and nothing is mailed.
    """
    ticket = reply_to_ticket(actor=actor, ticket=ticket, body=body, at=at, **more)
    address = address_for(actor.company, ticket) if at is None else ""
    if address:
        # The ticket is locked, so its newest reply is this one.
        event = TicketEvent.objects.filter(ticket=ticket, event=Event.REPLIED).latest("id")
        ReplyMail.objects.create(
            company_id=ticket.company_id,
            event=event,
            to_address=address,
            message_id=f"<reply-{event.id}-{uuid4().hex[:12]}@{domain()}>",
            due_at=clock.now(),
        )
    return ticket


@transaction.atomic
def mail_again(*, actor: Member, ticket: Ticket, event_id: int) -> None:
    """Tries a mail again that was given up, to the requester's present address. Raises ValidationError."""
    rows = ReplyMail.objects.filter(company_id=actor.company_id, event_id=event_id, event__ticket=ticket)
    mail = rows.select_for_update(of=("self",)).first()
    if mail is None or mail.state not in (State.FAILED, State.UNSURE):
        raise ValidationError(_("There is nothing to mail again: it was mailed, or waits to be."))
    mail.to_address = address_for(actor.company, ticket)
    if not mail.to_address:
        raise ValidationError(_("Mailing is off, or no address of the requester is known."))
    mail.state, mail.tries, mail.error, mail.due_at = State.WAITING, 0, "", clock.now()
    mail.save(update_fields=["to_address", "state", "tries", "error", "due_at"])
    activity.record("ticket.mailed_again", ticket, actor=actor, event=event_id)


def deliver(*, mail_id: int) -> None:
    """What a worker does with a mail that waits. Called twice, or of a mail that is not due, it does nothing."""
    mail = _claim(mail_id)
    if mail is None:
        return
    if why_not := _hindrance(mail):
        _give_up(mail, why_not)
        return
    try:
        _send(mail)
    except Refused as refused:
        (_give_up if refused.is_final or mail.tries >= MOST_TRIES else _put_off)(mail, refused.words)
    except OSError as error:
        _settle(mail, State.UNSURE, error=_words(error))
    else:
        _settle(mail, State.KEPT if mails_are_kept() else State.SENT, sent_at=clock.now())


class Refused(Exception):
    """A mail server was not there, or said no: for certain nothing went out."""

    def __init__(self, error: Exception, *, is_final: bool = False) -> None:
        super().__init__(str(error))
        self.words, self.is_final = _words(error), is_final


@transaction.atomic
def _claim(mail_id: int) -> ReplyMail | None:
    """Makes the mail one's own to send. Of two who come at once the database lets one through."""
    now = clock.now()
    due = ReplyMail.objects.filter(id=mail_id, due_at__lte=now)
    if due.filter(state=State.SENDING).update(state=State.UNSURE, due_at=None):
        _settle(_with_links(mail_id), State.UNSURE)
        return None
    mine = due.filter(state=State.WAITING).update(
        state=State.SENDING, tries=F("tries") + 1, due_at=now + LEASE
    )
    return _with_links(mail_id) if mine else None


def _with_links(mail_id: int) -> ReplyMail:
    return ReplyMail.objects.select_related("company", "event__ticket", "event__actor").get(id=mail_id)


def _hindrance(mail: ReplyMail) -> str:
    """What has come in between since the reply was written."""
    if not is_mailing(mail.company):
        return _("mailing was switched off")
    if not mail.to_address or not mail.event.body:
        return _("it was erased")
    return ""


def _send(mail: ReplyMail) -> None:
    """Hands the mail over. Raises Refused if it did not go out, another OSError if that is not known."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise Refused(error) from error
    try:
        connection.send_messages([letter_of(mail)])
    except ANSWERS as error:
        raise Refused(error, is_final=_is_final(error)) from error
    finally:
        with suppress(OSError):
            connection.close()


def _is_final(error: Exception) -> bool:
    """No such mailbox, a text that is not wanted, or what no mail can hold: tomorrow it would be the same."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return not isinstance(error, smtplib.SMTPResponseException)


def _words(error: Exception) -> str:
    """What a mail server said, on one line."""
    code: int | str
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        code, said = "", str(error) or type(error).__name__
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return storable(" ".join(f"{code} {text}".split()))[:LONGEST_ERROR]


def _put_off(mail: ReplyMail, words: str) -> None:
    pause = timedelta(minutes=2 ** (mail.tries - 1))
    ReplyMail.objects.filter(id=mail.id).update(state=State.WAITING, error=words, due_at=clock.now() + pause)


def _give_up(mail: ReplyMail, words: str) -> None:
    _settle(mail, State.FAILED, error=words)


@transaction.atomic
def _settle(mail: ReplyMail, state: str, *, error: str = "", sent_at: datetime | None = None) -> None:
    ReplyMail.objects.filter(id=mail.id).update(state=state, error=error, sent_at=sent_at, due_at=None)
    ticket, event = mail.event.ticket, mail.event_id
    if sent_at:
        activity.record("ticket.mailed", ticket, actor=None, event=event)
    else:
        activity.record("ticket.not_mailed", ticket, actor=None, event=event, by=mail.event.actor_id)

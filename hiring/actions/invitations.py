"""Mails about interviews: written with the deed, sent afterwards, tried again for half an hour, each once."""

import smtplib
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import activity
from accounts.mailbox import mails_are_kept
from accounts.models import Member
from cs_platform.lib import clock
from hiring.invitations import letter_of
from hiring.models import Interview, InterviewMail, Scorecard

Kind, State = InterviewMail.Kind, InterviewMail.State
MOST_TRIES = 6  # after 1, 2, 4, 8 and 16 minutes: half an hour


def write_mails(interview: Interview, kind: str, to: Iterable[int | None], site: str = "") -> None:
    """To these members, and to the candidate for None. What waits for them of the same interview is out of date.

    Inside the transaction of the deed. Of an interview that lies behind nothing is written.
    """
    recipients = list(to)
    if not recipients or interview.ends_at <= clock.now():
        return
    waiting = InterviewMail.objects.filter(
        company_id=interview.company_id, interview=interview, state=State.WAITING
    )
    theirs = Q(member_id__in=[each for each in recipients if each])
    if None in recipients:
        theirs |= Q(member__isnull=True)
    waiting.filter(theirs).update(state=State.DROPPED, due_at=None)
    site = site or _site_of(interview)
    InterviewMail.objects.bulk_create(
        [
            InterviewMail(
                company_id=interview.company_id,
                interview=interview,
                member_id=recipient,
                kind=kind,
                sequence=interview.sequence,
                site=site,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )


def write_reminder(card: Scorecard) -> None:
    """That a scorecard is due, once for each planned time."""
    InterviewMail.objects.bulk_create(
        [
            InterviewMail(
                company_id=card.company_id,
                interview=card.interview,
                member_id=card.member_id,
                kind=Kind.REMINDER,
                sequence=card.interview.sequence,
                site=_site_of(card.interview),
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mail_again(*, actor: Member, interview: Interview) -> int:
    """Tries those again that were given up; returns how many. Raises ValidationError if there are none."""
    failed = InterviewMail.objects.filter(
        company_id=interview.company_id, interview=interview, state=State.FAILED
    )
    found = failed.update(state=State.WAITING, tries=0, error="", due_at=clock.now())
    if not found:
        raise ValidationError(_("There is nothing to mail again."))
    activity.record("interview.mailed_again", interview, actor=actor, mails=found)
    return found


@transaction.atomic
def deliver(*, mail_id: int) -> None:
    """What a worker does with a mail that waits. The row stays locked meanwhile, so two do not send it at once; after
    a crash it may go out again, which calendars take for the same invitation."""
    mails = InterviewMail.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    mail = (
        mails.filter(id=mail_id, state=State.WAITING, due_at__lte=clock.now())
        .select_related(
            "company",
            "member__user",
            "interview__stage",
            "interview__planned_by",
            "interview__application__candidate",
            "interview__application__requisition",
        )
        .first()
    )
    if mail is None:
        return
    address = _address_of(mail)
    if not address or _is_out_of_date(mail):
        _settle(mail, State.DROPPED)
        return
    mail.tries += 1
    try:
        letter_of(mail, address).send()
    except (OSError, ValueError) as error:
        _put_off(mail, error)
    else:
        mail.sent_at = clock.now()
        _settle(mail, State.KEPT if mails_are_kept() else State.SENT)


def _address_of(mail: InterviewMail) -> str:
    """Where it goes, or nothing: a leaver, somebody who was erased, the made-up people of a demo."""
    if mail.company.demo_note and not mails_are_kept():
        return ""
    if mail.member_id:
        return mail.member.email if mail.member.is_active else ""
    candidate = mail.interview.application.candidate
    address = "" if candidate.erased_at else candidate.email
    with suppress(ValidationError):
        validate_email(address)
        return address
    return ""


def _is_out_of_date(mail: InterviewMail) -> bool:
    if mail.kind == Kind.REMINDER:
        cards = mail.interview.scorecards.waiting()
        return not cards.filter(member=mail.member).exists()
    return mail.kind == Kind.INVITATION and mail.interview.state == Interview.State.CANCELLED


def _put_off(mail: InterviewMail, error: Exception) -> None:
    code = getattr(error, "smtp_code", "")
    mail.error = f"{type(error).__name__} {code}".strip()[:60]
    is_final = isinstance(error, ValueError) or _is_refused_for_good(error)
    if is_final or mail.tries >= MOST_TRIES:
        _settle(mail, State.FAILED)
        return
    mail.due_at = clock.now() + timedelta(minutes=2 ** (mail.tries - 1))
    mail.save(update_fields=["tries", "error", "due_at"])


def _is_refused_for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _settle(mail: InterviewMail, state: str) -> None:
    mail.state, mail.due_at = state, None
    mail.save(update_fields=["state", "due_at", "tries", "error", "sent_at"])


def _site_of(interview: Interview) -> str:
    """That of an earlier mail: deeds that nobody does in a browser know none."""
    mails = InterviewMail.objects.filter(company_id=interview.company_id, interview=interview)
    return mails.exclude(site="").order_by("-id").values_list("site", flat=True).first() or ""

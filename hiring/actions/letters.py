"""Letters to candidates: written by a person (but for "received"), with a template or without. How they leave:
`sending`."""

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.models import Application, Letter, LetterTemplate

from .candidates import close_application
from .news import MAILED, seen_to

Occasion, State = LetterTemplate.Occasion, Letter.State
PLACES = re.compile(r"\{(name|job|company|sender)\}")
NOWHERE = ".invalid"  # never an address
LONGEST = 20000


def filled(text: str, application: Application, sender: str) -> str:
    """A template with the names in their places; braces of any other kind stay."""
    names = {
        "name": application.candidate.name,
        "job": application.requisition.title,
        "company": application.company.name,
        "sender": sender,
    }
    return PLACES.sub(lambda place: names[place[1]], text)


@transaction.atomic
def write_letter(
    *, actor: Member | None, application: Application, occasion: str, subject: str, body: str
) -> Letter:
    """A letter that will be mailed. Sent twice within a minute it is one. Raises ValidationError by field."""
    application = _locked(application)
    letter = Letter(
        company_id=application.company_id,
        application=application,
        occasion=occasion,
        to=_address_of(application),
        subject=" ".join(subject.split()),
        body=body.strip(),
        author=actor,
    )
    if len(letter.body) > LONGEST:
        raise ValidationError({"body": _("This letter is too long.")})
    letter.full_clean(exclude=["company", "application"])
    same = application.letters.filter(
        occasion=occasion, subject=letter.subject, body=letter.body, author=actor, to=letter.to
    )
    twice = same.filter(written_at__gte=clock.now() - timedelta(minutes=1)).first()
    if twice is not None:
        return twice
    letter.save()
    activity.record(
        "letter.written", letter, actor=actor, application=application.id, occasion=letter.occasion
    )
    return letter


@transaction.atomic
def turn_down(
    *,
    actor: Member,
    application: Application,
    subject: str,
    body: str,
    why: str,
    version: int,
    cancels_interviews: bool = False,
) -> Letter:
    """A person turns somebody down, with a letter of theirs: both or neither."""
    close_application(
        actor=actor,
        application=application,
        state=Application.State.REJECTED,
        why=why,
        version=version,
        cancels_interviews=cancels_interviews,
    )
    return write_letter(
        actor=actor, application=application, occasion=Occasion.DECLINE, subject=subject, body=body
    )


@transaction.atomic
def queue_received(application: Application) -> Letter | None:
    """The one letter that is sent by itself: that an application has come. Once for each; none without an address."""
    application = _locked(application)
    templates = LetterTemplate.objects.filter(company_id=application.company_id, occasion=Occasion.RECEIVED)
    template = templates.order_by("id").first()
    told = application.letters.filter(occasion=Occasion.RECEIVED).exists()
    if template is None or told or not can_be_mailed(application.candidate.email):
        return None
    owner = application.requisition.owner
    sender = owner.name if owner and owner.is_active else application.company.name
    return write_letter(
        actor=None,
        application=application,
        occasion=Occasion.RECEIVED,
        subject=filled(template.subject, application, sender)[:200],
        body=filled(template.body, application, sender),
    )


@transaction.atomic
def send_again(*, actor: Member, letter: Letter) -> Letter:
    """Tries a letter that could not be sent again, to the address that is known now."""
    application = _locked(letter.application)
    letter = Letter.objects.select_for_update(no_key=True).get(id=letter.id)
    if letter.state != State.FAILED:
        raise ValidationError(_("This letter was sent, or waits to be."))
    letter.to, letter.state, letter.tries, letter.fault = _address_of(application), State.WAITING, 0, ""
    letter.save(update_fields=["to", "state", "tries", "fault"])
    activity.record("letter.sent_again", letter, actor=actor, application=application.id)
    seen_to(actor, MAILED, application=application.id)
    return letter


# --- Templates ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_template(
    *, actor: Member, template: LetterTemplate | None, version: int = 0, **fields: Any
) -> LetterTemplate:
    """A new one, or other words. Raises EditConflict for a stale version, ValidationError by field."""
    if template is None:
        template = LetterTemplate(company_id=actor.company_id)
    else:
        template = LetterTemplate.objects.select_for_update(no_key=True).get(id=template.id)
        if template.version != version:
            raise EditConflict(template, template.version)
        template.version += 1
    for name, value in fields.items():
        setattr(template, name, value)
    template.full_clean(exclude=["company"])
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a letter of this name already.")}) from error
    activity.record("letter_template.saved", template, actor=actor)
    return template


@transaction.atomic
def remove_template(*, actor: Member, template: LetterTemplate) -> None:
    """Letters that were written with it stay as they are. The last one on an occasion stays too."""
    others = LetterTemplate.objects.filter(company_id=template.company_id, occasion=template.occasion)
    if not others.exclude(id=template.id).exists():
        raise ValidationError(_("Keep at least one letter for each occasion."))
    activity.record("letter_template.removed", template, actor=actor)
    template.delete()


# ------------------------------------------------------------------------------------------------------------------


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("candidate", "requisition__owner", "company").get(id=application.id)


def _address_of(application: Application) -> str:
    if not can_be_mailed(application.candidate.email):
        raise ValidationError(_("No e-mail address of this candidate is known."))
    return application.candidate.email


def can_be_mailed(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return not address.endswith(NOWHERE)

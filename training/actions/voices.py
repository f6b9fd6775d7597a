"""The customer's voice: kept with consent, taken back, and gone when the customer is erased."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Customer, Note, Survey
from training.models import Voice
from training.queries.voices import said_at

LONGEST = 4000
LEFT_OUT = re.compile(r"…|\.\.\.|\[[^\]\n]*\]")


@transaction.atomic
def keep_voice(
    *, actor: Member, source: str, quote: str, consent_on: date, consent_by: Member, theme: str = ""
) -> Voice:
    """What a customer said, word for word, with who asked them and the day on which they agreed. Twice is once.

    Raises ValidationError: nothing is left there, it was not said so, or nobody of the company asked.
    """
    said = said_at(actor, source)
    if said is None or said.customer is None or said.customer.erased_at is not None:
        raise ValidationError(_("There is nothing said there any more."))
    # An erasure of the same customer waits until this is written, and then blanks it.
    Customer.objects.select_for_update(no_key=True).get(id=said.customer.id)
    found = Voice.objects.filter(
        company_id=actor.company_id, source=source, withdrawn_at__isnull=True
    ).first()
    if found is not None:
        return found
    if consent_by.company_id != actor.company_id:
        raise ValidationError({"consent_by": _("Somebody of your company asked.")})
    if consent_on > actor.company.today():
        raise ValidationError({"consent_on": _("They cannot have agreed on a day to come.")})
    if not was_said(quote, said.text):
        raise ValidationError(
            {"quote": _("Quote it word for word. What is left out is marked with … or [a word of yours].")}
        )
    voice = Voice(
        company_id=actor.company_id,
        customer=said.customer,
        quote=quote.strip(),
        theme=" ".join(theme.split()),
        source=source,
        consent_on=consent_on,
        consent_by=consent_by,
    )
    voice.full_clean(exclude=["company"])
    voice.save()
    activity.record("voice.kept", voice, actor=actor, customer=said.customer.id, source=source)
    return voice


@transaction.atomic
def withdraw_voice(*, actor: Member, voice: Voice) -> Voice:
    """The customer takes their consent back: the words go for good. Twice is once."""
    voice = Voice.objects.select_for_update(no_key=True).get(id=voice.id, company_id=actor.company_id)
    if voice.withdrawn_at is None:
        voice.quote, voice.withdrawn_at = "", clock.now()
        voice.save(update_fields=["quote", "withdrawn_at"])
        activity.record("voice.withdrawn", voice, actor=actor, customer=voice.customer_id)
    return voice


@transaction.atomic
def erase_voices(*, company_id: int) -> int:
    """Blanks what erased customers said, and what was said by somebody whose words are gone from where they stood.

    Safe to run twice; returns how many.
    """
    rows = Voice.objects.filter(company_id=company_id).exclude(quote="").select_related("customer")
    gone = [voice for voice in rows if _is_erased(voice)] + _without_source(rows)
    ids = sorted({voice.id for voice in gone})
    locked = list(Voice.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id"))
    for voice in locked:
        voice.quote, voice.withdrawn_at = "", voice.withdrawn_at or clock.now()
        activity.record("voice.erased", voice, actor=None, customer=voice.customer_id)
    Voice.objects.bulk_update(locked, ["quote", "withdrawn_at"])
    return len(locked)


def was_said(quote: str, text: str) -> bool:
    """Whether each part of a quote, between what is marked as left out, stands in the text in this order."""
    parts = [" ".join(part.split()) for part in LEFT_OUT.split(quote)]
    parts = [part for part in parts if part.strip(" .,;:!?-–")]
    inside, at = " ".join(text.split()).lower(), 0
    for part in parts:
        found = inside.find(part.lower(), at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)


def _is_erased(voice: Voice) -> bool:
    return voice.customer is not None and voice.customer.erased_at is not None


def _without_source(rows: QuerySet[Voice]) -> list[Voice]:
    """Those whose answer or note has lost its words."""
    by_source = {voice.source: voice for voice in rows}
    ids: dict[str, list[int]] = {"answer": [], "note": []}
    for source in by_source:
        kind, _colon, row_id = source.partition(":")
        if kind in ids and row_id.isdigit():
            ids[kind].append(int(row_id))
    answers = Survey.objects.filter(id__in=ids["answer"], comment="").values_list("id", flat=True)
    notes = Note.objects.filter(id__in=ids["note"], body="").values_list("id", flat=True)
    return [by_source[f"answer:{each}"] for each in answers] + [by_source[f"note:{each}"] for each in notes]

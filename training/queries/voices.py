"""What customers said, kept with their consent; and where it was said."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Customer, Note, Survey
from training.models import Voice

A_PAGE, OFFERED = 30, 20
RECENT = timedelta(days=90)
SOURCE = re.compile(r"(answer|note):([1-9][0-9]{0,17})")
SPOKEN = (Note.Type.NOTE, Note.Type.CALL, Note.Type.MEETING)


@dataclass(frozen=True)
class Said:
    """Words of a customer where they were written down. key: what a voice keeps as its source. who: score or author."""

    key: str
    text: str
    customer: Customer | None
    at: datetime
    who: str


@dataclass(frozen=True)
class VoicesPage:
    """themes: (theme, how many)."""

    page: Page
    themes: list[tuple[str, int]]
    theme: str
    words: str


def standing_voices(member: Member) -> QuerySet[Voice]:
    rows = Voice.objects.visible_to(member).filter(withdrawn_at__isnull=True)
    return rows.select_related("customer", "consent_by")


def voices_page(member: Member, *, words: str, theme: str, number: str | None) -> VoicesPage:
    rows = standing_voices(member)
    themes = rows.exclude(theme="").order_by("theme").values_list("theme").annotate(n=Count("id"))
    if theme:
        rows = rows.filter(theme=theme)
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(quote__icontains=word) | Q(theme__icontains=word) | Q(customer__name__icontains=word)
        )
    page = Paginator(rows.order_by("-consent_on", "-id"), A_PAGE).get_page(number)
    return VoicesPage(page, list(themes), theme, words)


def said_at(member: Member, source: str) -> Said | None:
    """What stands at a source of the member's company, if there is anything left of it."""
    found = SOURCE.fullmatch(source)
    if found is None:
        return None
    kind, row_id = found[1], int(found[2])
    if kind == "answer":
        answer = _answers(member).filter(id=row_id).first()
        return _of_answer(answer) if answer else None
    note = _notes(member).filter(id=row_id).first()
    return _of_note(note) if note else None


def lately_said(member: Member, words: str) -> list[Said]:
    """Answers and notes of the last months that hold all the words, the newest first, and are in no voice yet."""
    since = clock.now() - RECENT
    answers = _answers(member).filter(first_answered_at__gte=since)
    notes = _notes(member).filter(noted_at__gte=since)
    for word in words.split()[:8]:
        answers = answers.filter(Q(comment__icontains=word) | Q(customer__name__icontains=word))
        notes = notes.filter(Q(body__icontains=word) | Q(customer__name__icontains=word))
    found = [_of_answer(row) for row in answers.order_by("-first_answered_at", "-id")[:OFFERED]]
    found += [_of_note(row) for row in notes.order_by("-noted_at", "-id")[:OFFERED]]
    taken = set(
        standing_voices(member)
        .filter(source__in=[each.key for each in found])
        .values_list("source", flat=True)
    )
    newest = sorted(found, key=lambda each: each.at, reverse=True)
    return [each for each in newest if each.key not in taken][:OFFERED]


def _answers(member: Member) -> QuerySet[Any]:
    rows = Survey.objects.visible_to(member).exclude(comment="")
    named = Q(customer__isnull=False) | Q(ticket__customer__isnull=False)
    return rows.filter(named).select_related("customer", "ticket__customer")


def _notes(member: Member) -> QuerySet[Any]:
    rows = Note.objects.visible_to(member).filter(type__in=SPOKEN).exclude(body="")
    named = Q(customer__isnull=False) | Q(ticket__customer__isnull=False)
    return rows.filter(named).select_related("customer", "ticket__customer", "author")


def _of_answer(answer: Survey) -> Said:
    customer = answer.customer or (answer.ticket.customer if answer.ticket else None)
    who = f"{answer.get_kind_display()} {answer.score}"
    return Said(f"answer:{answer.id}", answer.comment, customer, answer.first_answered_at, who)


def _of_note(note: Note) -> Said:
    customer = note.customer or (note.ticket.customer if note.ticket else None)
    return Said(f"note:{note.id}", note.body, customer, note.noted_at, note.author.name)

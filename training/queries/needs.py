"""What waits for somebody about training, for a home page: parts of the own path, and words that others wait for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from accounts.models import Member
from training.calendar import business_day
from training.completion import Progress, progress
from training.models import Enrolment, Entry, Item

from .parts import ACTS
from .settings import settings_of
from .signoffs import of_reports


@dataclass(frozen=True)
class PartDue:
    """A part of the own path that is due. is_not_yet: another one has looked, and said what is missing."""

    enrolment: int
    item: int
    title: str
    module: str
    due_on: date
    is_not_yet: bool
    act: str


@dataclass(frozen=True)
class WordAsked:
    """Something that a report has asked for."""

    enrolment: int
    item: int
    title: str
    name: str
    at: datetime


def parts_due(member: Member, today: date, until: date, most: int) -> list[PartDue]:
    """Required parts of going paths that are due until a day and wait for nobody else; the oldest first.

    One statement for whoever is on no path, else three.
    """
    rows: Any = Item.objects.filter(
        company_id=member.company_id,
        is_required=True,
        module__of__enrolments__member_id=member.id,
        module__of__enrolments__state=Enrolment.State.ACTIVE,
        module__of__enrolments__starts_on__lte=today,
    )
    rows = rows.annotate(
        enrolment=F("module__of__enrolments__id"), starts_on=F("module__of__enrolments__starts_on")
    )
    found = list(rows.select_related("module").order_by("due", "id"))
    if not found:
        return []
    holidays = settings_of(member.company_id).holidays
    entries = Entry.objects.filter(
        company_id=member.company_id, enrolment_id__in={item.enrolment for item in found}
    )
    states = progress(found, entries.only("id", "item_id", "kind", "outcome"))
    lines = []
    for item in found:
        due_on = business_day(item.starts_on, item.due, holidays)
        if due_on <= until and _is_open(states[item.id]):
            lines.append(_line(item, due_on, states[item.id]))
    return sorted(lines, key=lambda line: line.due_on)[:most]


def _is_open(at: Progress) -> bool:
    return not at.is_done and not at.waits


def _line(item: Any, due_on: date, at: Progress) -> PartDue:
    return PartDue(
        item.enrolment, item.id, item.title, item.module.title, due_on, at.is_not_yet, ACTS[item.kind]()
    )


def words_asked(member: Member, today: date, most: int) -> list[WordAsked]:
    """What direct reports have asked for, the oldest first."""
    if not member.leads_people:
        return []
    return [
        WordAsked(entry.enrolment_id, entry.item_id, entry.item.title, entry.member.name, entry.at)
        for entry in of_reports(member, today)[:most]
    ]

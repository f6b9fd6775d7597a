"""What the page of a customer shows: everything that one needs to understand it in half a minute."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import (
    UNRESOLVED,
    Contact,
    Customer,
    CustomerFact,
    Note,
    NoteVersion,
    Status,
    Survey,
    Ticket,
)
from customers.queries.long_deeds import is_at_work
from customers.queries.revenue import RevenueShown, revenue_of

NOTES, TICKETS, PROMISES, CONTACTS, ANSWERS, TOUCHES = 20, 8, 20, 8, 5, 6
SHOWN_STATES = [s for s in Status if s not in (Status.DELETED, Status.SPAM, Status.MERGED)]
FEWEST = 5  # answers below which no mean is told
TABS = {
    "": (),
    "calls": (Note.Type.CALL,),
    "meetings": (Note.Type.MEETING,),
    "facts": (Note.Type.FACT,),
    "promises": (Note.Type.PROMISE,),
    "risks": (Note.Type.RISK,),
}
ICONS = {
    Note.Type.NOTE: "note",
    Note.Type.CALL: "phone",
    Note.Type.MEETING: "users",
    Note.Type.FACT: "bookmark",
    Note.Type.PROMISE: "pin",
    Note.Type.RISK: "alert-triangle",
}


def find_customer(member: Member, customer_id: int) -> Customer:
    """One of the company's customers, also one that was merged; else 404."""
    rows = Customer.objects.visible_to(member).select_related("owner", "company", "merged_into")
    return get_object_or_404(rows.annotate(is_at_work=is_at_work()), id=customer_id)


@dataclass(frozen=True)
class FactShown:
    row: CustomerFact
    is_old: bool


@dataclass(frozen=True)
class Promise:
    row: Note
    is_late: bool
    is_today: bool


@dataclass(frozen=True)
class Moment:
    """A line of the stream: a note, or something that happened (`text`)."""

    at: datetime
    note: Note | None = None
    icon: str = ""
    text: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Answer:
    row: Survey
    words: str


@dataclass(frozen=True)
class Touch:
    text: str
    at: datetime


@dataclass(frozen=True)
class Day:
    title: str
    moments: list[Moment]


@dataclass(frozen=True)
class CustomerPage:
    customer: Customer
    today: date
    facts: list[FactShown]
    contacts: list[Contact]
    contacts_count: int
    revenue: RevenueShown | None
    days: list[Day]
    tab: str
    older: int | None
    promises: list[Promise]
    promises_count: int
    tickets: list[Ticket]
    tickets_count: int
    open_count: int
    answers: list[Answer]
    answers_count: int
    touches: list[Touch] = field(default_factory=list)
    edited: set[int] = field(default_factory=set)

    @property
    def too_few(self) -> bool:
        return self.answers_count < FEWEST


def customer_page(customer: Customer, tab: str = "", before: int | None = None) -> CustomerPage:
    """tab: a key of TABS. before: the id of a note; notes older than it are shown."""
    tab = tab if tab in TABS else ""
    today = customer.company.today()
    answers = list(_answers(customer)[:ANSWERS])
    notes, older = _notes(customer, tab, before)
    tickets = _tickets(customer)
    promises = list(_promises(customer)[:PROMISES])
    counts = _counts(customer)
    return CustomerPage(
        customer=customer,
        today=today,
        facts=[FactShown(row, row.is_old(today)) for row in _facts(customer)],
        contacts=list(customer.contacts.filter(left_at=None).order_by("name", "id")[:CONTACTS]),
        revenue=revenue_of(customer),
        days=_days(notes, [] if tab else answers, has_older=older is not None or before is not None),
        tab=tab,
        older=older,
        promises=[_promise(row, today) for row in promises],
        tickets=tickets,
        answers=[Answer(row, score_of(row)) for row in answers],
        edited={note.id for note in notes if note.is_edited},  # type: ignore[attr-defined]  # _of says it
        touches=_touches(notes if not (tab or before) else list(_of(customer)[:TOUCHES]), tickets, answers),
        **counts,
    )


def _facts(customer: Customer) -> QuerySet[CustomerFact]:
    return customer.facts.filter(company_id=customer.company_id).select_related("verified_by")


def _of(customer: Customer) -> QuerySet[Note]:
    """Its notes, the newest first; `is_edited`: it said something else before."""
    edits = NoteVersion.objects.filter(company_id=OuterRef("company_id"), note_id=OuterRef("id"))
    return (
        Note.objects.standing()
        .filter(company_id=customer.company_id, customer=customer)
        .select_related("author", "ticket", "kept_by")
        .annotate(is_edited=Exists(edits))
        .order_by("-noted_at", "-id")
    )


def _notes(customer: Customer, tab: str, before: int | None) -> tuple[list[Note], int | None]:
    """The newest notes of a tab, or those older than one; and the id that the next page begins before."""
    rows = _of(customer)
    if tab:
        rows = rows.filter(type__in=TABS[tab])
    if before:
        edge = Note.objects.filter(company_id=customer.company_id, id=before).values("noted_at")[:1]
        at = Subquery(edge)
        rows = rows.filter(Q(noted_at__lt=at) | Q(noted_at=at, id__lt=before))
    found = list(rows[: NOTES + 1])
    return found[:NOTES], found[NOTES - 1].id if len(found) > NOTES else None


def _promises(customer: Customer) -> QuerySet[Note]:
    """What is owed, the most pressing first."""
    rows = Note.objects.due().filter(company_id=customer.company_id, customer=customer)
    return rows.select_related("author", "ticket").order_by("due_on", "id")


def _promise(row: Note, today: date) -> Promise:
    due_on = row.due_on or today
    return Promise(row, due_on < today, due_on == today)


def _tickets(customer: Customer) -> list[Ticket]:
    """Open ones first, then the newest others; each a look at one end of an index, not a sort of all of them."""
    rows = Ticket.objects.filter(company_id=customer.company_id, customer=customer)
    rows = rows.select_related("assignee").defer("body").order_by("-opened_at", "-id")
    found = list(rows.unresolved()[:TICKETS])
    if len(found) < TICKETS:
        done = rows.filter(status__in=(Status.RESOLVED, Status.CLOSED))
        found += done[: TICKETS - len(found)]
    return found


def _answers(customer: Customer) -> QuerySet[Survey]:
    rows = Survey.objects.filter(company_id=customer.company_id, customer=customer)
    return rows.select_related("ticket").order_by("-first_answered_at", "-id")


def _counts(customer: Customer) -> dict[str, int]:
    """How many of each there are, in one statement."""

    def count(model: Any, **lookups: Any) -> Coalesce:
        rows = model.objects.filter(company_id=OuterRef("company_id"), customer=OuterRef("id"), **lookups)
        counted = rows.order_by().values("customer").annotate(n=Count("*")).values("n")
        return Coalesce(Subquery(counted), 0)

    counts: dict[str, Any] = {
        "contacts_count": count(Contact),
        "promises_count": count(Note, kept_at=None, due_on__isnull=False, deleted_at=None),
        "tickets_count": count(Ticket, status__in=SHOWN_STATES),
        "open_count": count(Ticket, status__in=UNRESOLVED),
        "answers_count": count(Survey),
    }
    return dict(Customer.objects.filter(id=customer.id).values(**counts)[0])


def _days(notes: list[Note], answers: list[Survey], *, has_older: bool) -> list[Day]:
    """Notes with what happened between them, newest first, by the reader's days."""
    moments = [Moment(note.noted_at, note, ICONS[Note.Type(note.type)]) for note in notes]
    moments += [
        Moment(note.kept_at, None, "check", _("Promise kept"), note.body) for note in notes if note.kept_at
    ]
    moments += [
        Moment(row.first_answered_at, None, "message-circle", score_of(row), row.comment) for row in answers
    ]
    if has_older and notes:
        span = notes[-1].noted_at
        moments = [moment for moment in moments if moment.at >= span]
    moments.sort(key=lambda moment: moment.at, reverse=True)
    return [
        Day(_day_title(day), list(found))
        for day, found in groupby(moments, lambda moment: timezone.localtime(moment.at).date())
    ]


def score_of(row: Survey) -> str:
    """CSAT 4 of 5."""
    most = Survey.SCALES[row.kind].stop - 1
    return _("%(kind)s %(score)s of %(most)s") % {
        "kind": row.get_kind_display(),
        "score": row.score,
        "most": most,
    }


def _day_title(day: date) -> str:
    today = timezone.localtime(clock.now()).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def _touches(notes: list[Note], tickets: list[Ticket], answers: list[Survey]) -> list[Touch]:
    found = [Touch(str(note.get_type_display()), note.noted_at) for note in notes[:TOUCHES]]
    found += [
        Touch(_("Ticket: %(subject)s") % {"subject": ticket.subject or ticket.external_id}, ticket.opened_at)
        for ticket in tickets
    ]
    found += [Touch(score_of(row), row.first_answered_at) for row in answers]
    return sorted(found, key=lambda touch: touch.at, reverse=True)[:TOUCHES]

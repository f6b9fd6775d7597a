"""What somebody asked for, and nobody has answered yet."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Member, ReportingLine
from accounts.queries import ids_below
from training.models import Enrolment, Entry

A_PAGE = 50


def unanswered(company_id: int) -> QuerySet[Entry]:
    """Asked for on paths that go, and not answered by anything since; the oldest first."""
    later = Entry.objects.filter(
        company_id=company_id, enrolment_id=OuterRef("enrolment_id"), item_id=OuterRef("item_id"),
        id__gt=OuterRef("id"),
    ).exclude(kind=Entry.Kind.ASKED)  # fmt: skip
    rows = Entry.objects.filter(
        company_id=company_id, kind=Entry.Kind.ASKED, enrolment__state=Enrolment.State.ACTIVE
    )
    rows = rows.filter(~Exists(later), member__is_active=True)
    return rows.select_related("member", "item", "enrolment__version__programme").order_by("at", "id")


def waiting_for(member: Member) -> QuerySet[Entry]:
    """What the member may answer: of people below, for leaders and admins of everybody, never the own."""
    rows = unanswered(member.company_id).exclude(member_id=member.id)
    if member.sees_everybody:
        return rows
    below = ids_below(member, member.company.today()) if member.leads_people else set()
    return rows.filter(member_id__in=below)


def of_reports(member: Member, today: date) -> QuerySet[Entry]:
    """Of those who report to the member directly: what nobody else is asked for first."""
    lines = ReportingLine.objects.on(today).filter(company_id=member.company_id, manager_id=member.id)
    return unanswered(member.company_id).filter(member_id__in=lines.order_by().values("member_id"))


@dataclass(frozen=True)
class Waiting:
    rows: list[Entry]
    page: Page


def signoffs_page(member: Member, number: str | None) -> Waiting:
    page = Paginator(waiting_for(member), A_PAGE).get_page(number)
    return Waiting(list(page.object_list), page)

"""Reads of people and lines."""

from datetime import date

from django.db import connection

from accounts.models import Draft, Member, Notification, ReportingLine

_BELOW = """
WITH RECURSIVE line AS (
  SELECT DISTINCT ON (member_id) member_id, manager_id FROM accounts_reportingline
   WHERE company_id = %(company)s AND superseded_at IS NULL AND valid_from <= %(day)s
   ORDER BY member_id, valid_from DESC),
below AS (
  SELECT member_id FROM line WHERE manager_id = %(manager)s
  UNION SELECT l.member_id FROM below b JOIN line l ON l.manager_id = b.member_id)
SELECT member_id FROM below
"""


def ids_below(manager: Member, day: date) -> set[int]:
    """Everybody who reports to a manager on a day, directly or over others."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"company": manager.company_id, "manager": manager.id, "day": day})
        return {member_id for (member_id,) in cursor.fetchall()}


def manager_of(member: Member, day: date) -> int | None:
    """Who a member reports to on a day."""
    line = ReportingLine.objects.in_force().filter(
        company_id=member.company_id, member=member, valid_from__lte=day
    )
    return line.order_by("-valid_from").values_list("manager_id", flat=True).first()


def find_person(member: Member, email: str) -> Member | None:
    """Somebody of the member's own company by e-mail, without regard to case."""
    return Member.objects.visible_to(member).filter(email=email.strip().lower()).first()


def roots(company_id: int, day: date) -> list[Member]:
    """Active people without a manager on a day: where the tree begins."""
    managed = ReportingLine.objects.on(day).filter(company_id=company_id, manager__isnull=False)
    people = Member.objects.active().filter(company_id=company_id)
    return list(people.exclude(id__in=managed.values("member_id")).order_by("name"))


def draft_of(member: Member, place: str) -> Draft | None:
    """What a member was writing in a form."""
    return Draft.objects.filter(company_id=member.company_id, member=member, place=place).first()


def unread_notifications(member: Member) -> int:
    return Notification.objects.visible_to(member).unread().count()

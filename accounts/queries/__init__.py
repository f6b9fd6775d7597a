"""Reads of people and lines."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import Draft, Member, ReportingLine, Role

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
_ADRIFT = """
WITH line AS (
  SELECT DISTINCT ON (member_id) member_id, manager_id FROM accounts_reportingline
   WHERE company_id = %(company)s AND superseded_at IS NULL AND valid_from <= %(day)s
   ORDER BY member_id, valid_from DESC)
SELECT m.name, m.role, 0 FROM accounts_member m LEFT JOIN line l ON l.member_id = m.id
 WHERE m.company_id = %(company)s AND m.is_active AND NOT m.is_stub AND NOT m.is_bot AND l.manager_id IS NULL
UNION ALL
SELECT b.name, '', count(*) FROM line l JOIN accounts_member m ON m.id = l.member_id AND m.is_active
  JOIN accounts_member b ON b.id = l.manager_id AND NOT b.is_active
 GROUP BY b.id, b.name
 ORDER BY 1
"""


@dataclass(frozen=True)
class Top:
    """Somebody at the top of the tree."""

    name: str
    role: Role


@dataclass(frozen=True)
class Adrift:
    """Active people without a manager. left: {a leaver: how many still report to them}."""

    tops: list[Top]
    left: dict[str, int]


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


def adrift(company_id: int, day: date) -> Adrift:
    """Who has nobody above on a day, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ADRIFT, {"company": company_id, "day": day})
        rows = cursor.fetchall()
    tops = [Top(name, Role(role)) for name, role, count in rows if role]
    return Adrift(tops, {name: count for name, role, count in rows if not role})


def draft_of(member: Member, place: str) -> Draft | None:
    """What a member was writing in a form."""
    return Draft.objects.filter(company_id=member.company_id, member=member, place=place).first()

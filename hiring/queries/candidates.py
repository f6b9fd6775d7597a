"""People who apply: whom somebody may look after, and who looks like whom."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Member
from hiring.models import Application, Candidate, Requisition

MOST = 10
# Fewer digits of a phone number are no sign of the same person.
FEWEST_DIGITS = 6


@dataclass(frozen=True)
class Alike:
    """Somebody who may be the same person, by what, and the applications that the reader may open."""

    candidate: Candidate
    by_email: bool
    by_phone: bool
    by_name: bool
    applications: list[Application]


def can_care_for(member: Member, candidate: Candidate) -> bool:
    """Whether all the person's applications are for jobs that the member hires for: only then the whole file may be
    taken along or erased."""
    own = Requisition.objects.visible_to(member).order_by().values("id")
    theirs = Application.objects.filter(company_id=member.company_id, candidate=candidate)
    if candidate.company_id != member.company_id or candidate.member_id == member.id:
        return False
    return theirs.exists() and not theirs.exclude(requisition_id__in=own).exists()


def alike(
    member: Member, *, name: str = "", email: str = "", phone: str = "", other_than: int | None = None
) -> list[Alike]:
    """People with the same e-mail address, phone number or name, as far as the member may read of them."""
    asked = _Asked(email.strip().lower(), _digits(phone)[-9:], " ".join(name.split()).lower())
    same = _same(member, asked, other_than)
    by_candidate = _applications(member, list(same)) if same else {}
    # Whoever may read none of somebody's applications does not read the person either.
    newest = sorted((rows[0].candidate for rows in by_candidate.values()), key=lambda each: -each.id)
    return [Alike(each, *same[each.id], by_candidate[each.id]) for each in newest[:MOST]]


@dataclass(frozen=True)
class _Asked:
    """digits: the last ones of a phone number."""

    email: str
    digits: str
    name: str

    @property
    def has_number(self) -> bool:
        return len(self.digits) >= FEWEST_DIGITS

    @property
    def loosely(self) -> str:
        """The digits with anything between them: quicker looked for than a number without its other signs."""
        return f"%{'%'.join(self.digits)}%"


# In one pass over the company's people.
SAME = """
SELECT c.id, %(email)s <> '' AND (c.email = %(email)s OR c.id = ANY(earlier.ids)), c.is_number, c.is_name
  FROM (SELECT ARRAY(SELECT g.merged_into_id FROM hiring_candidate g WHERE g.company_id = %(company)s
                        AND g.email = %(email)s AND %(email)s <> '' AND g.merged_into_id IS NOT NULL) AS ids) earlier
 CROSS JOIN LATERAL (
       SELECT id, email, %(name)s <> '' AND lower(name) = %(name)s AS is_name,
              %(has_number)s AND phone LIKE %(loosely)s
                AND right(regexp_replace(phone, '\\D', '', 'g'), length(%(digits)s)) = %(digits)s AS is_number
         FROM hiring_candidate
        WHERE company_id = %(company)s AND erased_at IS NULL AND id IS DISTINCT FROM %(other)s) c
 WHERE c.is_name OR c.is_number OR (%(email)s <> '' AND (c.email = %(email)s OR c.id = ANY(earlier.ids)))
"""


def _same(member: Member, asked: _Asked, other_than: int | None) -> dict[int, tuple[bool, bool, bool]]:
    """{who in the company: by e-mail, by phone, by name}, whether or not the member may read of them."""
    given: dict[str, Any] = {
        "company": member.company_id,
        "email": asked.email,
        "name": asked.name,
        "digits": asked.digits,
        "has_number": asked.has_number,
        "loosely": asked.loosely,
        "other": other_than,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAME, given)
        return {id: tuple(by) for id, *by in cursor.fetchall()}


def _applications(member: Member, people: list[int]) -> dict[int, list[Any]]:
    rows = Application.objects.visible_to(member).filter(candidate_id__in=people)
    found: dict[int, list[Any]] = {}
    for row in rows.select_related("candidate", "requisition", "stage").order_by("-id"):
        found.setdefault(row.candidate_id, []).append(row)
    return found


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char in "0123456789")

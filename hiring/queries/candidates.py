"""People who apply: whom somebody may look after, and who looks like whom."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower

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
    email, digits, name = email.strip().lower(), _digits(phone), " ".join(name.split()).lower()
    same = Q(pk__in=[])
    if email:
        same |= Q(email=email) | Q(id__in=_merged_from(member, email))
    if name:
        same |= Q(lower_name=name)
    if len(digits) >= FEWEST_DIGITS:
        same |= Q(digits__endswith=digits[-9:])
    people = _with_keys(Candidate.objects.visible_to(member)).filter(same, erased_at__isnull=True)
    found = list(people.exclude(id=other_than).order_by("-id")[:MOST])
    earlier = (
        set(_merged_from(member, email)) if email and any(each.email != email for each in found) else set()
    )
    by_candidate = _applications(member, found)
    return [
        Alike(
            each,
            bool(email) and (each.email == email or each.id in earlier),
            len(digits) >= FEWEST_DIGITS and each.digits.endswith(digits[-9:]),
            bool(name) and each.lower_name == name,
            by_candidate.get(each.id, []),
        )
        for each in found
    ]


def _merged_from(member: Member, email: str) -> QuerySet[Any]:
    """Who was also entered under this address; that entry was merged into theirs."""
    gone = Candidate.objects.filter(company_id=member.company_id, email=email, merged_into__isnull=False)
    return gone.order_by().values_list("merged_into_id", flat=True)


def _applications(member: Member, people: list[Any]) -> dict[int, list[Application]]:
    rows = Application.objects.visible_to(member).filter(candidate_id__in=[each.id for each in people])
    found: dict[int, list[Application]] = {}
    for row in rows.select_related("requisition", "stage").order_by("-id"):
        found.setdefault(row.candidate_id, []).append(row)
    return found


def _with_keys(people: QuerySet[Any]) -> QuerySet[Any]:
    digits = Func(
        F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
    )
    return people.annotate(digits=digits, lower_name=Lower("name"))


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char in "0123456789")

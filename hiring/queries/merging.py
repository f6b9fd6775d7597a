"""Two rows that may be one person: what each says, and what stands in the way of making them one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member
from hiring.models import Application, Candidate, Requisition

# Of which one value stays; whoever merges chooses.
CHOSEN = ("name", "email", "phone")
ACTIVE = Application.State.ACTIVE


@dataclass(frozen=True)
class Fact:
    """stays: what is kept by itself; empty if both have another one and somebody chooses."""

    name: str
    label: str
    kept: str
    gone: str

    @property
    def is_chosen(self) -> bool:
        return bool(self.kept and self.gone) and self.kept != self.gone

    @property
    def stays(self) -> str:
        return self.kept or self.gone


@dataclass(frozen=True)
class Side:
    candidate: Any
    applications: list[Any]
    files: list[Any]


@dataclass(frozen=True)
class Preview:
    kept: Side
    gone: Side
    facts: list[Fact]
    clashes: list[Requisition]

    @property
    def consent(self) -> Any:
        """Of which of the two the consent stays: the newer one; nobody's if there is none."""
        given = [side.candidate for side in (self.kept, self.gone) if side.candidate.consented_at]
        return max(given, key=lambda each: each.consented_at) if given else None


def preview_of(kept: Candidate, gone: Candidate) -> Preview:
    """Somebody who hires for all the jobs of both reads it, so nothing of it is sealed."""
    labels = {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone")}
    facts = [Fact(name, labels[name], getattr(kept, name), getattr(gone, name)) for name in CHOSEN]
    return Preview(_side(kept), _side(gone), facts, clashes(kept, gone))


def clashes(kept: Candidate, gone: Candidate) -> list[Requisition]:
    """Jobs in whose pipeline both are: nobody is in one twice, and which of the two goes on is a person's to say."""
    ours = Application.objects.filter(company_id=kept.company_id, state=ACTIVE)
    both = ours.filter(candidate=kept).values("requisition_id")
    jobs = ours.filter(candidate=gone, requisition_id__in=both).values("requisition_id")
    return list(Requisition.objects.filter(company_id=kept.company_id, id__in=jobs).order_by("id"))


def cared_for(member: Member, ids: Collection[int]) -> set[int]:
    """Of these people, those for all of whose jobs the member hires (see `candidates.can_care_for`)."""
    own = Requisition.objects.visible_to(member).order_by().values("id")
    theirs = Application.objects.filter(company_id=member.company_id, candidate_id__in=ids)
    others = theirs.exclude(requisition_id__in=own).values_list("candidate_id", flat=True)
    mine = Candidate.objects.filter(company_id=member.company_id, id__in=ids, member_id=member.id)
    return set(ids) - set(others) - set(mine.values_list("id", flat=True))


def merges_of(candidate: Candidate) -> list[Candidate]:
    """What was merged into this one."""
    rows = Candidate.objects.filter(company_id=candidate.company_id, merged_into=candidate)
    return list(rows.order_by("-merged_at"))


def _side(candidate: Candidate) -> Side:
    applications = candidate.applications.select_related("requisition", "stage").order_by(
        "-applied_at", "-id"
    )
    return Side(candidate, list(applications), list(candidate.files.defer("text").order_by("id")))

"""Who hires."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member
from hiring.models import Application, Candidate, Requisition
from hiring.permissions import can_manage


def hiring_team(requisition: Requisition) -> list[int]:
    """Ids of those who were named beside the owner and the future manager."""
    return list(requisition.team_rows.order_by("member_id").values_list("member_id", flat=True))


def can_manage_requisition(member: Member, requisition: Requisition) -> bool:
    return can_manage(member, requisition, ()) or can_manage(member, requisition, hiring_team(requisition))


def applications_to(member: Member, requisitions: Iterable[int]) -> QuerySet[Any]:
    """Of jobs that the member hires for: all applications but the own one. What `visible_to` says, asked in less."""
    own = Candidate.objects.filter(company_id=member.company_id, member_id=member.id).order_by()
    ours = Application.objects.filter(company_id=member.company_id, requisition_id__in=list(requisitions))
    return ours.exclude(candidate_id__in=own.values("id")).order_by()

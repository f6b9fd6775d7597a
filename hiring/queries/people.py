"""Who hires."""

from accounts.models import Member
from hiring.models import Requisition
from hiring.permissions import can_manage


def hiring_team(requisition: Requisition) -> list[int]:
    """Ids of those who were named beside the owner and the future manager."""
    return list(requisition.team_rows.order_by("member_id").values_list("member_id", flat=True))


def can_manage_requisition(member: Member, requisition: Requisition) -> bool:
    return can_manage(member, requisition, ()) or can_manage(member, requisition, hiring_team(requisition))

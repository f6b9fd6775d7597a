"""Playbooks that were put away."""

from django.db.models import QuerySet

from accounts.models import Member
from playbooks.models import Playbook

from .lists import with_archived

MOST = 200


def archive(member: Member) -> QuerySet[Playbook]:
    """The last ones first."""
    away = with_archived(member).filter(archived_at__isnull=False).select_related("scenario", "owner")
    return away.order_by("-archived_at", "-id")[:MOST]

"""May this member? Whose figures one may read is for `metrics.queries.access` to say."""

from accounts.models import Member
from accounts.permissions import can_manage_people


def can_set_focus(member: Member) -> bool:
    """What the whole company looks at first is for the leader and the admin to say."""
    return can_manage_people(member)

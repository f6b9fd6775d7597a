"""Who is above whom, for the rules of training."""

from accounts.models import Member
from accounts.queries import ids_below


def is_above(member: Member, person_id: int) -> bool:
    """Whether somebody reports to the member today, over any number of steps."""
    if not member.leads_people or person_id == member.id:
        return False
    return person_id in ids_below(member, member.company.today())

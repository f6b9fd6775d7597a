from datetime import datetime

from django.db import transaction

from accounts import activity
from accounts.models import Member
from customers.facts import derive_shifts
from customers.models import Shift


@transaction.atomic
def record_shift(*, actor: Member | None, member: Member, started_at: datetime, ended_at: datetime) -> Shift:
    """Staffed hours of a person, identified by the start; a later call corrects the end."""
    shift, _ = Shift.objects.update_or_create(
        company_id=member.company_id, member=member, started_at=started_at, defaults={"ended_at": ended_at}
    )
    activity.record("shift.recorded", shift, actor=actor)
    derive_shifts(member.company_id, [shift.id])
    return shift

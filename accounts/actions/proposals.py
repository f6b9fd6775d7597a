from datetime import date

from django.db import transaction

from accounts import activity
from accounts.models import Member
from accounts.models.member import LEADING
from accounts.notifications import Notice, notify
from accounts.proposals import PROPOSED


@transaction.atomic
def propose_line(
    *, actor: Member, member: Member, manager: Member | None, valid_from: date, url: str
) -> None:
    """Asks leaders and admins to have somebody report to another; url: where they see and save it."""
    manager_id, on = manager.id if manager else None, valid_from.isoformat()
    activity.record(PROPOSED, member, actor=actor, manager=manager_id, on=on)
    active = Member.objects.active().filter(company_id=actor.company_id)
    deciders = active.filter(role__in=LEADING).values_list("id", flat=True)
    key = f"{PROPOSED}:{actor.id}:{member.id}:{manager_id}:{valid_from}"
    detail = {"member": member.id, "manager": manager_id, "from": on}
    notify(actor.company_id, [Notice(each, PROPOSED, key, url, detail, actor.id) for each in deciders])

"""Who stands beside somebody without a certificate, and no longer does."""

from django.db import transaction
from django.db.models import Q

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from training.models import Supervision


@transaction.atomic
def end_supervision(*, actor: Member | None, supervision: Supervision) -> Supervision:
    """From now on nobody stands beside them. Twice is once."""
    supervision = (
        Supervision.objects.select_for_update(no_key=True, of=["self"])
        .select_related("playbook")
        .get(id=supervision.id, company_id=supervision.company_id)
    )
    if supervision.ended_at is None:
        supervision.ended_at = clock.now()
        supervision.save(update_fields=["ended_at"])
        activity.record(
            "supervision.ended", supervision.playbook, actor=actor, member=supervision.member_id,
            supervisor=supervision.supervisor_id,
        )  # fmt: skip
    return supervision


@transaction.atomic
def end_supervisions_of(*, company_id: int, gone: list[int]) -> int:
    """Those in which somebody who has left learned or stood beside another one. Safe to run twice."""
    open_ones = Supervision.objects.filter(company_id=company_id, ended_at__isnull=True)
    rows = list(open_ones.filter(Q(member_id__in=gone) | Q(supervisor_id__in=gone)).order_by("id"))
    for supervision in rows:
        end_supervision(actor=None, supervision=supervision)
    return len(rows)

from collections.abc import Collection

from django.db import transaction

from accounts.models import Company
from customers.models import Shift
from metrics.facts import FactRow, record_facts
from metrics.kinds import Kind


@transaction.atomic
def derive_shifts(company_id: int, shift_ids: Collection[int]) -> None:
    """Derives staffed seconds again, cut at the company's local midnights."""
    zones = Company.objects.get(id=company_id).zones()
    shifts = (
        Shift.objects.filter(company_id=company_id, id__in=shift_ids)
        .order_by("id")
        .select_for_update(no_key=True)
    )
    facts = [
        FactRow(Kind.STAFFED, shift.id, seq, shift.member_id, shift.started_at, seconds, day=day)
        for shift in shifts
        for seq, (day, seconds) in enumerate(sorted(zones.cut(shift.started_at, shift.ended_at).items()))
    ]
    record_facts(company_id=company_id, kinds=(Kind.STAFFED,), source_ids=shift_ids, facts=facts)

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection, transaction

from accounts.models import Activity


@transaction.atomic
def blank_ledger(
    *, company_id: int, subjects: Mapping[str, Collection[int]], blank: Callable[[dict], dict]
) -> int:
    """Takes text out of the details of what was done to `subjects` ({type: ids}); who did what, when, stays.

    Only an erasure of personal data may do this. Rows of the ledger are never changed otherwise: a trigger sees to
    it, and lets a detail be written over only between two settings of `cs.erasing`. `blank` gives the detail to
    keep.
    """
    changed = []
    for subject_type, ids in subjects.items():
        rows = Activity.objects.filter(
            company_id=company_id, subject_type=subject_type, subject_id__in=list(ids)
        )
        for row in rows.exclude(detail={}).only("id", "detail").iterator():
            detail = blank(row.detail)
            if detail != row.detail:
                row.detail = detail
                changed.append(row)
    if changed:
        _write(changed)
    return len(changed)


def _write(rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cs.erasing', 'on', true)")
        Activity.objects.bulk_update(rows, ["detail"], batch_size=500)
        cursor.execute("SELECT set_config('cs.erasing', '', true)")

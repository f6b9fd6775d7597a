from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import connection, transaction

from accounts.models import Activity

TABLE, TRIGGER = "accounts_activity", "accounts_activity_only_grows"


@transaction.atomic
def blank_ledger(
    *, company_id: int, subjects: Mapping[str, Collection[int]], blank: Callable[[dict], dict]
) -> int:
    """Takes text out of the details of what was done to `subjects` ({type: ids}); who did what, when, stays.

    Only an erasure of personal data may do this. Rows of the ledger are never changed otherwise: a trigger
    sees to it, which is set aside here for the length of one statement; others who write into the ledger
    wait until the transaction ends, so this is the last thing in it. `blank` gives the detail to keep.
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
        # A table with checks that are still to be made cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TRIGGER}")
        Activity.objects.bulk_update(rows, ["detail"], batch_size=500)
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER {TRIGGER}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

"""The activity ledger: one row for each object that a deed touches, in the deed's transaction.

The same call writes the outbox row through which higher apps hear of it (see `accounts.outbox`), with the
deed's detail and, as "activity", "actor" and "batch", the ids of its row here, of who did it and of the bulk deed.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import Activity, Member, Outbox
from cs_platform.lib import clock


def record(
    verb: str,
    subject: models.Model,
    *,
    actor: Member | None,
    company_id: int | None = None,
    batch: UUID | None = None,
    **detail: Any,
) -> None:
    """Records that actor did verb to subject. Must run inside the transaction of the deed."""
    record_many(
        verb,
        type(subject)._meta.model_name or "",
        [(subject.pk, detail)],
        actor=actor,
        company_id=company_id or subject.company_id,  # type: ignore[attr-defined]
        batch=batch,
    )


def record_many(
    verb: str,
    subject_type: str,
    subjects: Iterable[tuple[int, dict]],
    *,
    actor: Member | None,
    company_id: int,
    batch: UUID | None = None,
) -> None:
    """Records one deed on many subjects: (id, detail) each."""
    now = clock.now()
    written = Activity.objects.bulk_create(
        [
            Activity(
                company_id=company_id,
                actor=actor,
                verb=verb,
                subject_type=subject_type,
                subject_id=subject_id,
                batch=batch,
                detail=detail,
                occurred_at=now,
            )
            for subject_id, detail in subjects
        ],
        batch_size=1000,
    )
    by = actor.id if actor else None
    of_all = {"actor": by, "batch": str(batch) if batch else None}
    told = [(row.subject_id, row.detail | {"activity": row.id} | of_all) for row in written]
    tell(verb, told, company_id=company_id)


def tell(verb: str, subjects: Iterable[tuple[int, dict]], *, company_id: int) -> None:
    """Tells the higher apps, after commit and at least once."""
    now = clock.now()
    Outbox.objects.bulk_create(
        [
            Outbox(
                company_id=company_id,
                verb=verb,
                subject_id=subject_id,
                detail=detail,
                created_at=now,
                not_before=now,
            )
            for subject_id, detail in subjects
            if verb in heard()
        ],
        batch_size=1000,
    )


def heard() -> dict[str, list]:
    """Verbs that some app reacts to: {verb: [function, ...]}, from every app's `reactions.REACTIONS`."""
    from accounts.outbox import table

    return table()

"""Who holds a certificate hears of its end: 30, 7 and 0 days before; who is above hears that it is over."""

from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import Company
from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from playbooks.queries.people import above
from training.models import Certificate
from training.notices import of_certificate
from training.queries.certificates import NOTICES, OVER, nearest, newest_rows

MORNING = time(8)
BATCH = 200
BEFORE = {30: "certificate.ends_soon", 7: "certificate.ends_soon", 0: "certificate.ends_today"}


def remind_of_ends(company: Company) -> int:
    """Once it is morning in the company. May run at any hour, and again, and at the same time as another one.

    Each batch is a transaction: what a certificate notes as told was told. Returns of how many it told.
    """
    now = clock.now()
    local = now.astimezone(company.zones().at(now))
    if local.time() < MORNING:
        return 0
    told, batch = 0, _batch(company, local.date(), 0)
    while batch:
        told += len(batch)
        batch = _batch(company, local.date(), batch[-1])
    return told


@transaction.atomic
def _batch(company: Company, today: date, after: int) -> list[int]:
    """The ids of the next certificates of which something was told; rows that another one works on are left to it."""
    soon = today + timedelta(days=max(NOTICES))
    ending = Certificate.objects.filter(
        Q(until__lte=soon) | Q(refresh_by__lte=soon),
        Q(told__isnull=True) | Q(told__gt=OVER),
        company_id=company.id,
        revoked_at__isnull=True,
        member__is_active=True,
        id__gt=after,
    )
    locked = newest_rows(ending).select_for_update(skip_locked=True, no_key=True, of=["self"])
    rows = list(locked.select_related("member").order_by("id")[:BATCH])
    notices: list[Notice] = []
    for row in rows:
        notices += _due(row, today)
    notify(company.id, notices)
    Certificate.objects.bulk_update(rows, ["told"])
    return [row.id for row in rows]


def _due(row: Certificate, today: date) -> list[Notice]:
    """What is to be told of a certificate today; notes at it that it was."""
    left = (row.ends_on - today).days
    notice = nearest(left)
    found = []
    if notice is not None and (row.told is None or notice < row.told):
        verb = "certificate.expired" if left < 0 else BEFORE[notice]
        found.append(of_certificate(verb, row, row.member_id, f"{row.ends_on}:{notice}"))
        row.told = notice
    if left < 0:
        bosses = above(row.company_id, [row.member_id]) - {row.member_id}
        found += [
            of_certificate("certificate.expired_below", row, boss, str(row.ends_on))
            for boss in sorted(bosses)
        ]
        row.told = OVER
    return found

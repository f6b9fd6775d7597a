"""Deeds on a customer that take many transactions: a merge, its undo, an erasure.

The request records the decision and marks the customers, in one transaction. The rest comes in portions. Each is a
transaction with its facts and ledger rows; it takes the row of the deed first and writes there how far it is, so that a
portion is done once, whoever is at it, and goes on after a kill where it stood.
"""

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.models import Member
from cs_platform.lib import clock
from customers.facts import derive_surveys
from customers.models import Customer, LongDeed, Survey
from metrics.facts import queue_up

logger = logging.getLogger(__name__)
AT_ONCE = 300  # rows that are done in the request, together with the decision
PORTION = 200  # while one is done, the company's other writers wait
Portion = Callable[[LongDeed], int]


def refuse_while_at_work(company_id: int, gone: Collection[int], kept: int | None = None) -> None:
    """Raises ValidationError while a long deed is on that reads or moves what this one would.

    A survivor may take in several at once; none of these may go elsewhere meanwhile, nor may the survivor.
    """
    busy = Q(customer__in=gone) | Q(into__in=gone) | Q(customer=kept)
    if LongDeed.objects.filter(busy, company_id=company_id).exists():
        raise ValidationError(
            _("One of these customers is just being merged or erased. Try again when that is done.")
        )


def begin(
    kind: LongDeed.Kind,
    portion: Portion,
    *,
    actor: Member | None,
    customer: Customer,
    into: Customer | None = None,
    **fields: Any,
) -> LongDeed:
    """Records that a deed is on. A small one is done here, in the caller's transaction; else a worker hears of it."""
    deed = LongDeed.objects.create(
        company_id=customer.company_id,
        kind=kind,
        actor=actor,
        customer=customer,
        into=into,
        beat_at=clock.now(),
        **fields,
    )
    if deed.total > AT_ONCE:
        transaction.on_commit(partial(send, deed.id))
        return deed
    while do_portion(deed.id, portion):
        pass
    return deed


def send(deed_id: int) -> None:
    """To a worker. Without a broker nothing is lost: beat looks every half minute."""
    try:
        current_app.send_task("customers.tasks.do_long_deed", args=[deed_id], retry=False)
    except (RedisError, OperationalError, OSError):
        logger.warning("The broker is away; beat will see to deed %s", deed_id)


@transaction.atomic
def do_portion(deed_id: int, portion: Portion) -> bool:
    """Does the next portion; returns whether there may be more. The row of a deed that is done is gone."""
    company = LongDeed.objects.filter(id=deed_id).values_list("company_id", flat=True).first()
    if company is None:
        return False
    queue_up(company)
    locked = LongDeed.objects.select_for_update(of=("self",), no_key=True)
    deed = locked.select_related("customer", "into", "actor").filter(id=deed_id).first()
    if deed is None:
        return False
    rows = portion(deed)
    if not rows:
        deed.delete()
        return False
    deed.done += rows
    deed.beat_at = clock.now()
    deed.save(update_fields=["step", "cursor", "counts", "done", "beat_at"])
    return True


def credit_portion(deed: LongDeed, customers: Collection[int]) -> int:
    """Answers whose credit goes by the owner, after the history of the owners became another one."""
    answers = Survey.objects.filter(company_id=deed.company_id, customer__in=customers, kind=Survey.Kind.NPS)
    later = answers.filter(id__gt=deed.cursor).order_by("id").values_list("id", flat=True)
    ids = list(later[:PORTION])
    if ids:
        derive_surveys(deed.company_id, ids)
        deed.cursor = ids[-1]
    return len(ids)

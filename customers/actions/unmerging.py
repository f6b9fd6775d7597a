"""A merge taken back: what moved goes back in portions, as far as it is still there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Activity, Member
from customers.models import Customer, CustomerFact, CustomerOwner, LongDeed, Revenue, Survey
from metrics.facts import queue_up

from . import long_deeds
from .merged_values import split_revenue, unfill
from .merging import MOVED, deeds_on, derive_all_revenue, last_merge, locked_pair, move_rows

CREDIT = "credit"


@transaction.atomic
def unmerge_customer(*, actor: Member, customer: Customer) -> Customer:
    """Takes a merge back, also one that is not done yet. Raises ValidationError if it cannot be."""
    queue_up(actor.company_id)
    deed = last_merge(customer)
    if deed is None or customer.merged_into_id is None:
        raise ValidationError(_("This customer is not merged."))
    gone, kept = locked_pair(actor, customer.id, deed.detail["into"])
    if gone.merged_into_id != kept.id:
        raise ValidationError(_("A later merge builds on this one; take that one back first."))
    LongDeed.objects.filter(company_id=gone.company_id, customer=gone, kind=LongDeed.Kind.MERGE).delete()
    long_deeds.refuse_while_at_work(actor.company_id, [gone.id], kept.id)
    ids, summed = deed.detail["moved"], deed.detail["summed"]
    Customer.objects.filter(id=gone.id).update(merged_into=None, version=F("version") + 1)
    Customer.objects.filter(id__in=ids["follower"], merged_into=kept).update(merged_into=gone)
    unfill(gone, kept, deed.detail["filled"])
    split_revenue(gone, kept, summed)
    models: dict[str, Any] = {"owner": CustomerOwner, "fact": CustomerFact, "revenue": Revenue}
    for name, model in models.items():
        model.objects.filter(id__in=ids[name], customer=kept).update(customer=gone)
    activity.record("customer.unmerged", gone, actor=actor, into=kept.id)
    derive_all_revenue([kept, gone], [])
    _begin(actor, gone, kept, _moved_by(gone, deed), with_credit=bool(ids["owner"]))
    gone.refresh_from_db()
    return gone


def _moved_by(gone: Customer, deed: Activity) -> dict[str, list[int]]:
    """The rows that a merge has moved so far; those of an earlier version stand in its own row."""
    moved = {name: list(deed.detail["moved"].get(name, [])) for name in MOVED}
    portions = deeds_on(gone).filter(verb="customer.merge_moved", id__gt=deed.id).order_by("id")
    for portion in portions.values_list("detail", flat=True):
        for name, ids in portion["moved"].items():
            moved[name] += ids
    return moved


def _begin(
    actor: Member, gone: Customer, kept: Customer, moved: dict[str, list[int]], *, with_credit: bool
) -> None:
    total = sum(map(len, moved.values()))
    if with_credit:
        answers = Survey.objects.filter(company_id=kept.company_id, kind=Survey.Kind.NPS)
        total += answers.filter(customer__in=[gone, kept]).count()
    long_deeds.begin(
        LongDeed.Kind.UNMERGE,
        return_portion,
        actor=actor,
        customer=gone,
        into=kept,
        plan={"moved": moved, CREDIT: with_credit},
        total=total,
    )


def return_portion(deed: LongDeed) -> int:
    """Moves some of it back; returns how many rows were seen to, 0 when none is left."""
    assert deed.into is not None
    if deed.step != CREDIT:
        if rows := _next_rows(deed):
            return rows
        deed.step, deed.cursor = CREDIT, 0
    return long_deeds.credit_portion(deed, [deed.customer_id, deed.into.id]) if deed.plan[CREDIT] else 0


def _next_rows(deed: LongDeed) -> int:
    """The cursor counts through the lists of the plan, one after another."""
    start = deed.cursor
    for name, model in MOVED.items():
        ids = deed.plan["moved"][name]
        if start < len(ids):
            portion = ids[start : start + long_deeds.PORTION]
            deed.cursor += len(portion)
            _move_back(deed, name, model, portion)
            return len(portion)
        start -= len(ids)
    return 0


def _move_back(deed: LongDeed, name: str, model: Any, ids: list[int]) -> None:
    """What somebody has moved elsewhere meanwhile, or deleted, stays so."""
    still = model.objects.filter(company_id=deed.company_id, id__in=ids, customer=deed.into)
    ids = list(still.order_by("id").values_list("id", flat=True))
    if ids:
        move_rows(name, ids, deed.customer)
        activity.record(
            "customer.merge_returned", deed.customer, actor=deed.actor, into=deed.into_id, moved={name: ids}
        )

"""Two customers that are one: everything moves to the survivor, and can move back (`unmerging`).

The decision is one transaction: from then on what is new is written at the survivor. Then tickets, contacts, notes and
answers follow in portions. What a merged customer still holds is what is yet to move, also what somebody wrote there
at the very moment of the merge.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Activity, Draft, Member
from customers.facts import MatchKey, derive_revenue, derive_surveys, derive_tickets
from customers.models import Contact, Customer, LongDeed, Note, Revenue, Survey, Ticket
from metrics.facts import queue_up

from . import long_deeds
from .merged_values import fill, move_facts, move_owners, move_revenue

MOVED: dict[str, Any] = {"ticket": Ticket, "contact": Contact, "note": Note, "survey": Survey}


@transaction.atomic
def merge_customers(*, actor: Member, customer: Customer, into: Customer) -> Customer:
    """Folds a customer into another of the company; returns the survivor. `unmerge_customer` takes it back.

    Of many rows a worker moves most, see `long_deeds`. What moved is in the ledger, as ids and amounts. Raises
    ValidationError.
    """
    queue_up(actor.company_id)
    gone, kept = locked_pair(actor, customer.id, into.id)
    if gone.id == kept.id or gone.merged_into_id or kept.merged_into_id:
        raise ValidationError(_("Choose another customer, one that is not merged already."))
    long_deeds.refuse_while_at_work(actor.company_id, [gone.id], kept.id)
    moved: dict[str, list[int]] = {"owner": move_owners(gone, kept), "fact": move_facts(gone, kept)}
    moved["revenue"], summed = move_revenue(gone, kept)
    moved["follower"] = ids_at(Customer, gone, "merged_into")
    Customer.objects.filter(id__in=moved["follower"]).update(merged_into=kept)
    filled = fill(gone, kept)
    _move_drafts(gone, kept)
    Customer.objects.filter(id=gone.id).update(merged_into=kept, version=F("version") + 1)
    activity.record(
        "customer.merged", gone, actor=actor, into=kept.id, moved=moved, summed=summed, filled=filled
    )
    activity.record("customer.absorbed", kept, actor=actor, merged=gone.id)
    derive_all_revenue([kept], [row["other"] for row in summed])
    _begin(actor, gone, kept, with_credit=bool(moved["owner"]))
    return kept


def move_portion(deed: LongDeed) -> int:
    """Moves some of what the merged customer still holds; returns how many rows, 0 when none is left."""
    gone, kept = deed.customer, deed.into
    assert kept is not None
    for name, model in MOVED.items():
        if ids := ids_at(model, gone, most=long_deeds.PORTION):
            move_rows(name, ids, kept)
            activity.record("customer.merge_moved", gone, actor=deed.actor, into=kept.id, moved={name: ids})
            return len(ids)
    return long_deeds.credit_portion(deed, [kept.id]) if deed.plan["credit"] else 0


@transaction.atomic
def fetch_after(customer_id: int) -> None:
    """Moves what a merged customer holds again: somebody had opened it before, and wrote after the merge."""
    gone = Customer.objects.select_related("merged_into").get(id=customer_id)
    queue_up(gone.company_id)
    gone.refresh_from_db()
    if gone.merged_into is None or LongDeed.objects.filter(customer=gone).exists():
        return
    _begin(None, gone, gone.merged_into, with_credit=False)


def _begin(actor: Member | None, gone: Customer, kept: Customer, *, with_credit: bool) -> None:
    total = sum(
        model.objects.filter(company_id=gone.company_id, customer=gone).count() for model in MOVED.values()
    )
    if with_credit:
        total += Survey.objects.filter(
            company_id=kept.company_id, customer=kept, kind=Survey.Kind.NPS
        ).count()
    long_deeds.begin(
        LongDeed.Kind.MERGE,
        move_portion,
        actor=actor,
        customer=gone,
        into=kept,
        plan={"credit": with_credit},
        total=total,
    )


def last_merge(customer: Customer) -> Activity | None:
    """The ledger row of the last merge of a customer into another."""
    return deeds_on(customer).filter(verb="customer.merged").order_by("-id").first()


def deeds_on(customer: Customer) -> Any:
    return Activity.objects.filter(
        company_id=customer.company_id, subject_type="customer", subject_id=customer.id
    )


def locked_pair(actor: Member, gone_id: int, kept_id: int) -> tuple[Customer, Customer]:
    rows = Customer.objects.visible_to(actor).filter(id__in=[gone_id, kept_id]).order_by("id")
    found = {row.id: row for row in rows.select_for_update(no_key=True)}
    return found[gone_id], found[kept_id]


def ids_at(model: Any, customer: Customer, field: str = "customer", most: int | None = None) -> list[int]:
    rows = model.objects.filter(company_id=customer.company_id, **{field: customer})
    return list(rows.order_by("id").values_list("id", flat=True)[:most])


def move_rows(name: str, ids: list[int], to: Customer) -> None:
    """Moves rows of one kind and derives what rests on them."""
    if name == "ticket":
        former = _move_tickets(ids, to)
        derive_tickets(to.company_id, ids, former)
        return
    MOVED[name].objects.filter(company_id=to.company_id, id__in=ids).update(customer=to)
    if name == "survey":
        derive_surveys(to.company_id, ids)


def _move_tickets(ids: list[int], to: Customer) -> list[MatchKey]:
    """Returns what made each the follow-up of another before. Who has one open to edit will hear of it."""
    tickets = Ticket.objects.filter(company_id=to.company_id, id__in=ids).order_by("id")
    former = [MatchKey.of(ticket) for ticket in tickets.select_for_update(no_key=True)]
    Ticket.objects.filter(id__in=ids).update(customer=to, version=F("version") + 1)
    return former


def derive_all_revenue(customers: list[Customer], deleted: list[int]) -> None:
    """Revenue of customers whose owners or amounts are others now, and of rows that are gone."""
    company_id = customers[0].company_id
    rows = Revenue.objects.filter(company_id=company_id, customer__in=customers)
    derive_revenue(company_id, [*deleted, *rows.values_list("id", flat=True)])


def _move_drafts(gone: Customer, kept: Customer) -> None:
    """Who is just writing a note about the one finds it at the other."""
    drafts = Draft.objects.filter(company_id=kept.company_id)
    at = f"customer:{kept.id}:note"
    taken = drafts.filter(place=at).values("member_id")
    drafts.filter(place=f"customer:{gone.id}:note").exclude(member_id__in=taken).update(place=at)

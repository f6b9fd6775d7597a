"""Two customers that are one: everything moves to the survivor, and can move back."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Activity, Draft, Member
from customers.facts import MatchKey, derive_revenue, derive_surveys, derive_tickets
from customers.models import Contact, Customer, CustomerFact, CustomerOwner, Note, Revenue, Survey, Ticket
from metrics.facts import queue_up

from .customers import rederive_customers

CHUNK = 1_000
MOVED: dict[str, Any] = {"ticket": Ticket, "contact": Contact, "note": Note, "survey": Survey}
# What the survivor does not know is taken from the other; what it knows stays.
FILLED = ("segment", "started_on", "owner_id")


@transaction.atomic
def merge_customers(*, actor: Member, customer: Customer, into: Customer) -> Customer:
    """Folds a customer into another of the company; returns the survivor. `unmerge_customer` takes it back.

    What moved is in the detail of the ledger row, as ids and amounts. Raises ValidationError.
    """
    queue_up(actor.company_id)
    gone, kept = _locked(actor, customer.id, into.id)
    if gone.id == kept.id or gone.merged_into_id or kept.merged_into_id:
        raise ValidationError(_("Choose another customer, one that is not merged already."))
    ids = {name: _ids(model, gone) for name, model in MOVED.items()}
    former = _move_tickets(ids["ticket"], kept)
    for name in ("contact", "note", "survey"):
        MOVED[name].objects.filter(id__in=ids[name]).update(customer=kept)
    ids["owner"] = _move_owners(gone, kept)
    ids["fact"] = _move_facts(gone, kept)
    ids["revenue"], summed = _move_revenue(gone, kept)
    ids["follower"] = _ids(Customer, gone, "merged_into")
    Customer.objects.filter(id__in=ids["follower"]).update(merged_into=kept)
    filled = _fill(gone, kept)
    _move_drafts(gone, kept)
    Customer.objects.filter(id=gone.id).update(merged_into=kept, version=F("version") + 1)
    activity.record(
        "customer.merged", gone, actor=actor, into=kept.id, moved=ids, summed=summed, filled=filled
    )
    activity.record("customer.absorbed", kept, actor=actor, merged=gone.id)
    _derive(actor.company_id, ids, former, [kept.id], [row["other"] for row in summed])
    return kept


@transaction.atomic
def unmerge_customer(*, actor: Member, customer: Customer) -> Customer:
    """Moves back what a merge moved, as far as it is still there. Raises ValidationError if it cannot be."""
    queue_up(actor.company_id)
    deed = last_merge(customer)
    if deed is None or customer.merged_into_id is None:
        raise ValidationError(_("This customer is not merged."))
    gone, kept = _locked(actor, customer.id, deed.detail["into"])
    if gone.merged_into_id != kept.id:
        raise ValidationError(_("A later merge builds on this one; take that one back first."))
    ids, summed = deed.detail["moved"], deed.detail["summed"]
    Customer.objects.filter(id=gone.id).update(merged_into=None, version=F("version") + 1)
    Customer.objects.filter(id__in=ids["follower"], merged_into=kept).update(merged_into=gone)
    _unfill(gone, kept, deed.detail["filled"])
    _split_revenue(gone, kept, summed)
    still = {name: _still(model, ids[name], kept) for name, model in MOVED.items()}
    former = _move_tickets(still["ticket"], gone)
    for name in ("contact", "note", "survey"):
        MOVED[name].objects.filter(id__in=still[name]).update(customer=gone)
    for model, name in ((CustomerOwner, "owner"), (CustomerFact, "fact"), (Revenue, "revenue")):
        model.objects.filter(id__in=ids[name], customer=kept).update(customer=gone)
    activity.record("customer.unmerged", gone, actor=actor, into=kept.id)
    _derive(actor.company_id, still, former, [kept.id, gone.id], [])
    gone.refresh_from_db()
    return gone


def last_merge(customer: Customer) -> Activity | None:
    """The ledger row of the last merge of a customer into another."""
    deeds = Activity.objects.filter(
        company_id=customer.company_id, subject_type="customer", subject_id=customer.id
    )
    return deeds.filter(verb="customer.merged").order_by("-id").first()


def _locked(actor: Member, gone_id: int, kept_id: int) -> tuple[Customer, Customer]:
    rows = Customer.objects.visible_to(actor).filter(id__in=[gone_id, kept_id]).order_by("id")
    found = {row.id: row for row in rows.select_for_update(no_key=True)}
    return found[gone_id], found[kept_id]


def _ids(model: Any, customer: Customer, field: str = "customer") -> list[int]:
    rows = model.objects.filter(company_id=customer.company_id, **{field: customer})
    return list(rows.order_by("id").values_list("id", flat=True))


def _still(model: Any, ids: list[int], kept: Customer) -> list[int]:
    rows = model.objects.filter(company_id=kept.company_id, id__in=ids, customer=kept)
    return list(rows.order_by("id").values_list("id", flat=True))


def _move_tickets(ids: list[int], to: Customer) -> dict[int, MatchKey]:
    """Returns what made each the follow-up of another before. Who has one open to edit will hear of it."""
    tickets = Ticket.objects.filter(company_id=to.company_id, id__in=ids).order_by("id")
    former = {ticket.id: MatchKey.of(ticket) for ticket in tickets.select_for_update(no_key=True)}
    Ticket.objects.filter(id__in=ids).update(customer=to, version=F("version") + 1)
    return former


def _move_owners(gone: Customer, kept: Customer) -> list[int]:
    """The survivor's own history goes first; the other's tells of the days before it."""
    history = CustomerOwner.objects.filter(company_id=kept.company_id)
    first = history.filter(customer=kept).order_by("valid_from").values_list("valid_from", flat=True).first()
    earlier = history.filter(customer=gone, **({"valid_from__lt": first} if first else {}))
    ids = list(earlier.values_list("id", flat=True))
    history.filter(id__in=ids).update(customer=kept)
    return ids


def _move_facts(gone: Customer, kept: Customer) -> list[int]:
    facts = CustomerFact.objects.filter(company_id=kept.company_id)
    known = facts.filter(customer=kept).values_list("label", flat=True)
    ids = list(facts.filter(customer=gone).exclude(label__in=list(known)).values_list("id", flat=True))
    facts.filter(id__in=ids).update(customer=kept, position=F("position") + 100)
    return ids


def _move_revenue(gone: Customer, kept: Customer) -> tuple[list[int], list[dict]]:
    """A month of both becomes the sum: each customer has one row a month. Returns (moved, summed)."""
    rows = Revenue.objects.filter(company_id=kept.company_id).select_for_update(no_key=True)
    own = {row.month: row for row in rows.filter(customer=kept)}
    moved, summed = [], []
    for row in rows.filter(customer=gone).order_by("month"):
        if row.month not in own:
            moved.append(row.id)
            continue
        mine = own[row.month]
        summed.append(
            {
                "id": mine.id,
                "other": row.id,
                "month": row.month.isoformat(),
                "had": mine.amount_minor,
                "added": row.amount_minor,
            }
        )
        mine.amount_minor += row.amount_minor
        mine.save(update_fields=["amount_minor"])
        row.delete()
    Revenue.objects.filter(id__in=moved).update(customer=kept)
    return moved, summed


def _split_revenue(gone: Customer, kept: Customer, summed: list[dict]) -> None:
    rows = Revenue.objects.filter(company_id=kept.company_id, id__in=[row["id"] for row in summed])
    now = {row.id: row for row in rows.select_for_update(no_key=True)}
    for row in summed:
        mine = now.get(row["id"])
        if mine is None or mine.amount_minor != row["had"] + row["added"]:
            raise ValidationError(
                _("The revenue of %(month)s was changed after the merge, so it cannot be taken apart again.")
                % {"month": row["month"][:7]}
            )
        mine.amount_minor = row["had"]
        mine.save(update_fields=["amount_minor"])
    Revenue.objects.bulk_create(
        Revenue(
            id=row["other"],
            company_id=kept.company_id,
            customer=gone,
            month=row["month"],
            amount_minor=row["added"],
        )
        for row in summed
    )


def _fill(gone: Customer, kept: Customer) -> list[str]:
    filled = [name for name in FILLED if not getattr(kept, name) and getattr(gone, name)]
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    kept.is_stub = kept.is_stub and gone.is_stub
    kept.version += 1
    kept.save(update_fields=[*filled, "is_stub", "version"])
    return filled


def _unfill(gone: Customer, kept: Customer, filled: list[str]) -> None:
    for name in filled:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, "" if name == "segment" else None)
    kept.version += 1
    kept.save(update_fields=[*filled, "version"])


def _move_drafts(gone: Customer, kept: Customer) -> None:
    """Who is just writing a note about the one finds it at the other."""
    drafts = Draft.objects.filter(company_id=kept.company_id)
    at = f"customer:{kept.id}:note"
    taken = drafts.filter(place=at).values("member_id")
    drafts.filter(place=f"customer:{gone.id}:note").exclude(member_id__in=taken).update(place=at)


def _derive(
    company_id: int,
    ids: dict[str, list[int]],
    former: dict[int, MatchKey],
    customers: Iterable[int],
    deleted_revenue: list[int],
) -> None:
    for start in range(0, len(ids["ticket"]), CHUNK):
        chunk = ids["ticket"][start : start + CHUNK]
        derive_tickets(company_id, chunk, [former[ticket_id] for ticket_id in chunk])
    derive_surveys(company_id, ids["survey"])
    derive_revenue(company_id, deleted_revenue)
    rederive_customers(company_id, list(customers))

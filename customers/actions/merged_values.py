"""What both of two customers have: fields, owners, quick facts and months of revenue. Bounded, so moved at once."""

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerFact, CustomerOwner, Revenue

# What the survivor does not know is taken from the other; what it knows stays.
FILLED = ("segment", "started_on", "owner_id")


def move_owners(gone: Customer, kept: Customer) -> list[int]:
    """The survivor's own history goes first; the other's tells of the days before it."""
    history = CustomerOwner.objects.filter(company_id=kept.company_id)
    first = history.filter(customer=kept).order_by("valid_from").values_list("valid_from", flat=True).first()
    earlier = history.filter(customer=gone, **({"valid_from__lt": first} if first else {}))
    ids = list(earlier.values_list("id", flat=True))
    history.filter(id__in=ids).update(customer=kept)
    return ids


def move_facts(gone: Customer, kept: Customer) -> list[int]:
    facts = CustomerFact.objects.filter(company_id=kept.company_id)
    known = facts.filter(customer=kept).values_list("label", flat=True)
    ids = list(facts.filter(customer=gone).exclude(label__in=list(known)).values_list("id", flat=True))
    facts.filter(id__in=ids).update(customer=kept, position=F("position") + 100)
    return ids


def move_revenue(gone: Customer, kept: Customer) -> tuple[list[int], list[dict]]:
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


def split_revenue(gone: Customer, kept: Customer, summed: list[dict]) -> None:
    """Takes sums apart again. Raises ValidationError if one was changed since."""
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


def fill(gone: Customer, kept: Customer) -> list[str]:
    filled = [name for name in FILLED if not getattr(kept, name) and getattr(gone, name)]
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    kept.is_stub = kept.is_stub and gone.is_stub
    kept.version += 1
    kept.save(update_fields=[*filled, "is_stub", "version"])
    return filled


def unfill(gone: Customer, kept: Customer, filled: list[str]) -> None:
    for name in filled:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, "" if name == "segment" else None)
    kept.version += 1
    kept.save(update_fields=[*filled, "version"])

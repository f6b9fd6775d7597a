from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import activity
from accounts.models import Company, Member
from cs_platform.lib.money import minor_units
from customers.facts import derive_revenue, derive_surveys
from customers.models import Customer, CustomerOwner, Revenue, Survey
from customers.models.rules import check_days
from metrics.facts import queue_up

from .conflict import check_version
from .standing import check_standing

# What the ledger keeps of a change; names and reasons may tell of people, and the ledger forgets nothing.
RECORDED = ("segment", "started_on", "ended_on")


@transaction.atomic
def enter_customer(*, actor: Member, owner: Member | None = None, **fields: Any) -> Customer:
    """A new customer; without an external_id it gets one of ours. Raises ValidationError that names the field."""
    customer = Customer(company_id=actor.company_id, **fields)
    customer.external_id = customer.external_id or f"C-{uuid4().hex[:12]}"
    check_days(fields)
    customer.full_clean(exclude=["company"])
    customer.save()
    activity.record("customer.entered", customer, actor=actor)
    if owner is not None:
        set_owner(actor=actor, customer=customer, owner=owner)
    return customer


@transaction.atomic
def change_customer(
    *, actor: Member, customer: Customer, version: int | None = None, **changes: Any
) -> Customer:
    """Changes name, segment, start, end or why they left. Whoever is entered by hand is no stub any more.

    version: the one that the editor saw. Raises EditConflict if it is not the newest, and ValidationError for a
    customer that was merged or erased.
    """
    check_standing(customer.id)
    customer = Customer.objects.visible_to(actor).select_for_update(no_key=True).get(id=customer.id)
    check_version(customer, version)
    changed = sorted(field for field, value in changes.items() if getattr(customer, field) != value)
    before = {field: str(getattr(customer, field)) for field in changed if field in RECORDED}
    check_days({field: changes[field] for field in changed})
    for field in changed:
        setattr(customer, field, changes[field])
    customer.is_stub = False
    customer.version += 1
    customer.full_clean(exclude=["company"])
    customer.save(update_fields=[*changed, "is_stub", "version"])
    activity.record("customer.changed", customer, actor=actor, fields=changed, before=before)
    return customer


@transaction.atomic
def set_owner(
    *, actor: Member | None, customer: Customer, owner: Member | None, valid_from: date | None = None
) -> None:
    """Who owns a customer from a day on, today by default. Earlier revenue and answers keep their credit."""
    queue_up(customer.company_id)
    today = customer.company.today()
    valid_from = valid_from or today
    CustomerOwner.objects.update_or_create(
        company_id=customer.company_id, customer=customer, valid_from=valid_from, defaults={"owner": owner}
    )
    # Somebody may own it since a later day than the one that is told now.
    told = CustomerOwner.objects.filter(company_id=customer.company_id, customer=customer)
    latest = told.filter(valid_from__lte=today).order_by("-valid_from").first()
    customer.owner = latest.owner if latest else None
    customer.save(update_fields=["owner"])
    activity.record(
        "customer.owner_set",
        customer,
        actor=actor,
        owner=owner.id if owner else None,
        valid_from=valid_from.isoformat(),
    )
    rederive_customers(customer.company_id, [customer.id])


def rederive_customers(company_id: int, customer_ids: list[int]) -> None:
    """Revenue and answers of customers whose owners have another history now."""
    revenue = Revenue.objects.filter(company_id=company_id, customer_id__in=customer_ids)
    derive_revenue(company_id, list(revenue.values_list("id", flat=True)))
    surveys = Survey.objects.filter(company_id=company_id, customer_id__in=customer_ids, kind=Survey.Kind.NPS)
    derive_surveys(company_id, list(surveys.values_list("id", flat=True)))


@transaction.atomic
def set_revenue(*, actor: Member | None, customer: Customer, month: date, amount: Decimal) -> Revenue:
    """Recurring revenue of a customer in a month; a later call wins."""
    queue_up(customer.company_id)
    company = Company.objects.get(id=customer.company_id)
    row, _ = Revenue.objects.update_or_create(
        company_id=company.id,
        customer=customer,
        month=month.replace(day=1),
        defaults={"amount_minor": minor_units(amount, company.currency)},
    )
    activity.record("revenue.set", row, actor=actor)
    derive_revenue(company.id, [row.id])
    return row

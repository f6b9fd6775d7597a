from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts import activity
from accounts.models import Company, Member
from cs_platform.lib import clock
from cs_platform.lib.money import minor_units
from customers.facts import derive_revenue, derive_surveys
from customers.models import Customer, CustomerOwner, Revenue, Survey
from metrics.facts import queue_up


@transaction.atomic
def enter_customer(*, actor: Member, owner: Member | None = None, **fields: Any) -> Customer:
    customer = Customer(company_id=actor.company_id, **fields)
    customer.full_clean(exclude=["company"])
    customer.save()
    activity.record("customer.entered", customer, actor=actor)
    if owner is not None:
        set_owner(actor=actor, customer=customer, owner=owner)
    return customer


@transaction.atomic
def set_owner(
    *, actor: Member | None, customer: Customer, owner: Member | None, valid_from: date | None = None
) -> None:
    """Who owns a customer from a day on, today by default. Earlier revenue and answers keep their credit."""
    queue_up(customer.company_id)
    today = customer.company.zones().day(clock.now())
    valid_from = valid_from or today
    CustomerOwner.objects.update_or_create(
        company_id=customer.company_id, customer=customer, valid_from=valid_from, defaults={"owner": owner}
    )
    customer.owner = owner
    customer.save(update_fields=["owner"])
    activity.record("customer.owner_set", customer, actor=actor, owner=owner.id if owner else None)
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

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from customers.models import Customer, CustomerFact

from .standing import check_standing

MOST = 24


@transaction.atomic
def enter_fact(*, actor: Member, customer: Customer, label: str, value: str) -> CustomerFact:
    """A quick fact, verified today by whoever enters it. Raises ValidationError that names the field."""
    check_standing(customer.id)
    facts = CustomerFact.objects.filter(company_id=customer.company_id, customer=customer)
    if facts.count() >= MOST:
        raise ValidationError(_("A customer has at most %(most)s quick facts.") % {"most": MOST})
    position = facts.order_by("-position").values_list("position", flat=True).first()
    fact = CustomerFact(
        company_id=customer.company_id,
        customer=customer,
        label=label,
        value=value,
        position=0 if position is None else position + 1,
    )
    _verify(actor, fact)
    fact.save()
    activity.record("customer.fact_entered", customer, actor=actor, fact=fact.id)
    return fact


@transaction.atomic
def change_fact(*, actor: Member, fact: CustomerFact, label: str, value: str) -> CustomerFact:
    """Whoever changes a fact has made sure of it."""
    fact = CustomerFact.objects.visible_to(actor).select_for_update(no_key=True).get(id=fact.id)
    fact.label, fact.value = label, value
    _verify(actor, fact)
    fact.save()
    activity.record("customer.fact_changed", fact, actor=actor, customer=fact.customer_id)
    return fact


@transaction.atomic
def verify_fact(*, actor: Member, fact: CustomerFact) -> CustomerFact:
    """It was asked again, and still holds."""
    fact = CustomerFact.objects.visible_to(actor).select_for_update(no_key=True).get(id=fact.id)
    _verify(actor, fact)
    fact.save(update_fields=["verified_on", "verified_by"])
    activity.record("customer.fact_verified", fact, actor=actor, customer=fact.customer_id)
    return fact


@transaction.atomic
def remove_fact(*, actor: Member, fact: CustomerFact) -> None:
    activity.record("customer.fact_removed", fact, actor=actor, customer=fact.customer_id)
    CustomerFact.objects.filter(id=fact.id).delete()
    later = CustomerFact.objects.filter(company_id=fact.company_id, customer_id=fact.customer_id)
    later.filter(position__gt=fact.position).update(position=F("position") - 1)


def _verify(actor: Member, fact: CustomerFact) -> None:
    fact.verified_on, fact.verified_by = _today(actor), actor
    fact.full_clean(exclude=["company"])


def _today(actor: Member) -> date:
    return actor.company.today()

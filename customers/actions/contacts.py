from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Contact, Customer

from .standing import lock_survivor


@transaction.atomic
def enter_contact(*, actor: Member, customer: Customer, **fields: Any) -> Contact:
    """A person at a customer, or at the one that it was merged into; without an external_id they get one of ours.

    Raises ValidationError for a customer whose personal data was erased.
    """
    survivor = lock_survivor(customer.id)
    contact = Contact(company_id=actor.company_id, customer=survivor, **fields)
    contact.external_id = contact.external_id or f"P-{uuid4().hex[:12]}"
    contact.full_clean(exclude=["company"])
    contact.save()
    activity.record("contact.entered", contact, actor=actor, customer=contact.customer_id)
    return contact


@transaction.atomic
def change_contact(*, actor: Member, contact: Contact, **changes: Any) -> Contact:
    """Changes name, title, e-mail or phone. The ledger tells which of them, not what they were."""
    lock_survivor(contact.customer_id)
    contact = Contact.objects.visible_to(actor).select_for_update(no_key=True).get(id=contact.id)
    changed = sorted(field for field, value in changes.items() if getattr(contact, field) != value)
    for field in changed:
        setattr(contact, field, changes[field])
    contact.full_clean(exclude=["company"])
    contact.save(update_fields=changed)
    activity.record("contact.changed", contact, actor=actor, fields=changed)
    return contact


@transaction.atomic
def mark_contact_left(*, actor: Member, contact: Contact) -> None:
    """Works at the customer no more; stays in the list of those who left."""
    Contact.objects.filter(id=contact.id, left_at__isnull=True).update(left_at=clock.now())
    activity.record("contact.left", contact, actor=actor)


@transaction.atomic
def take_contact_back(*, actor: Member, contact: Contact) -> None:
    Contact.objects.filter(id=contact.id).update(left_at=None)
    activity.record("contact.returned", contact, actor=actor)

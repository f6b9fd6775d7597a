"""Erasure of what tells of people. Every figure stays: no time, score, amount, status or count is touched.

What it reaches is said in `queries.erasure`, for the page too. FCR knows the same requester by the e-mail. Each address
becomes a pseudonym by chance, on all of its tickets at once: tickets of one person still match each other, nobody
else's, and nobody can work it back.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Contact, Customer, LongDeed
from customers.queries.erasure import Reach, Texts, family_of
from metrics.facts import queue_up

from . import long_deeds
from .copies import Copies, telling
from .erased_rows import erase_contacts, erase_tickets, rename
from .erasure_steps import erase_portion


@transaction.atomic
def erase_customer(*, actor: Member, customer: Customer, with_name: bool = False) -> LongDeed:
    """Erases what is kept about the people of a customer; it cannot be taken back.

    with_name: the customer is a person, so that name and external_id go as well. From now on nothing new about people
    is taken at it; of many rows a worker erases most, see `long_deeds`. Raises ValidationError while another long deed
    is on.
    """
    queue_up(actor.company_id)
    family = list(family_of(customer).select_for_update(no_key=True))
    long_deeds.refuse_while_at_work(actor.company_id, [row.id for row in family])
    family_of(customer).update(erased_at=clock.now(), version=F("version") + 1)
    reach = Reach.of_customer(customer)
    plan = _plan(reach, family, with_name)
    texts = Texts(customer.company_id, (), reach.customers)
    total = sum(len(plan[name]) for name in ("tickets", "addresses", "contacts"))
    total += texts.notes.count() + texts.answers.count()
    return long_deeds.begin(
        LongDeed.Kind.ERASURE, erase_portion, actor=actor, customer=customer, plan=plan, total=total
    )


def _plan(reach: Reach, family: Collection[Customer], with_name: bool) -> dict[str, Any]:
    """What was there at the decision: later portions no longer find it by what they have erased."""
    told = _told(reach) | ({row.name for row in family} if with_name else set())
    names = {row.external_id for row in family} | set(reach.contacts.values_list("external_id", flat=True))
    return {
        "tickets": _ids(reach.tickets),
        "contacts": _ids(reach.contacts),
        "customers": list(reach.customers),
        "addresses": sorted(reach.addresses),
        "words": sorted(telling(told)),
        "names": sorted(names),
        "with_name": with_name,
    }


@transaction.atomic
def erase_contact(*, actor: Member, contact: Contact) -> dict[str, int]:
    """Erases one person: name, e-mail and phone, and the text of the tickets that they wrote. Returns counts."""
    queue_up(actor.company_id)
    contact = Contact.objects.visible_to(actor).select_for_update(no_key=True).get(id=contact.id)
    reach = Reach.of_contact(contact)
    addresses, ids = reach.addresses, _ids(reach.tickets)
    names = {contact.external_id, *reach.tickets.values_list("external_id", flat=True)}
    copies = Copies(
        contact.company_id, telling(_told(reach)), {"ticket": ids, "contact": [contact.id]}, names
    )
    counts = Counter(erase_tickets(contact.company_id, ids))
    for address in addresses:
        counts["requesters"] += rename(contact.company_id, address)
    counts["contacts"] = erase_contacts(reach.contacts)
    for forget in (
        copies.forget_drafts,
        copies.forget_notifications,
        copies.forget_answers,
        copies.forget_views,
        copies.forget_trials,
        copies.forget_ledger,
    ):
        forget()
    activity.record("contact.erased", contact, actor=actor, counts=counts)
    return counts


def _ids(rows: QuerySet) -> list[int]:
    return list(rows.order_by("id").values_list("id", flat=True))


def _told(reach: Reach) -> set[str]:
    people = reach.contacts.values_list("name", "phone", "email")
    return {text for row in people for text in row} | reach.addresses

"""A customer's erasure in portions. Each step returns how many rows it saw to, 0 when none of its own is left."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count

from accounts import activity
from customers.models import Contact, Customer, CustomerFact, LongDeed, Ticket
from customers.queries.erasure import Texts

from . import long_deeds
from .copies import Copies
from .erased_rows import erase_contacts, erase_row, erase_tickets, fields, rename


def erase_portion(deed: LongDeed) -> int:
    """Erases some of it; returns how many rows, 0 when all is done. The ledger then tells how much it was."""
    names = list(STEPS)
    for name in names[names.index(deed.step) if deed.step else 0 :]:
        if name != deed.step:
            deed.step, deed.cursor = name, 0
        if rows := STEPS[name](deed):
            return rows
    with_name = deed.plan["with_name"]
    activity.record(
        "customer.erased", deed.customer, actor=deed.actor, with_name=with_name, counts=deed.counts
    )
    return 0


def _tickets(deed: LongDeed) -> int:
    ids = _next(deed, "tickets")
    if ids:
        _count(deed, erase_tickets(deed.company_id, ids))
        Copies(deed.company_id, deed.plan["words"], {"ticket": ids}).forget_ledger()
    return len(ids)


def _texts(deed: LongDeed) -> int:
    """Notes and answers at the customer itself. What is erased is found no more."""
    for name, rows, field in fields(Texts(deed.company_id, (), deed.plan["customers"])):
        ids = list(rows.order_by("id").values_list("id", flat=True)[: long_deeds.PORTION])
        if ids:
            _count(deed, {name: rows.model.objects.filter(id__in=ids).update(**{field: ""})})
            return len(ids)
    return 0


def _requesters(deed: LongDeed) -> int:
    """As many addresses as have a portion of tickets, and one at least: an address goes whole, or follow-ups would
    lose what they follow."""
    addresses = deed.plan["addresses"][deed.cursor : deed.cursor + long_deeds.PORTION]
    tickets = Ticket.objects.filter(company_id=deed.company_id, requester_email__in=addresses).order_by()
    counted = tickets.values("requester_email").annotate(n=Count("*")).values_list("requester_email", "n")
    sizes, done, renamed = dict(counted), 0, 0
    for address in addresses:
        if done and renamed + sizes.get(address, 0) > long_deeds.PORTION:
            break
        renamed += rename(deed.company_id, address)
        done += 1
    deed.cursor += done
    _count(deed, {"requesters": renamed})
    return done


def _contacts(deed: LongDeed) -> int:
    ids = _next(deed, "contacts")
    rows = Contact.objects.filter(company_id=deed.company_id, id__in=ids)
    if ids:
        _count(deed, {"contacts": erase_contacts(rows)})
        Copies(deed.company_id, deed.plan["words"], {"contact": ids}).forget_ledger()
    return len(ids)


def _customers(deed: LongDeed) -> int:
    ids = deed.plan["customers"]
    CustomerFact.objects.filter(company_id=deed.company_id, customer__in=ids).delete()
    for row in Customer.objects.filter(company_id=deed.company_id, id__in=ids):
        erase_row(row, deed.plan["with_name"])
    Copies(deed.company_id, deed.plan["words"], {"customer": ids}).forget_ledger()
    return 1


def _copies(deed: LongDeed) -> Copies:
    plan = deed.plan
    tickets = Ticket.objects.filter(company_id=deed.company_id, id__in=plan["tickets"])
    names = {*plan["names"], *tickets.values_list("external_id", flat=True)}
    subjects = {"ticket": plan["tickets"], "customer": plan["customers"], "contact": plan["contacts"]}
    return Copies(deed.company_id, plan["words"], subjects, names)


def _once(do: Callable[[LongDeed], Any]) -> Callable[[LongDeed], int]:
    def step(deed: LongDeed) -> int:
        if deed.cursor:
            return 0
        do(deed)
        deed.cursor = 1
        return 1

    return step


STEPS: dict[str, Callable[[LongDeed], int]] = {
    "tickets": _tickets,
    "texts": _texts,
    "requesters": _requesters,
    "contacts": _contacts,
    "customers": _once(_customers),
    "drafts": _once(lambda deed: _copies(deed).forget_drafts()),
    "notifications": _once(lambda deed: _copies(deed).forget_notifications()),
    "answers": _once(lambda deed: _copies(deed).forget_answers()),
    "views": _once(lambda deed: _copies(deed).forget_views()),
    "trials": _once(lambda deed: _copies(deed).forget_trials()),
}


def _next(deed: LongDeed, name: str) -> list[int]:
    ids = deed.plan[name][deed.cursor : deed.cursor + long_deeds.PORTION]
    deed.cursor += len(ids)
    return ids


def _count(deed: LongDeed, counts: dict[str, int]) -> None:
    for name, n in counts.items():
        deed.counts[name] = deed.counts.get(name, 0) + n

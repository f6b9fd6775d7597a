"""Writes tickets of a company at a steady rate: started by `bench.load`.

Some at a time in one transaction, as an integration sends them; one by one the writers would need more of
the machine than the worker whose pace is to be measured. Prints "ready", then how many tickets it wrote.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

AT_ONCE = 5


def main(slug: str, rate: float, seconds: float, seed: int) -> None:
    django.setup()
    write = writer(slug, random.Random(seed))
    write()
    print("ready", flush=True)
    begun, written = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        if written <= rate * passed:
            write()
            written += AT_ONCE
        else:
            time.sleep(max(written / rate - passed, 0.001))
    print(written)


def writer(slug: str, dice: random.Random) -> Callable[[], None]:
    """A call that writes some tickets of random customers, each opened and resolved by a random rep."""
    from django.db import transaction

    from accounts.models import Member
    from cs_platform.lib import clock
    from customers.facts import derive_tickets
    from customers.models import Category, Customer, Event, Ticket, TicketEvent

    reps = list(Member.objects.filter(company__slug=slug, email__startswith="rep"))
    categories = list(Category.objects.filter(company__slug=slug))
    customers = list(Customer.objects.filter(company__slug=slug).order_by("id"))
    company_id = reps[0].company_id

    def a_ticket() -> Ticket:
        number, opened = (
            dice.randrange(len(customers)),
            clock.now() - timedelta(seconds=dice.randrange(60, 900)),
        )
        return Ticket(
            company_id=company_id,
            external_id=f"L-{dice.getrandbits(64):x}",
            opened_at=opened,
            customer=customers[number],
            category=dice.choice(categories),
            requester_email=f"r{5 * (number + 1) + dice.randrange(5)}@customer.example",
        )

    def events(ticket: Ticket) -> list[TicketEvent]:
        rep = dice.choice(reps)
        first = {"event": Event.ASSIGNED, "occurred_at": ticket.opened_at, "actor": rep, "assignee": rep}
        last = {
            "event": Event.RESOLVED,
            "occurred_at": clock.now(),
            "actor": rep,
            "seconds": dice.randrange(60, 900),
        }
        fixed = {"company_id": company_id, "ticket": ticket}
        return [
            TicketEvent(identity=f"L-{dice.getrandbits(64):x}", **fixed, **fields) for fields in (first, last)
        ]

    @transaction.atomic
    def write() -> None:
        tickets = Ticket.objects.bulk_create(a_ticket() for _ in range(AT_ONCE))
        TicketEvent.objects.bulk_create(event for ticket in tickets for event in events(ticket))
        derive_tickets(company_id, [ticket.id for ticket in tickets])

    return write


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))

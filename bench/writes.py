"""Recording and draining one ticket costs the same, however long the history is."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from bench.data import Made
from bench.timing import Result, in_words, medians


def run(companies: dict[str, Made], rounds: int) -> list[Result]:
    """companies: by slug, of equal load a day and different history, "days" the shortest."""
    found = medians(
        {slug: _one_ticket(slug, company.id) for slug, company in companies.items()}, rounds, warm_up=5
    )
    return [
        Result(
            f"record and drain a ticket: {company.size.days} days of history / {companies['days'].size.days}",
            found[slug] / found["days"],
            1.1,
            rounds,
            f"{in_words(found[slug])} / {in_words(found['days'])}",
        )
        for slug, company in companies.items()
        if slug != "days"
    ]


def _one_ticket(slug: str, company_id: int) -> Callable[[], None]:
    from metrics import rollup

    tickets = tickets_of(slug, random.Random(1))

    def work() -> None:
        next(tickets)
        rollup.drain(company_id)

    return work


def tickets_of(slug: str, dice: random.Random) -> Iterator[Any]:
    """Tickets of random customers of a company, each opened and resolved by a random rep when asked for."""
    from accounts.models import Member
    from customers.actions import log_ticket, resolve_ticket
    from customers.models import Category, Customer

    reps = list(Member.objects.filter(company__slug=slug, email__startswith="rep").select_related("company"))
    categories = list(Category.objects.filter(company__slug=slug))
    customers = list(Customer.objects.filter(company__slug=slug).order_by("id"))
    while True:
        rep, number = dice.choice(reps), dice.randrange(len(customers))
        ticket = log_ticket(
            actor=rep,
            assignee=rep,
            subject="Question",
            customer=customers[number],
            category=dice.choice(categories),
            requester_email=f"r{5 * (number + 1) + dice.randrange(5)}@customer.example",
        )
        yield resolve_ticket(actor=rep, ticket=ticket, seconds=dice.randrange(60, 900))

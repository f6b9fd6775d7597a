"""A small company with something behind every metric: two teams, tickets, answers, shifts, revenue."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.outbox import react_once
from customers.actions import (
    answer_survey,
    log_ticket,
    merge_ticket,
    receive_reply,
    record_shift,
    reply_to_ticket,
    resolve_ticket,
    set_revenue,
)
from metrics import rollup
from metrics.queries import Level, Scope
from metrics.timers import fire_due
from tests.factories import a_category, a_customer, a_member, at

NOW = "2026-03-20T10:00"
HOUR = timedelta(hours=1)
START, END = date(2026, 2, 1), date(2026, 3, 20)


def settle(company) -> None:
    """What the worker would do by and by."""
    while fire_due():
        pass
    while react_once():
        pass
    rollup.drain(company.id)


def desk(harbour, ana, lee, mo, rae, set_clock) -> dict:
    """Ana and Ben work for Lee, Tim for Una, both of whom report to Mo; something is nobody's."""
    set_clock("2026-01-05T08:00")
    una = a_member(harbour, "Una", "manager", manager=mo)
    ben = a_member(harbour, "Ben", manager=lee)
    tim = a_member(harbour, "Tim", manager=una)
    category = a_category(harbour)
    customers = [a_customer(rae, owner=owner) for owner in (ana, ana, ben, tim, lee)]
    for number, customer in enumerate(customers):
        for month in ("2025-02", "2025-03", "2026-02"):
            if month != "2026-02" or number != 1:
                set_revenue(
                    actor=rae,
                    customer=customer,
                    month=date.fromisoformat(f"{month}-01"),
                    amount=Decimal(100 + 10 * number),
                )
    for number in range(24):
        rep = (ana, ben, tim, None)[number % 4]
        _work(rep, rae, number, customers[number % 5], category, harbour)
    set_clock(NOW)
    settle(harbour)
    return {"una": una, "ben": ben, "tim": tim}


def _work(rep, rae, number, customer, category, company) -> None:
    """A ticket and what becomes of it, by its number."""
    opened = at("2026-02-03T08:00") + timedelta(days=number, hours=number % 5)
    actor = rep or rae
    ticket = log_ticket(
        actor=actor,
        assignee=rep,
        opened_at=opened,
        subject=f"Help {number}",
        customer=customer,
        requester_email=f"guest{number % 9}@example.com",
        category=category,
        first_response_due_at=opened + 3 * HOUR,
    )
    if number % 6 != 5:
        replied = opened + (1 + number % 4) * HOUR
        reply_to_ticket(actor=actor, ticket=ticket, body="Hello", seconds=300 + number, at=replied)
    if number % 5 != 4:
        resolve_ticket(actor=actor, ticket=ticket, seconds=120, at=opened + (6 + number) * HOUR)
        for kind, score in (("csat", 1 + number % 5), ("nps", number % 11), ("ces", 1 + number % 7)):
            answer_survey(
                actor=actor,
                company_id=company.id,
                kind=kind,
                score=score,
                ticket=ticket,
                customer=customer,
                answered_at=opened + (30 + number) * HOUR,
            )
    if number % 7 == 3 and number % 5 != 4:
        receive_reply(ticket=ticket, body="Not yet", at=opened + (40 + number) * HOUR)
        resolve_ticket(actor=actor, ticket=ticket, seconds=60, at=opened + (44 + number) * HOUR)
    if number == 20:
        spare = log_ticket(actor=actor, assignee=rep, opened_at=opened, subject="Twice", customer=customer)
        merge_ticket(actor=actor, ticket=spare, into=ticket, at=opened + HOUR)
    if rep and number % 2 == 0:
        record_shift(actor=rae, member=rep, started_at=opened, ended_at=opened + 9 * HOUR)


def scopes(company, **people) -> dict[str, Scope]:
    """Every level that has figures."""
    found = {"company": Scope(company.id), "nobody": Scope(company.id, Level.REP)}
    found["no team"] = Scope(company.id, Level.MANAGER)
    for name, person in people.items():
        found[name] = Scope(company.id, Level.REP, person.id)
        found[f"team of {name}"] = Scope(company.id, Level.MANAGER, person.id)
        found[f"tree of {name}"] = Scope(company.id, Level.MANAGER, person.id, tree=True)
    return found


__all__ = ["END", "NOW", "START", "desk", "scopes", "settle"]

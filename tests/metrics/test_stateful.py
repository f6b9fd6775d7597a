"""A desk at work, in any order that hypothesis can think of: its figures equal the oracle's in the end.

DESK_EXAMPLES and DESK_STEPS lengthen the search; `make chaos` does.
"""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.outbox import react_once
from customers.facts import derive_revenue, derive_shifts, derive_surveys, derive_tickets
from customers.models import Revenue, Shift, Survey, Ticket
from metrics import rollup, timers
from metrics.models import Dirty
from metrics.rebuild import rebuild
from metrics.reconcile import reconcile
from tests.factories import at

from .compare import assert_proven, assert_same, snapshot
from .importing import settle
from .live import CATEGORIES, REQUESTERS, Desk

pytestmark = pytest.mark.django_db
EXAMPLES, STEPS = int(os.environ.get("DESK_EXAMPLES", "25")), int(os.environ.get("DESK_STEPS", "30"))

DAY = timedelta(days=1)
SPANS = [
    timedelta(0),
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=5),
    DAY,
    6 * DAY,
    7 * DAY,
    8 * DAY,
]
ZONES = ["Europe/Berlin", "America/Havana", "Asia/Kolkata", "Pacific/Apia"]
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
SOURCES = (
    (Ticket, derive_tickets),
    (Survey, derive_surveys),
    (Shift, derive_shifts),
    (Revenue, derive_revenue),
)
spans = st.sampled_from(SPANS)
people = st.integers(0, 3)
perhaps = st.none() | people
numbers = st.integers(0, 30)
seconds = st.sampled_from([None, 0, 30, 600])


class DeskAtWork(RuleBasedStateMachine):
    set_clock = None

    @initialize(zone=st.sampled_from(ZONES))
    def open(self, zone):
        self.frame = transaction.atomic()
        self.frame.__enter__()
        # Two nights before Havana's clocks go back at midnight.
        self.desk = Desk(type(self).set_clock, zone, at("2024-11-01T15:00"))

    def teardown(self):
        if not hasattr(self, "desk"):
            return
        try:
            self.compare()
        finally:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def compare(self):
        company = self.desk.company
        settle(company)
        assert_same(company, self.desk.oracle())
        assert_proven(company)
        drained = snapshot(company)
        rebuild(company.id)
        assert snapshot(company) == drained

    def person(self, number):
        return None if number is None else self.desk.team[number]

    def ticket(self, number):
        return self.desk.tickets[number % len(self.desk.tickets)]

    def has_tickets(self):
        return bool(self.desk.tickets)

    # ---- tickets -----------------------------------------------------------------------------------------------

    @rule(
        actor=people,
        assignee=perhaps,
        ago=spans,
        due=st.none() | spans,
        requester=st.sampled_from(REQUESTERS),
        customer=st.sampled_from(["", "C1", "C2"]),
        category=st.sampled_from(CATEGORIES[:2]),
    )
    def log(self, actor, assignee, ago, due, requester, customer, category):
        cells = {"requester_email": requester, "customer_external_id": customer, "category": category}
        self.desk.log(self.person(actor), self.person(assignee), ago, due, **cells)

    DEEDS = ["assign", "reply", "note", "pend", "hold", "resolve", "resolve", "reopen", "close"]

    @precondition(has_tickets)
    @rule(
        deed=st.sampled_from(DEEDS), actor=people, number=numbers, ago=spans, seconds=seconds, other=perhaps
    )
    def do(self, deed, actor, number, ago, seconds, other):
        self.desk.do(deed, self.person(actor), self.ticket(number), ago, seconds, self.person(other))

    @precondition(has_tickets)
    @rule(number=numbers, seconds=seconds)
    def bot_replies(self, number, seconds):
        self.desk.do("reply", self.desk.bot, self.ticket(number), timedelta(0), seconds, None)

    @precondition(has_tickets)
    @rule(number=numbers)
    def customer_replies(self, number):
        self.desk.customer_replies(self.ticket(number))

    @precondition(has_tickets)
    @rule(actor=people, number=numbers, into=numbers)
    def merge(self, actor, number, into):
        self.desk.merge(self.person(actor), self.ticket(number), self.ticket(into))

    @precondition(has_tickets)
    @rule(actor=people, number=numbers)
    def spam(self, actor, number):
        self.desk.spam(self.person(actor), self.ticket(number))

    @precondition(has_tickets)
    @rule(actor=people, number=numbers)
    def restore(self, actor, number):
        self.desk.restore(self.person(actor), self.ticket(number))

    @precondition(has_tickets)
    @rule(actor=people, number=numbers, value=st.sampled_from([
        {"category": ""}, {"category": "Billing"}, {"customer_external_id": ""}, {"customer_external_id": "C1"},
        {"requester_email": ""}, {"requester_email": REQUESTERS[1]}, {"requester_email": REQUESTERS[2]},
    ]))  # fmt: skip
    def change(self, actor, number, value):
        self.desk.change(self.person(actor), self.ticket(number), **value)

    # ---- answers, shifts, money --------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(sorted(SCALES)), score=st.integers(0, 100), number=perhaps, customer=st.integers(0, 1),
          rep=perhaps)  # fmt: skip
    def answer(self, kind, score, number, customer, rep):
        low, high = SCALES[kind]
        ticket = self.ticket(number) if number is not None and self.desk.tickets else None
        owner = self.desk.customers[customer]
        self.desk.answer(kind, low + score % (high - low + 1), ticket, owner, self.person(rep))

    @precondition(lambda self: self.desk.answers)
    @rule(number=numbers, score=st.integers(0, 100), ago=spans)
    def answer_again(self, number, score, ago):
        row = self.desk.answers[number % len(self.desk.answers)]
        low, high = SCALES[row["kind"]]
        self.desk.answer_again(row, low + score % (high - low + 1), ago)

    @rule(
        rep=people,
        ago=st.sampled_from([*SPANS[3:], -DAY, -3 * DAY]),
        length=st.sampled_from([1, 3600, 5 * 3600]),
    )
    def work(self, rep, ago, length):
        self.desk.work(self.person(rep), ago, timedelta(seconds=length))

    @rule(customer=st.integers(0, 1), owner=perhaps, ago=st.sampled_from([0, 1, 7, 40]))
    def own(self, customer, owner, ago):
        self.desk.own(self.desk.customers[customer], self.person(owner), ago)

    @rule(
        customer=st.integers(0, 1),
        ago=st.integers(0, 2),
        amount=st.sampled_from(["0", "-5", "10.50", "0.01"]),
    )
    def earn(self, customer, ago, amount):
        self.desk.earn(self.desk.customers[customer], ago, Decimal(amount))

    # ---- people and time ---------------------------------------------------------------------------------------

    @rule(rep=st.integers(0, 2), lead=st.integers(0, 1), days=st.sampled_from([-40, -7, -1, 0, 1, 7]))
    def move(self, rep, lead, days):
        self.desk.move(self.desk.reps[rep], self.desk.leads[lead], self.desk.today + days * DAY)

    @rule(rep=st.integers(0, 2))
    def leave(self, rep):
        self.desk.leave(self.desk.reps[rep])

    @rule(zone=st.sampled_from(ZONES), ahead=st.integers(0, 3))
    def change_zone(self, zone, ahead):
        self.desk.change_zone(zone, ahead)

    @rule(span=spans)
    def wait(self, span):
        self.desk.wait(span)

    # ---- what workers do ---------------------------------------------------------------------------------------

    @rule()
    def drain(self):
        rollup.drain(self.desk.company.id)

    @rule()
    def drain_one_batch(self):
        rollup.drain_batch(self.desk.company.id)

    @rule()
    def fire_timers(self):
        timers.fire_due()

    @rule()
    def react(self):
        react_once()

    @rule()
    def check(self):
        """At any moment: what differs is marked, or due, or waits for a reaction."""
        found = [finding for finding in reconcile(self.desk.company.id) if finding.differences]
        assert [(finding.level, finding.name, finding.sample) for finding in found] == []

    @rule()
    def derive_again(self):
        """As a redelivered task would: all of it, and nothing is marked."""
        while react_once():
            pass
        timers.fire_due()
        company, marks = self.desk.company.id, Dirty.objects.count()
        for model, derive in SOURCES:
            derive(company, list(model.objects.filter(company_id=company).values_list("id", flat=True)))
        assert Dirty.objects.count() == marks


def test_it_counts_what_the_oracle_counts(set_clock):
    DeskAtWork.set_clock = staticmethod(set_clock)
    run_state_machine_as_test(
        DeskAtWork,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="DESK_EXAMPLES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

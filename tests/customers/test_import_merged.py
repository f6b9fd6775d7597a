"""Files that still name a customer which was merged into another."""

from datetime import date

import pytest

from customers.actions import merge_customers
from customers.imports.engine import Paused, import_file
from customers.imports.kinds import KINDS
from customers.models import Contact, Customer, Revenue, Ticket
from tests.metrics.compare import assert_proven
from tests.metrics.importing import settle

from .conftest import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(load, ana):
    load("customers.csv", "external_id,name,segment\nB1,Brightwater,Key\nB2,Bright Water Ltd,Small\n")
    load("revenue.csv", REVENUE)
    kept, gone = Customer.objects.get(external_id="B1"), Customer.objects.get(external_id="B2")
    merge_customers(actor=ana, customer=gone, into=kept)
    return kept, gone


REVENUE = (
    "customer_external_id,month,amount,currency\nB1,2026-02,100,EUR\nB2,2026-02,50,EUR\nB2,2026-01,40,EUR\n"
)


def test_it_goes_to_the_survivor(harbour, load, pair):
    kept, gone = pair
    load("tickets.csv", "external_id,opened_at,customer_external_id\nT1,2026-03-01T10:00:00Z,B2\n")
    load("contacts.csv", "external_id,customer_external_id,name\nP1,B2,Priya\n")

    assert Ticket.objects.get().customer == kept
    assert Contact.objects.get().customer == kept
    settle(harbour)
    assert_proven(harbour)


def test_it_is_not_brought_back_to_life(load, pair):
    kept, gone = pair
    report = load(
        "customers.csv", "external_id,name,segment\nB1,Brightwater,Key\nB2,Bright Water Ltd,Small\n"
    )

    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.merged_into, kept.name, kept.segment) == (kept, "Brightwater", "Key")
    assert Customer.objects.count() == 2
    assert report.refused == 0


def test_revenue_of_both_is_summed(harbour, load, pair):
    kept, _gone = pair
    before = list(Revenue.objects.order_by("month").values_list("customer_id", "month", "amount_minor"))
    assert before == [(kept.id, date(2026, 1, 1), 4000), (kept.id, date(2026, 2, 1), 15000)]
    load("revenue.csv", REVENUE)
    load("revenue-again.csv", REVENUE, kind="revenue")

    assert (
        list(Revenue.objects.order_by("month").values_list("customer_id", "month", "amount_minor")) == before
    )
    settle(harbour)
    assert_proven(harbour)


@pytest.mark.parametrize("size", [1, 2])
def test_revenue_of_both_is_summed_over_a_pause(harbour, load, pair, tmp_path, monkeypatch, size):
    kept, _gone = pair
    monkeypatch.setattr(KINDS["revenue"], "batch", size)
    before = list(Revenue.objects.order_by("month").values_list("customer_id", "month", "amount_minor"))
    rows = "B1,2026-02,70,\nB9,2026-02,1,USD\nB2,2026-02,50,EUR\nB2,2026-01,40,EUR\n"
    path = write(tmp_path / "revenue-b.csv", f"customer_external_id,month,amount,currency\n{rows}")

    def pause(run, share):
        raise Paused

    pieces = [import_file(harbour, path, "revenue", progress=pause)]
    while pieces[-1].is_paused:
        pieces.append(import_file(harbour, path, "revenue", progress=pause if len(pieces) < 4 else None))

    assert len(pieces) > 2 and pieces[-1].refused == 1 and pieces[-1].read == 4
    after = list(Revenue.objects.order_by("month").values_list("customer_id", "month", "amount_minor"))
    assert after == [before[0], (kept.id, date(2026, 2, 1), 12000)]
    settle(harbour)
    assert_proven(harbour)

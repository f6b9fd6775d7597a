"""The list of customers: what it shows, finds, filters and pages through, and its CSV."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from customers.actions import add_note, enter_contact, set_revenue
from customers.models import Customer
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


@pytest.fixture
def client(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


@pytest.fixture
def busy(ana, lee, harbour) -> Customer:
    harbour.currency = "EUR"
    harbour.save()
    customer = a_customer(lee, name="Brightwater", external_id="B1", segment="Key", owner=ana)
    set_revenue(actor=lee, customer=customer, month=date(2026, 2, 1), amount=Decimal("4180"))
    a_ticket(ana, customer=customer)
    add_note(actor=ana, customer=customer, type="promise", body="Call back", due_on=date(2026, 3, 21))
    return customer


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_it_is_when_empty(client):
    assert "No customers yet" in text(client.get("/customers/"))
    assert "No customer fits" in text(client.get("/customers/?q=nobody"))


def test_it_shows_each_with_what_matters(client, busy, zed):
    a_customer(zed, name="Elsewhere Ltd")
    page = text(client.get("/customers/"))

    for words in ("Brightwater", "Key", "Ana", "€4,180", "1 customer"):
        assert words in page, words
    assert "Elsewhere" not in page
    rows = text(client.get("/customers/?q=bright", headers={"HX-Request": "true"}))
    assert "<html" not in rows and "Brightwater" in rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=bright", "Brightwater"),
        ("q=b1", "Brightwater"),
        ("q=BRÍGHT", "Brightwater"),
        ("q=br", "Brightwater"),
        ("q=priya", "Brightwater"),
        ("segment=Key", "Brightwater"),
        ("owner=me", "Brightwater"),
        ("owner=nobody", "Orphan"),
        ("state=ended", "Gone"),
        ("state=stubs", "S1"),
    ],
)
def test_it_finds(client, busy, lee, query, found):
    enter_contact(actor=lee, customer=busy, name="Priya Raman")
    a_customer(lee, name="Orphan")
    a_customer(lee, name="Gone", ended_on=date(2026, 1, 1))
    a_customer(lee, name="S1", is_stub=True)
    page = text(client.get(f"/customers/?{query}", headers={"HX-Request": "true"}))

    assert page.count("<tr>") == 2
    assert f">{found}</a>" in page


@pytest.mark.parametrize("sort", ["name", "revenue", "open", "newest"])
def test_it_pages_through_all_of_them_once(client, lee, sort):
    Customer.objects.bulk_create(
        Customer(company_id=lee.company_id, external_id=f"N{number}", name=f"Name {number % 7}")
        for number in range(120)
    )
    seen: list[str] = []
    address = f"/customers/?sort={sort}"
    while address:
        page = text(client.get(address))
        seen += [part.split("/")[0] for part in page.split('href="/customers/')[1:] if part[0].isdigit()]
        after = [part.split('"')[0] for part in page.split("after=")[1:]]
        address = f"/customers/?sort={sort}&after={after[0]}" if after else ""

    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("after", ["x", "%00", "WzEsMl0", "WyJhXHUwMDAwIiwxXQ", "W10", "e30", "9" * 2000])
def test_a_made_up_cursor_begins_at_the_start(client, busy, after):
    assert "Brightwater" in text(client.get(f"/customers/?after={after}"))


@pytest.mark.parametrize(
    "query", ["q=%00", "owner=9999999999999999999999", "owner=x", "sort=x&state=x", "segment=%00"]
)
def test_it_stands_bad_questions(client, busy, query):
    assert client.get(f"/customers/?{query}").status_code == 200


def test_it_hands_out_a_file_that_is_safe_to_open(client, busy, lee):
    a_customer(lee, name="=HYPERLINK(1)", external_id="+1")
    answer = client.get("/customers.csv?sort=name")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "Brightwater"]
    assert (rows[1]["owner_email"], rows[1]["open_tickets"], rows[1]["open_promises"]) == (
        "ana@harbour.example",
        "1",
        "1",
    )

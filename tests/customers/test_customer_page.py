"""A customer's page and its forms: enter, edit beside somebody else, owner, contacts, quick facts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from cs_platform.lib import clock
from customers.actions import add_note, answer_survey, change_customer, enter_contact, enter_fact, set_revenue
from customers.models import Contact, Customer, CustomerFact, CustomerOwner
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db

HTML = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


@pytest.fixture
def client(ana) -> Client:
    return signed_in(ana)


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def customer(ana, lee, harbour) -> Customer:
    return a_customer(lee, name="Brightwater", external_id="B1", segment="Key", owner=ana)


def page_of(client: Client, customer: Customer) -> str:
    answer = client.get(f"/customers/{customer.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_what_one_must_know(client, ana, lee, harbour, customer):
    harbour.currency = "EUR"
    harbour.save()
    for month, amount in ((date(2025, 2, 1), 3740), (date(2026, 2, 1), 4180)):
        set_revenue(actor=lee, customer=customer, month=month, amount=Decimal(amount))
    a_ticket(ana, customer=customer, subject="Import fails")
    enter_contact(actor=lee, customer=customer, name="Priya Raman", phone="+31 20 1", email="priya@b.example")
    enter_fact(actor=lee, customer=customer, label="Plan", value="Growth")
    answer_survey(
        actor=None, company_id=harbour.id, kind="csat", score=4, customer=customer, comment="Quick enough"
    )
    page = page_of(client, customer)

    for words in (
        *("€4,180", "€440 more", "than in Feb 2025", "Import fails", "1 open of 1", "Priya Raman", "tel:+31"),
        *(
            "mailto:priya@b.example",
            "Verified 20 Mar",
            "CSAT 4 of 5",
            "1 answer, too few to compare",
            "<polyline",
        ),
    ):
        assert words in page, words
    assert client.get(f"/customers/{customer.id}/revenue/").status_code == 200


def test_it_asks_no_more_of_a_customer_with_more(client, ana, lee, customer, django_assert_max_num_queries):
    def grow(times: int) -> None:
        for number in range(times):
            ticket = a_ticket(ana, customer=customer)
            enter_contact(actor=lee, customer=customer, name=f"Person {number}")
            enter_fact(actor=lee, customer=customer, label=f"Fact {customer.facts.count()}", value="x")
            add_note(actor=ana, customer=customer, type="promise", body="Soon", due_on=date(2026, 3, 30))
            add_note(actor=lee, customer=customer, ticket=ticket, body="On a ticket")

    grow(1)
    page_of(client, customer)
    grow(5)
    with django_assert_max_num_queries(15):
        page_of(client, customer)


def test_it_says_what_is_missing_of_a_bare_one(client, lee):
    page = page_of(client, a_customer(lee, is_stub=True))

    for words in ("No note yet", "No tickets yet", "Nothing is owed", "only a file has named"):
        assert words in page, words


def test_it_enters_a_customer_once_however_often_it_is_sent(client, ana):
    sent = {"name": "Brightwater", "owner": ana.id, "key": "a" * 12, "started_on": "2026-03-01"}
    first = client.post("/customers/new/", sent)
    second = client.post("/customers/new/", sent)

    assert first["Location"] == second["Location"]
    customer = Customer.objects.get()
    assert (customer.name, customer.owner) == ("Brightwater", ana)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("name", "x" * 301, "300"),
        ("name", "a\0b", "Null"),
        ("external_id", "B1", "already"),
        ("external_id", "x" * 201, "200"),
        ("started_on", "yesterday", "valid date"),
        ("owner", "999999", "Select a valid choice"),
    ],
)
def test_it_refuses_a_bad_field_and_keeps_the_rest(client, customer, field, value, words):
    answer = client.post("/customers/new/", {"name": "Typed name", "segment": "Typed segment", field: value})

    assert answer.status_code == 422
    assert words in answer.content.decode() and "Typed segment" in answer.content.decode()
    assert Customer.objects.count() == 1


def test_it_gives_a_customer_to_nobody_of_another_company(client, customer, zed):
    for path in ("/customers/new/", f"/customers/{customer.id}/owner/"):
        answer = client.post(path, {"name": "New", "owner": zed.id, "valid_from": "2026-03-20"})
        assert answer.status_code == 422


def test_two_who_edit_lose_nothing(client, lee, customer):
    change_customer(actor=lee, customer=customer, name="Brightwater Foods")
    sent = {"name": "Brightwater Ltd", "segment": "Mine", "version": "0"}
    answer = client.post(f"/customers/{customer.id}/edit/", sent)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Brightwater Foods" in page and "Brightwater Ltd" in page and "Mine" in page
    assert Customer.objects.get().name == "Brightwater Foods"
    done = client.post(f"/customers/{customer.id}/edit/", sent | {"version": "1"})
    assert done.status_code == 302
    assert Customer.objects.get().name == "Brightwater Ltd"


def test_html_stays_text(client, lee, customer):
    change_customer(actor=lee, customer=customer, name=HTML, segment=HTML)
    enter_contact(actor=lee, customer=customer, name=HTML, phone='" onclick="x')
    enter_fact(actor=lee, customer=customer, label=HTML[:40], value=HTML)
    for path in ("", "edit/", "owner/", "contacts/", "merge/"):
        page = client.get(f"/customers/{customer.id}/{path}").content.decode()
        assert HTML not in page and 'onclick="x' not in page


def test_an_owner_holds_from_a_day(client, ana, lee, customer):
    path = f"/customers/{customer.id}/owner/"
    assert client.post(path, {"owner": lee.id, "valid_from": "2026-03-21"}).status_code == 422
    assert client.post(path, {"owner": lee.id, "valid_from": "2026-03-01"}).status_code == 302

    # Ana owns it since today: what was told of the days before does not take it from her.
    customer.refresh_from_db()
    assert customer.owner == ana
    rows = CustomerOwner.objects.order_by("valid_from").values_list("owner__name", "valid_from")
    assert list(rows) == [("Lee", date(2026, 3, 1)), ("Ana", date(2026, 3, 20))]
    assert "From 1 Mar 2026" in client.get(path).content.decode()


def test_a_contact_is_entered_changed_and_leaves(client, customer):
    new = f"/customers/{customer.id}/contacts/new/"
    assert client.post(new, {"title": "Finance"}).status_code == 422
    assert client.post(new, {"name": "Priya", "email": "not an address"}).status_code == 422
    for _ in range(2):
        assert client.post(new, {"name": "Priya", "email": "PRIYA@b.example"}).status_code == 302
    contact = Contact.objects.get()
    assert contact.email == "priya@b.example"

    client.post(f"/contacts/{contact.id}/edit/", {"name": "Priya Raman", "title": "Finance lead"})
    assert "Finance lead" in page_of(client, customer)
    left = client.post(f"/contacts/{contact.id}/leaving/", follow=True).content.decode()
    assert f"/contacts/{contact.id}/return/" in left and "Finance lead" not in left
    client.post(f"/contacts/{contact.id}/return/")
    assert "Finance lead" in page_of(client, customer)


def test_a_quick_fact_grows_old_and_is_verified_again(client, lee, customer, set_clock):
    new = f"/customers/{customer.id}/facts/new/"
    assert client.post(new, {"label": "Plan", "value": ""}).status_code == 422
    assert client.post(new, {"label": "x" * 61, "value": "y"}).status_code == 422
    assert client.post(new, {"label": "Plan", "value": "Growth"}).status_code == 302
    assert client.post(new, {"label": "Plan", "value": "Other"}).status_code == 422
    fact = CustomerFact.objects.get()
    set_clock(clock.now() + timedelta(days=91))

    assert "Verify, last Mar 2026" in page_of(client, customer)
    client.post(f"/facts/{fact.id}/verification/")
    assert "Verify, last" not in page_of(client, customer)
    client.post(f"/facts/{fact.id}/edit/", {"label": "Plan", "value": "Scale"})
    assert "Scale" in page_of(client, customer)
    client.post(f"/facts/{fact.id}/removal/")
    assert not CustomerFact.objects.exists()


def test_nothing_is_there_for_another_company(zed, lee, customer):
    contact = enter_contact(actor=lee, customer=customer, name="Priya")
    fact = enter_fact(actor=lee, customer=customer, label="Plan", value="Growth")
    client = signed_in(zed)
    paths = [f"/customers/{customer.id}/{path}" for path in ("", "edit/", "owner/", "revenue/", "contacts/")]
    paths += [
        f"/customers/{customer.id}/{path}" for path in ("merge/", "erasure/", "contacts/new/", "facts/new/")
    ]
    paths += [f"/contacts/{contact.id}/{path}" for path in ("edit/", "erasure/", "leaving/", "return/")]
    paths += [f"/facts/{fact.id}/{path}" for path in ("edit/", "verification/", "removal/")]
    paths += [f"/customers/{customer.id}/notes/", f"/customers/{customer.id}/merge/undo/"]

    for path in paths:
        assert client.post(path).status_code in (404, 405), path
        assert client.get(path).status_code in (404, 405), path

"""Logging a ticket: the fast form."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import save_draft
from accounts.models import Activity, Draft
from customers.models import Category, Contact, Customer, Ticket
from tests.factories import a_category, a_customer, a_member, a_ticket

pytestmark = pytest.mark.django_db
URL = "/tickets/new/"


@pytest.fixture
def desk(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


def sent(**fields) -> dict[str, str]:
    return {
        "once": "0123456789ab",
        "subject": "Charged twice",
        "body": "Two payments",
        "channel": "2",
        "priority": "high",
        **fields,
    }


def test_it_logs_a_ticket_with_all_that_was_said(desk, ana, lee):
    customer = a_customer(ana, name="Brightwater Foods")
    save_draft(actor=ana, place="ticket:new", content={"subject": "x"})

    answer = desk.post(
        URL,
        sent(
            customer=customer.id,
            customer_name="Brightwater Foods",
            requester_email="Priya@Bright.example",
            category_name="Billing",
            tags="vip, refund, vip",
            assignee=lee.id,
        ),
    )

    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.id}/?sent=new"
    assert (ticket.subject, ticket.body, ticket.customer) == ("Charged twice", "Two payments", customer)
    assert (ticket.requester_email, ticket.category.name) == ("priya@bright.example", "Billing")
    assert (ticket.channel, ticket.priority, ticket.tags) == (2, "high", ["vip", "refund"])
    assert (ticket.assignee, ticket.status) == (lee, "open")
    assert Activity.objects.get(verb="ticket.logged").detail["assignee"] == lee.id
    assert not Draft.objects.exists()


def test_it_logs_one_ticket_for_two_clicks(desk):
    first = desk.post(URL, sent())
    second = desk.post(URL, sent())

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1
    # Somebody went back and wrote another one.
    desk.post(URL, sent(subject="Another"))
    assert set(Ticket.objects.values_list("subject", flat=True)) == {"Charged twice", "Another"}


def test_it_resolves_at_once_with_the_time_it_took(desk, ana):
    desk.post(URL, sent(assignee=ana.id, is_resolved="on", time="6:48"))

    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.handle_seconds, ticket.resolver) == ("resolved", 408, ana)


def test_it_enters_a_new_customer_by_name(desk, ana):
    desk.post(URL, sent(customer_name="Brisa Norte", new_customer="on"))

    assert Ticket.objects.get().customer == Customer.objects.get(name="Brisa Norte")
    # The same once more is not a second customer: the name means the one that is there now.
    desk.post(URL, sent(once="ba9876543210", customer_name="brisa norte"))
    assert Customer.objects.count() == 1


def test_it_asks_whom_a_name_means(desk, ana):
    first, second = a_customer(ana, name="Brisa"), a_customer(ana, name="Brisa")

    answer = desk.post(URL, sent(customer_name="Brisa"))

    assert answer.status_code == 422
    assert "Several customers have this name" in answer.text
    assert "Two payments" in answer.text
    assert f'value="{second.id}"' in answer.text
    desk.post(URL, sent(customer_name="Brisa", candidate=first.id))
    assert Ticket.objects.get().customer == first


def test_it_takes_the_known_category_whatever_its_case(desk, harbour):
    a_category(harbour, "Billing")
    desk.post(URL, sent(category_name="billing"))

    assert Category.objects.count() == 1
    assert Ticket.objects.get().category.name == "Billing"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("subject", "", "required"),
        ("subject", "x" * 501, "at most 500"),
        ("subject", "a\0b", "Null characters"),
        ("body", "x" * 100_001, "at most 100000"),
        ("requester_email", "nobody", "valid email"),
        ("channel", "77", "not one of the available"),
        ("priority", "high!", "not one of the available"),
        ("assignee", "999999", "not one of the available"),
        ("assignee", "x", "not one of the available"),
        ("category_name", "x" * 201, "at most 200"),
        ("tags", "x" * 101, "at most 100 letters"),
        ("time", "soon", "Write minutes"),
        ("time", "9999", "More than a day"),
        ("customer_name", "No such customer", "say that it is a new customer"),
        ("candidate", str(10**18), "not there"),
    ],
)
def test_it_names_the_field_that_is_wrong_and_keeps_the_text(desk, field, value, words):
    answer = desk.post(URL, sent(**{"body": "Kept <b>text</b>", field: value}))

    assert answer.status_code == 422
    assert words in answer.text
    if field != "body":
        assert "Kept &lt;b&gt;text&lt;/b&gt;" in answer.text
    assert not Ticket.objects.exists()
    assert not Category.objects.exists()


def test_it_links_to_nothing_of_another_company(desk, zed):
    theirs = a_customer(zed, name="Theirs")

    assert desk.post(URL, sent(candidate=theirs.id)).status_code == 422
    assert desk.post(URL, sent(customer=theirs.id, customer_name="Theirs")).status_code == 422
    assert desk.post(URL, sent(assignee=zed.id)).status_code == 422
    assert "Theirs" not in desk.get(f"{URL}?customer={theirs.id}").text
    assert not Ticket.objects.exists()


def test_it_is_filled_in_for_a_customer(desk, ana):
    customer = a_customer(ana, name="Brightwater Foods")
    a_ticket(ana, customer=customer, subject="Charged twice for October", assignee=ana)

    page = desk.get(f"{URL}?customer={customer.id}").text

    assert 'value="Brightwater Foods"' in page
    assert "Charged twice for October" in page
    assert f'data-draft="ticket:new:{customer.id}"' in page


def test_it_returns_here_after_a_lost_session(db):
    answer = Client().post(URL, sent())

    assert answer["Location"] == "/accounts/login/?next=/tickets/new/"


def test_it_finds_customers_by_name_number_and_contact(desk, ana, zed):
    bright = a_customer(ana, name="Brightwater Foods", external_id="K-77")
    a_customer(zed, name="Brightwater Elsewhere")
    Contact.objects.create(
        company_id=ana.company_id,
        customer=bright,
        external_id="P1",
        name="Priya",
        email="priya@bright.example",
    )

    for words in ("bri", "BRIGHT", "water", "K-77", "priya", "priya@bright"):
        found = desk.get(f"{URL}customers/", {"q": words}).text
        assert "Brightwater Foods" in found, words
        assert "Elsewhere" not in found
    assert 'data-email="priya@bright.example"' in desk.get(f"{URL}customers/?q=priya").text
    assert desk.get(f"{URL}customers/?q=").text.strip() == ""
    assert "New customer “&lt;b&gt;”" in desk.get(f"{URL}customers/", {"q": "<b>\0"}).text


def test_it_warns_of_a_like_ticket_that_is_open(desk, ana):
    customer = a_customer(ana)
    a_ticket(ana, customer=customer, subject="Charged twice for October")
    look = {"customer": customer.id, "subject": "October invoice charged double"}

    assert "Open already" in desk.get(f"{URL}peek/", look).text
    assert "Open already" not in desk.get(f"{URL}peek/", {**look, "subject": "Password lost"}).text


def test_it_takes_few_queries(desk, ana, harbour):
    for number in range(30):
        a_customer(ana, name=f"Bri {number}")
        a_member(harbour, f"P{number}")
    for address in (URL, f"{URL}customers/?q=bri", f"{URL}peek/?customer={Customer.objects.first().id}"):
        with CaptureQueriesContext(connection) as captured:
            desk.get(address)
        assert len(captured) <= 10, address


def test_it_saves_with_few_statements(desk, ana):
    desk.post(URL, sent(assignee=ana.id))
    with CaptureQueriesContext(connection) as captured:
        desk.post(URL, sent(once="aaaaaaaaaaaa", subject="Next", assignee=ana.id))

    said = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= 30, "\n".join(sql[:140] for sql in said)

"""What the forms of the browser refuse, the API refuses too; merged and erased customers take nothing new."""

import pytest

from customers.actions import add_note, enter_contact, erase_customer, merge_customers
from customers.models import Contact, Customer, Note, Ticket
from tests.factories import a_customer, a_ticket

from .conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(ana):
    return a_customer(ana, external_id="C1", name="Harbour")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "promise"}, "due_on"),
        ({"type": "promise", "due_on": "0001-01-01"}, "due_on"),
        ({"type": "promise", "due_on": "9999-12-31"}, "due_on"),
        ({"type": "call", "due_on": "2026-04-01"}, "due_on"),
        ({"body": "x" * 100_001}, "body"),
    ],
)
def test_a_note_obeys_the_rules_of_the_forms(call, client, ana, customer, body, field):
    sent = {"customer_external_id": "C1", "body": "Send it"} | body
    problem(call("post", "notes/", sent), 400, field)
    note = add_note(actor=ana, customer=customer, body="Before")
    problem(call("patch", f"notes/{note.id}/", body), 400, field)
    note.refresh_from_db()
    assert (note.body, note.type, Note.objects.count()) == ("Before", "note", 1)

    if sent.get("type") != "call":  # a form leaves out a day that is of no promise
        client.force_login(ana.user)
        on_customer = {"type": "note"} | sent
        assert client.post(f"/customers/{customer.id}/notes/", on_customer).status_code == 422
        on_ticket = sent | {"kind": sent.get("type", "note")}
        assert client.post(f"/tickets/{a_ticket(ana).id}/note/", on_ticket).status_code == 422
        assert Note.objects.count() == 1


def test_a_day_alone_makes_a_promise(call, customer):
    for sent, kind in (({"due_on": "2026-04-01"}, "promise"), ({"due_on": None}, "note"), ({}, "note")):
        answer = call("post", "notes/", {"customer_external_id": "C1", "body": "Send it"} | sent)
        assert (answer.status_code, answer.json()["type"]) == (201, kind)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"started_on": "0001-01-01"}, "started_on"),
        ({"ended_on": "9999-12-31"}, "ended_on"),
        ({"started_on": "2026-03-01", "ended_on": "2026-02-28"}, "ended_on"),
    ],
)
def test_a_customer_obeys_the_rules_of_the_forms(call, client, ana, customer, body, field):
    problem(call("post", "customers/", {"name": "New"} | body), 400, field)
    problem(call("patch", f"customers/{customer.id}/", body), 400, field)
    client.force_login(ana.user)
    page = client.post(f"/customers/{customer.id}/edit/", {"name": "Harbour", "version": 0} | body)
    assert page.status_code == 422 and list(page.context["form"].errors) == [field]
    assert Customer.objects.values_list("started_on", "ended_on").get() == (None, None)


def test_a_day_that_a_file_brought_does_not_hinder_another_change(call, customer):
    Customer.objects.update(started_on="1955-05-01")
    assert call("patch", f"customers/{customer.id}/", {"segment": "SMB"}).status_code == 200
    problem(call("patch", f"customers/{customer.id}/", {"started_on": "1956-05-01"}), 400, "started_on")


def test_a_contact_keeps_a_name_or_an_address(call, ana, customer):
    contact = enter_contact(actor=ana, customer=customer, name="Jo")
    problem(call("patch", f"contacts/{contact.id}/", {"name": ""}), 400, "name")
    problem(call("post", "contacts/", {"customer_external_id": "C1", "title": "CFO"}), 400, "name")
    changed = call("patch", f"contacts/{contact.id}/", {"name": "", "email": "JO@x.example"})
    assert (changed.json()["name"], changed.json()["email"]) == ("", "jo@x.example")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resolution_due_at": "2150-01-01T00:00"}, "resolution_due_at"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags"),
    ],
)
def test_a_ticket_obeys_the_rules_of_the_forms(call, ana, body, field):
    ticket = a_ticket(ana)
    problem(call("post", "tickets/", {"subject": "New"} | body), 400, field)
    problem(call("patch", f"tickets/{ticket.id}/", body), 400, field)
    problem(call("post", f"tickets/{ticket.id}/replies/", {"body": "x", "seconds": 86_401}), 400, "seconds")
    problem(call("post", f"tickets/{ticket.id}/replies/", {"body": "x" * 100_001}), 400, "body")
    assert Ticket.objects.count() == 1


def test_a_merged_customer_names_its_survivor_and_takes_nothing(call, ana, lee, customer):
    gone = a_customer(ana, external_id="C2", name="Harbor")
    merge_customers(actor=ana, customer=gone, into=customer)
    path = f"customers/{gone.id}/"

    assert call("get", path).json()["merged_into_external_id"] == "C1"
    listed = {"": ["C1"], "?merged=true": ["C2"], "?merged=false": ["C1"]}
    for query, names in listed.items():
        rows = call("get", f"customers/{query}").json()["results"]
        assert [row["external_id"] for row in rows] == names
    problem(call("get", "customers/?melted=true"), 400, "melted")

    for body in ({"name": "Anew"}, {"owner_email": lee.email}):
        assert "is merged into" in problem(call("patch", path, body), 409)["detail"]
    for kind, body in (("contacts", {"name": "Jo"}), ("notes", {"body": "x"}), ("tickets", {"subject": "x"})):
        answer = call("post", f"{kind}/", {"customer_external_id": "C2"} | body)
        assert "is merged into" in problem(answer, 400, "customer_external_id")["detail"]


def test_an_erased_customer_takes_nothing_about_people(call, client, ana, rae, customer):
    contact = enter_contact(actor=ana, customer=customer, name="Jo")
    ticket = a_ticket(ana, external_id="T1", customer=customer)
    note = add_note(actor=ana, customer=customer, body="Before")
    erase_customer(actor=rae, customer=customer)

    def refused(answer, status=409, *fields):
        assert "was erased" in problem(answer, status, *fields)["detail"]

    assert call("get", f"customers/{customer.id}/").json()["erased_at"]
    refused(call("patch", f"customers/{customer.id}/", {"churn_reason": "Jo left"}))
    refused(call("patch", f"contacts/{contact.id}/", {"name": "Jo"}))
    refused(call("post", "notes/", {"ticket_external_id": "T1", "body": "Jo called"}))
    problem(call("patch", f"notes/{note.id}/", {"body": "Jo called"}), 403)
    for kind in ("contacts", "notes"):
        sent = {"customer_external_id": "C1", "name": "Jo", "body": "Jo"}
        refused(call("post", f"{kind}/", sent), 400, "customer_external_id")

    # The page says the same; what is written on a ticket is between the team and whoever writes now.
    client.force_login(ana.user)
    assert "was erased" in client.get(f"/customers/{customer.id}/edit/", follow=True).text
    typed = {"kind": "call", "body": "Jo called"}
    assert "was erased" in client.post(f"/tickets/{ticket.id}/note/", typed, follow=True).text
    assert client.post(f"/tickets/{ticket.id}/reply/", {"body": "Hello"}).status_code == 302
    assert call("post", f"tickets/{ticket.id}/replies/", {"body": "Hello"}).status_code == 201
    assert not Note.objects.exclude(id=note.id).exists() and Contact.objects.get().name != "Jo"

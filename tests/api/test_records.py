"""Customers, contacts, notes and survey answers through the API."""

from datetime import date

import pytest

from accounts.models import Activity
from customers.actions import mark_contact_left
from customers.models import Contact, Customer, CustomerOwner, Note, Survey
from metrics.models import Fact
from tests.factories import a_customer, a_ticket, at

from .conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(ana):
    return a_customer(ana, external_id="C1", name="Harbour")


def test_it_enters_a_customer_with_its_owner(call, ana, lee):
    answer = call("post", "customers/", {"name": "New", "started_on": "2026-03-01", "owner_email": lee.email})

    assert answer.status_code == 201, answer.content
    customer = Customer.objects.get()
    assert (customer.name, customer.owner, customer.started_on) == ("New", lee, date(2026, 3, 1))
    assert answer.json()["owner_email"] == lee.email
    assert CustomerOwner.objects.get().owner == lee
    assert Activity.objects.filter(verb="customer.entered", actor=ana).exists()


def test_it_changes_a_customer_and_its_owner(call, customer, lee):
    answer = call(
        "patch", f"customers/{customer.id}/", {"segment": "SMB", "owner_email": lee.email, "version": 0}
    )

    assert answer.status_code == 200, answer.content
    assert (answer["ETag"], answer.json()["owner_email"]) == ('"1"', lee.email)
    customer.refresh_from_db()
    assert (customer.segment, customer.name, customer.owner) == ("SMB", "Harbour", lee)
    problem(call("patch", f"customers/{customer.id}/", {"segment": "x", "version": 0}), 409)
    problem(call("patch", f"customers/{customer.id}/", {"segment": "x"}, if_match='"0"'), 412)
    assert call("patch", f"customers/{customer.id}/", {"owner_email": None}).json()["owner_email"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": {"a": 1}}, "name"),
        ({"name": "x", "external_id": "C1"}, "external_id"),
        ({"name": "x", "started_on": "2026-02-30"}, "started_on"),
        ({"name": "x", "owner_email": "zed@elsewhere.example"}, "owner_email"),
        ({"name": "x", "owner_email": ["ana"]}, "owner_email"),
        ({"name": "x", "churn_reason": "y" * 301}, "churn_reason"),
    ],
)
def test_it_names_what_is_wrong_with_a_customer(call, customer, zed, body, field):
    problem(call("post", "customers/", body), 400, field)
    assert Customer.objects.count() == 1


def test_it_enters_and_changes_a_contact(call, customer):
    answer = call("post", "contacts/", {"customer_external_id": "C1", "name": "Jo", "email": "JO@x.example"})
    assert answer.status_code == 201, answer.content
    contact = Contact.objects.get()
    assert (contact.email, contact.customer) == ("jo@x.example", customer)

    changed = call("patch", f"contacts/{contact.id}/", {"title": "CFO", "has_left": True})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["title"], changed.json()["left_at"] is None) == ("CFO", False)
    assert call("patch", f"contacts/{contact.id}/", {"has_left": False}).json()["left_at"] is None
    assert call("get", "contacts/").json()["results"][0]["customer_external_id"] == "C1"


def test_it_names_what_is_wrong_with_a_contact(call, customer, ana, zed):
    a_customer(zed, external_id="Z1")

    problem(call("post", "contacts/", {"name": "Jo"}), 400, "customer_external_id")
    problem(
        call("post", "contacts/", {"name": "Jo", "customer_external_id": None}), 400, "customer_external_id"
    )
    problem(
        call("post", "contacts/", {"name": "Jo", "customer_external_id": "Z1"}), 400, "customer_external_id"
    )
    problem(call("post", "contacts/", {"customer_external_id": "C1"}), 400, "name")
    problem(call("post", "contacts/", {"customer_external_id": "C1", "email": "x"}), 400, "email")
    assert not Contact.objects.exists()


def test_it_does_not_find_another_company_s_rows(call, customer, ana, zed):
    call("post", "contacts/", {"customer_external_id": "C1", "name": "Jo"})
    call("post", "notes/", {"customer_external_id": "C1", "body": "Hi"})
    contact, note = Contact.objects.get(), Note.objects.get()
    mark_contact_left(actor=ana, contact=contact)

    for path in (f"customers/{customer.id}/", f"contacts/{contact.id}/", f"notes/{note.id}/"):
        problem(call("get", path, by=zed), 404)
        problem(call("patch", path, {"name": "x", "body": "x", "has_left": False}, by=zed), 404)
    contact.refresh_from_db()
    assert contact.left_at is not None


def test_it_adds_a_promise_and_keeps_it(call, customer, ana, set_clock):
    set_clock("2026-03-01T10:00")
    ticket = a_ticket(ana, external_id="T1")
    answer = call(
        "post",
        "notes/",
        {
            "customer_external_id": "C1",
            "ticket_external_id": "T1",
            "body": "=HYPERLINK(1)",
            "type": "promise",
            "due_on": "2026-04-01",
            "noted_at": "2026-03-01T10:00",
        },
    )
    assert answer.status_code == 201, answer.content
    note = Note.objects.get()
    assert (note.author, note.ticket, note.body) == (ana, ticket, "=HYPERLINK(1)")
    assert note.noted_at == at("2026-03-01T09:00")

    kept = call("patch", f"notes/{note.id}/", {"is_kept": True}).json()
    assert (kept["kept_by_email"], kept["body"]) == (ana.email, "=HYPERLINK(1)")
    again = call("patch", f"notes/{note.id}/", {"is_kept": False, "body": "Other"}).json()
    assert (again["kept_at"], again["body"], again["type"]) == (None, "Other", "promise")
    assert (answer.json()["version"], again["version"]) == (0, 1)


def test_only_its_writer_changes_a_note_for_a_day_and_loses_no_edit(call, customer, lee, set_clock):
    set_clock("2026-03-01T10:00")
    call("post", "notes/", {"customer_external_id": "C1", "body": "First"})
    path = f"notes/{Note.objects.get().id}/"

    problem(call("patch", path, {"body": "Mine"}, by=lee), 403)
    assert call("patch", path, {"body": "Second", "version": 0}).status_code == 200
    problem(call("patch", path, {"body": "Third", "version": 0}), 409)
    problem(call("patch", path, {"body": "Third"}, If_Match='"0"'), 412)
    assert call("patch", path, {"is_kept": True}, by=lee).status_code == 200
    set_clock("2026-03-02T10:00")
    problem(call("patch", path, {"body": "Fourth"}), 403)
    assert Note.objects.get().body == "Second"


def test_it_names_what_is_wrong_with_a_note(call, customer, zed):
    a_ticket(zed, external_id="Z1")

    problem(call("post", "notes/", {"body": "x"}), 400, "customer_external_id")
    problem(call("post", "notes/", {"body": "x", "ticket_external_id": "Z1"}), 400, "ticket_external_id")
    problem(call("post", "notes/", {"customer_external_id": "C1", "body": " "}), 400, "body")
    problem(call("post", "notes/", {"customer_external_id": "C1", "body": "x", "type": "y"}), 400, "type")
    assert not Note.objects.exists()


def test_it_records_an_answer_and_a_later_one_to_the_same_question(call, customer, ana):
    ticket = a_ticket(ana, assignee=ana, external_id="T1", opened_at=at("2026-03-01T00:00"))
    sent = {"kind": "csat", "external_id": "S1", "ticket_external_id": "T1", "customer_external_id": "C1"}
    first = call("post", "surveys/", {**sent, "score": 2, "answered_at": "2026-03-02T10:00Z"})
    second = call("post", "surveys/", {**sent, "score": 5, "answered_at": "2026-03-03T10:00Z"})

    assert (first.status_code, second.status_code) == (201, 201), first.content
    survey = Survey.objects.get()
    assert (survey.score, survey.identity, survey.ticket) == (5, "csat:x:S1", ticket)
    assert Fact.objects.filter(source_id=survey.id).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"score": 5}, "kind"),
        ({"kind": "csat"}, "score"),
        ({"kind": "csat", "score": 6}, "score"),
        ({"kind": "csat", "score": 0}, "score"),
        ({"kind": "nps", "score": 11}, "score"),
        ({"kind": "csat", "score": "many"}, "score"),
        ({"kind": "csat", "score": 10**30}, "score"),
        ({"kind": "csat", "score": 5, "ticket_external_id": "nowhere"}, "ticket_external_id"),
        ({"kind": "csat", "score": 5, "answered_at": "2999-01-01T00:00Z"}, "answered_at"),
        ({"kind": "csat", "score": 5, "comment": "x" * 100_001}, "comment"),
    ],
)
def test_it_names_what_is_wrong_with_an_answer(call, body, field):
    problem(call("post", "surveys/", body), 400, field)
    assert not Survey.objects.exists()

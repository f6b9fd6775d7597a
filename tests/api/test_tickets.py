"""Tickets through the API: logged, changed, answered and resolved as on the screens."""

import pytest

from accounts.models import Activity
from customers.models import Ticket
from tests.factories import a_category, a_customer, a_ticket, at

from .conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(ana):
    return a_ticket(ana, external_id="T1")


def test_it_logs_a_ticket(call, ana, lee):
    a_customer(ana, external_id="C1")
    answer = call(
        "post",
        "tickets/",
        {
            "subject": "<b>Help</b>",
            "body": "It broke",
            "customer_external_id": "C1",
            "requester_email": "Jo@Client.example",
            "category": "Billing",
            "priority": "high",
            "channel": "E-mail",
            "tags": ["vip"],
            "assignee_email": "LEE@harbour.example",
            "opened_at": "2026-03-01T09:30",
        },
    )

    assert answer.status_code == 201, answer.content
    ticket = Ticket.objects.get()
    assert answer.json()["id"] == ticket.id
    assert answer["ETag"] == '"0"'
    # Without an offset a time is in the company's zone, Berlin.
    assert ticket.opened_at == at("2026-03-01T08:30")
    assert (ticket.subject, ticket.requester_email, ticket.tags) == (
        "<b>Help</b>",
        "jo@client.example",
        ["vip"],
    )
    assert (ticket.customer.external_id, ticket.category.name, ticket.channel) == ("C1", "Billing", 1)
    assert (ticket.assignee, ticket.external_id[:2]) == (lee, "T-")
    assert Activity.objects.filter(verb="ticket.logged", actor=ana).count() == 1


def test_it_takes_a_category_whatever_its_case(call, harbour):
    known = a_category(harbour, "Billing")

    assert call("post", "tickets/", {"subject": "x", "category": "BILLING"}).status_code == 201
    assert Ticket.objects.get().category == known


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"subject": "a\0b"}, "subject"),
        ({"subject": "\ud800"}, "subject"),
        ({"subject": ["x"]}, "subject"),
        ({"subject": "x", "requester_email": "nobody"}, "requester_email"),
        ({"subject": "x", "priority": "huge"}, "priority"),
        ({"subject": "x", "channel": "pigeon"}, "channel"),
        ({"subject": "x", "tags": "vip"}, "tags"),
        ({"subject": "x", "tags": [{"a": 1}]}, "tags"),
        ({"subject": "x", "tags": ["y" * 101]}, "tags"),
        ({"subject": "x", "opened_at": "soon"}, "opened_at"),
        ({"subject": "x", "opened_at": 5}, "opened_at"),
        ({"subject": "x", "opened_at": "9999-12-31T23:59:59-23:59"}, "opened_at"),
        ({"subject": "x", "opened_at": "1969-01-01T00:00Z"}, "opened_at"),
        ({"subject": "x", "assignee_email": "zed@elsewhere.example"}, "assignee_email"),
        ({"subject": "x", "customer_external_id": "Z1"}, "customer_external_id"),
        ({"subject": "x", "external_id": "T1"}, "external_id"),
        ({"subject": "x", "category": "c" * 201}, "category"),
    ],
)
def test_it_names_the_field_that_is_wrong(call, ana, zed, ticket, body, field):
    a_customer(zed, external_id="Z1")

    problem(call("post", "tickets/", body), 400, field)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[]", 400),
        ("null", 400),
        ("5", 400),
        ('"x"', 400),
        ("{", 400),
        ("[" * 100_000, 400),
        ('{"subject": "' + "x" * 3_000_000 + '"}', 413),
        (b'{"subject": "\xff"}', 400),
    ],
)
def test_it_refuses_a_body_that_is_none(call, body, status):
    answer = call("post", "tickets/", body)

    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Ticket.objects.exists()


def test_it_changes_what_is_sent_and_nothing_else(call, ticket):
    answer = call("patch", f"tickets/{ticket.id}/", {"subject": "Other", "category": "New"})

    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == '"1"'
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.category.name, ticket.priority, ticket.version) == (
        "Other",
        "New",
        "normal",
        1,
    )
    assert call("patch", f"tickets/{ticket.id}/", {"category": None}).status_code == 200
    ticket.refresh_from_db()
    assert ticket.category is None


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"version": 0}, {}, 409),
        ({"version": 1}, {}, 200),
        ({}, {"if_match": '"0"'}, 412),
        ({}, {"if_match": '"1"'}, 200),
        ({}, {"if_match": "*"}, 200),
        ({}, {"if_match": "yesterday"}, 400),
        ({"version": -1}, {}, 400),
        ({}, {}, 200),
    ],
)
def test_it_loses_no_edit_of_somebody_else(call, ticket, body, headers, status):
    call("patch", f"tickets/{ticket.id}/", {"subject": "First"})

    answer = call("patch", f"tickets/{ticket.id}/", {"subject": "Second", **body}, **headers)

    assert answer.status_code == status, answer.content
    ticket.refresh_from_db()
    assert ticket.subject == ("Second" if status == 200 else "First")


def test_it_goes_through_a_ticket_s_life(call, ticket, lee):
    base = f"tickets/{ticket.id}"
    steps = [
        ("assignment", {"assignee_email": lee.email}, "open"),
        ("replies", {"body": "Looking into it", "seconds": 60}, "open"),
        ("notes", {"body": "Strange"}, "open"),
        ("pending", {}, "pending"),
        ("hold", {}, "on_hold"),
        ("resolution", {"seconds": 30}, "resolved"),
        ("replies", {"body": "Still broken", "by_requester": True}, "open"),
        ("resolution", {}, "resolved"),
        ("reopening", {}, "open"),
        ("closure", {}, "closed"),
        ("assignment", {"assignee_email": None}, "closed"),
    ]
    for path, body, status in steps:
        answer = call("post", f"{base}/{path}/", body)
        assert (answer.status_code, answer.json().get("status")) == (201, status), (path, answer.content)

    whole = call("get", f"{base}/").json()
    assert [event["body"] for event in whole["events"] if event["body"]] == [
        "Looking into it",
        "Strange",
        "Still broken",
    ]
    assert (whole["reopened_count"], whole["handle_seconds"], whole["assignee_email"]) == (2, 90, None)


def test_it_says_when_a_ticket_is_in_no_state_for_it(call, ticket):
    problem(call("post", f"tickets/{ticket.id}/reopening/", {}), 409)
    problem(call("post", f"tickets/{ticket.id}/replies/", {"body": ""}), 400, "body")
    problem(call("post", f"tickets/{ticket.id}/replies/", {"body": "x", "seconds": -1}), 400, "seconds")
    problem(call("post", f"tickets/{ticket.id}/assignment/", {}), 400, "assignee_email")
    problem(call("post", f"tickets/{ticket.id}/resolution/", {"at": "1999-01-01T00:00Z"}), 400, "at")


@pytest.mark.parametrize("path", ["", "replies/", "resolution/", "assignment/"])
def test_it_does_not_find_another_company_s_ticket(call, zed, ticket, path):
    method = "post" if path else "patch"

    problem(call(method, f"tickets/{ticket.id}/{path}", {"body": "x", "subject": "x"}, by=zed), 404)
    ticket.refresh_from_db()
    assert (ticket.version, ticket.events.count()) == (0, 1)


def test_it_needs_the_scope_to_write(call, ticket):
    problem(call("post", "tickets/", {"subject": "x"}, scopes=("read",)), 403)
    problem(call("patch", f"tickets/{ticket.id}/", {"subject": "x"}, scopes=("read", "import")), 403)


def test_a_browser_needs_the_token_against_forgery(ana):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ana.user)
    refused = client.post("/api/v1/tickets/", {"subject": "x"}, content_type="application/json")
    problem(refused, 403)

    client.get("/profile/")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/api/v1/tickets/", {"subject": "x"}, content_type="application/json", headers={"x-csrftoken": token}
    )
    assert answer.status_code == 201, answer.content

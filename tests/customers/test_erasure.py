"""Erasure of personal data: nothing of the people is left anywhere, and every figure stays what it was."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.actions import save_draft
from accounts.models import IdempotencyKey, Notification
from customers.actions import (
    add_note,
    answer_survey,
    change_note,
    change_ticket,
    delete_note,
    enter_contact,
    enter_fact,
    merge_customers,
    receive_reply,
    reply_to_ticket,
    resolve_ticket,
    set_revenue,
)
from customers.actions.erasure import erase_contact
from customers.models import Contact, Customer, Note, SavedView, Ticket, Upload
from metrics.models import Fact
from tests.customers.figures import figures_of
from tests.factories import a_category, a_customer, a_ticket
from tests.metrics.compare import assert_proven
from tests.metrics.importing import settle

pytestmark = pytest.mark.django_db

NAME, MAIL, PHONE = "Priya Raman", "priya@brightwater.example", "+31 20 5550101"
SECRET = "the invoice of her divorce"
PERSONAL = (NAME, MAIL, PHONE, SECRET)


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def customer(now, harbour, ana, lee) -> Customer:
    """Brightwater with Priya in every place that holds text, and a follow-up that FCR knows by her e-mail."""
    customer = a_customer(lee, name="Brightwater", owner=ana, churn_reason=SECRET)
    contact = {"name": NAME, "email": MAIL, "phone": PHONE, "title": SECRET}
    enter_contact(actor=lee, customer=customer, external_id=MAIL, **contact)
    enter_fact(actor=lee, customer=customer, label="Decides", value=NAME)
    set_revenue(actor=lee, customer=customer, month=date(2026, 2, 1), amount=Decimal(100))
    texts = {"subject": SECRET, "body": SECRET, "requester_email": MAIL, "category": a_category(harbour)}
    first = a_ticket(ana, assignee=ana, customer=customer, opened_at=now - timedelta(days=13), **texts)
    reply_to_ticket(actor=ana, ticket=first, body=SECRET, seconds=60, at=now - timedelta(days=12.5))
    resolve_ticket(actor=ana, ticket=first, at=now - timedelta(days=12))
    # The follow-up is at no customer: only the requester tells that it is one.
    a_ticket(ana, opened_at=now - timedelta(days=8), **texts)
    receive_reply(ticket=first, body=SECRET)
    change_ticket(actor=ana, ticket=first, subject=f"{SECRET} again")
    for kind, score in (("csat", 5), ("nps", 3)):
        answer_survey(
            actor=None,
            company_id=harbour.id,
            kind=kind,
            score=score,
            ticket=first,
            customer=customer,
            comment=SECRET,
        )
    note = add_note(actor=ana, customer=customer, body=SECRET)
    change_note(actor=ana, note=note, body=f"{NAME} called", type="call")
    delete_note(actor=ana, note=add_note(actor=ana, ticket=first, body=SECRET))
    save_draft(actor=lee, place=f"customer:{customer.id}:note", content={"body": SECRET})
    save_draft(actor=lee, place="ticket:new", content={"requester_email": MAIL, "body": SECRET})
    add_elsewhere(ana, first)
    settle(harbour)
    return customer


def add_elsewhere(ana, ticket: Ticket) -> None:
    own = {"company_id": ana.company_id, "member": ana}
    Notification.objects.create(
        **own, verb="x", key="1", detail={"text": SECRET}, url=f"/tickets/{ticket.id}/"
    )
    IdempotencyKey.objects.create(
        **own, key="1", digest="x", status=201, answer={"external_id": ticket.external_id, "body": SECRET}
    )
    IdempotencyKey.objects.create(**own, key="2", digest="y", status=201, answer={"external_id": "T-other"})
    SavedView.objects.create(**own, name="Hers", query="q=priya%40brightwater.example")
    Upload.objects.create(
        company_id=ana.company_id, file_name="x", path="", size=1, report={"sample": [{"email": MAIL}]}
    )


def left(*strings: str) -> list[tuple[str, str]]:
    """(table, string) wherever one of them still stands, in any column of any table of ours."""
    found = []
    with connection.cursor() as cursor:
        for model in (
            m for app in ("accounts", "customers", "metrics") for m in apps.get_app_config(app).get_models()
        ):
            table = model._meta.db_table
            for text in strings:
                for written in {text, text.replace("@", "%40"), json.dumps(text)[1:-1], text.split(" ")[-1]}:
                    cursor.execute(
                        f"SELECT count(*) FROM {table} t WHERE position(lower(%s) in lower(t::text)) > 0",
                        [written],
                    )
                    if cursor.fetchone()[0]:
                        found.append((table, written))
    return found


def test_the_test_finds_what_is_there(customer):
    tables = {table for table, _text in left(*PERSONAL)}

    for name in (
        "ticket",
        "ticketevent",
        "note",
        "survey",
        "surveyanswer",
        "contact",
        "customer",
        "customerfact",
    ):
        assert f"customers_{name}" in tables, name
    assert {"accounts_activity", "accounts_draft", "accounts_notification"} <= tables


def test_nothing_is_left_and_every_figure_stays(harbour, rae, customer):
    figures = figures_of(harbour)
    facts = sorted(Fact.objects.values_list())
    client = signed_in(rae)
    page = client.get(f"/customers/{customer.id}/erasure/").content.decode()
    # The follow-up of nobody's loses its text as well.
    assert "cannot be undone" in page and "Subject and text of 2 tickets" in page

    answer = client.post(f"/customers/{customer.id}/erasure/", {"name": "Brightwater"})
    settle(harbour)

    assert answer.status_code == 302
    assert left(*PERSONAL) == []
    assert figures_of(harbour) == figures
    assert sorted(Fact.objects.values_list()) == facts
    assert_proven(harbour)
    # A request that is sent again is not done again; answers about others stay.
    kept = IdempotencyKey.objects.order_by("key").values_list("digest", "status", "answer")
    assert list(kept) == [("x", 201, None), ("y", 201, {"external_id": "T-other"})]
    # Derived again from what is left, each fact is the same: the two tickets still match.
    from customers.facts import derive_tickets

    derive_tickets(harbour.id, list(Ticket.objects.values_list("id", flat=True)))
    assert sorted(Fact.objects.values_list()) == facts
    customer.refresh_from_db()
    assert customer.name == "Brightwater" and customer.erased_at
    assert "Personal data was erased" in client.get(f"/customers/{customer.id}/").content.decode()


def test_the_ledger_is_closed_again(customer, rae):
    erase(rae, customer)
    with pytest.raises(Exception, match="never changed"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_activity SET verb = 'x'")


def erase(rae, customer, **sent: str) -> None:
    answer = signed_in(rae).post(f"/customers/{customer.id}/erasure/", {"name": customer.name, **sent})
    assert answer.status_code == 302


def test_a_person_loses_name_and_number_too(harbour, rae, lee, customer):
    person = a_customer(lee, name="Max Mustermann", external_id="max@m.example")
    erase(rae, person, with_name="on")

    assert left("Max Mustermann", "max@m.example") == []


def test_it_takes_those_that_were_merged_into_it(harbour, rae, lee, customer):
    gone = a_customer(lee, name="Bright", churn_reason="as Anneke Blankenstein said")
    enter_contact(actor=lee, customer=gone, name="Anneke Blankenstein")
    merge_customers(actor=lee, customer=gone, into=customer)
    erase(rae, customer)

    assert left("Anneke Blankenstein") == []


@pytest.mark.parametrize("name", ["", "brightwater", "Brightwater Ltd", "Bright\0water", "x" * 500])
def test_it_wants_the_name_as_it_stands(rae, customer, name):
    answer = signed_in(rae).post(f"/customers/{customer.id}/erasure/", {"name": name})

    assert answer.status_code == 422
    assert Contact.objects.get().name == NAME


def test_only_an_admin_may(ana, mo, zed, customer):
    contact = Contact.objects.get()
    for path in (f"/customers/{customer.id}/erasure/", f"/contacts/{contact.id}/erasure/"):
        for member, status in ((ana, 403), (mo, 403), (zed, 404)):
            assert signed_in(member).get(path).status_code == status
            assert signed_in(member).post(path, {"name": NAME}).status_code == status
    assert Contact.objects.get().name == NAME


def test_the_rest_of_the_company_keeps_its_text(harbour, rae, ana, lee, zed, customer):
    other = a_customer(lee, name="Other")
    enter_contact(actor=lee, customer=other, name="Joris Bakker", email="joris@other.example")
    kept = a_ticket(
        ana, customer=other, subject="Theirs", body="Theirs", requester_email="joris@other.example"
    )
    same = a_ticket(ana, customer=other, subject="Hers", requester_email=MAIL)
    add_note(actor=ana, customer=other, body="About the other")
    save_draft(actor=ana, place="ticket:new", content={"body": "Half a ticket"})
    far = a_ticket(zed, subject="Far away", requester_email=MAIL)
    erase(rae, customer)

    kept.refresh_from_db()
    same.refresh_from_db()
    far.refresh_from_db()
    assert (kept.subject, kept.requester_email) == ("Theirs", "joris@other.example")
    assert same.subject == "Hers" and same.requester_email.endswith("@erased.invalid")
    assert (far.subject, far.requester_email) == ("Far away", MAIL)
    assert Note.objects.filter(body="About the other").exists()
    assert ana.drafts.get(place="ticket:new").content["body"] == "Half a ticket"


def test_one_contact_alone(harbour, rae, ana, lee, customer):
    enter_contact(actor=lee, customer=customer, name="Joris Bakker", email="joris@brightwater.example")
    contact = Contact.objects.get(name=NAME)
    figures = figures_of(harbour)
    client = signed_in(rae)
    page = client.get(f"/contacts/{contact.id}/erasure/").content.decode()
    assert "Notes that name this person" in page and "Priya Raman called" in page
    client.post(f"/contacts/{contact.id}/erasure/", {"name": NAME})
    settle(harbour)

    assert left(MAIL, PHONE) == []
    assert not Ticket.objects.exclude(subject="").exists()
    assert Contact.objects.filter(name="Joris Bakker").exists()
    assert Note.objects.filter(body=f"{NAME} called").exists()
    assert "Erased contact" in client.get(f"/customers/{customer.id}/contacts/").content.decode()
    assert figures_of(harbour) == figures
    assert_proven(harbour)


def test_an_address_of_the_team_is_no_contact_s_to_erase(ana, lee, customer):
    """A contact was entered with the address of somebody who works here."""
    wrong = enter_contact(actor=lee, customer=customer, name="Ana of ours", email=ana.email.capitalize())
    own = a_ticket(ana, subject="By the team", requester_email=ana.email)
    erase_contact(actor=ana, contact=wrong)

    own.refresh_from_db()
    wrong.refresh_from_db()
    assert (own.subject, own.requester_email) == ("By the team", ana.email)
    assert (wrong.name, wrong.email) == ("", "")

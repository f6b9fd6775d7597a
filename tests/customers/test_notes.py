"""Notes and promises: written, changed, taken back, never lost."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.actions import save_draft
from accounts.models import Activity, Draft
from cs_platform.lib import clock
from customers.actions import add_note, change_note, enter_contact, enter_fact
from customers.models import Customer, Note
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def client(ana) -> Client:
    return signed_in(ana)


@pytest.fixture
def customer(lee) -> Customer:
    return a_customer(lee, name="Brightwater")


@pytest.fixture
def note(ana, customer) -> Note:
    return add_note(actor=ana, customer=customer, type="promise", body="Call back", due_on=date(2026, 3, 19))


def page_of(client: Client, customer: Customer, query: str = "") -> str:
    answer = client.get(f"/customers/{customer.id}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_taken_once_and_its_draft_with_it(client, ana, customer):
    place = f"customer:{customer.id}:note"
    save_draft(actor=ana, place=place, content={"body": "Priya called"})
    sent = {"type": "call", "body": "Priya called", "key": "a" * 32}
    for _ in range(2):
        assert client.post(f"/customers/{customer.id}/notes/", sent).status_code == 302

    assert Note.objects.get().body == "Priya called"
    assert not Draft.objects.exists()
    assert f'data-draft-taken="{place}"' in page_of(client, customer)
    assert "data-draft-taken" not in page_of(client, customer)


def test_another_text_from_the_same_form_is_another_note(client, customer):
    for body in ("Priya called", "Priya called, and calls again"):
        client.post(f"/customers/{customer.id}/notes/", {"type": "call", "body": body, "key": "a" * 32})

    assert Note.objects.count() == 2


def test_a_customer_that_was_erased_takes_nothing_about_people(client, ana, customer):
    fact = enter_fact(actor=ana, customer=customer, label="Plan", value="Growth")
    contact = enter_contact(actor=ana, customer=customer, name="Jo")
    Customer.objects.update(erased_at=clock.now())
    for path, sent in (
        (f"/customers/{customer.id}/notes/", {"type": "call", "body": "Priya"}),
        (f"/customers/{customer.id}/contacts/new/", {"name": "Priya"}),
        (f"/customers/{customer.id}/facts/new/", {"label": "Decides", "value": "Priya"}),
        (f"/contacts/{contact.id}/edit/", {"name": "Priya"}),
        (f"/facts/{fact.id}/edit/", {"label": "Plan", "value": "Priya"}),
    ):
        answer = client.post(path, sent, follow=True)
        assert answer.redirect_chain == [(f"/customers/{customer.id}/", 302)], path
        assert "was erased" in answer.content.decode()
    assert not Note.objects.exists()
    assert list(customer.contacts.values_list("name", flat=True)) == ["Jo"]
    assert list(customer.facts.values_list("value", flat=True)) == ["Growth"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", "", "required"),
        ("body", "a\0b", "Null"),
        ("body", "x" * 100_001, "100000"),
        ("type", "gossip", "valid choice"),
        ("due_on", "", "needs the day"),
        ("due_on", "9999-12-31", "between 1970 and 2100"),
        ("due_on", "soon", "as 2026-03-31"),
    ],
)
def test_it_refuses_a_bad_one_and_keeps_the_text(client, customer, field, value, words):
    sent = {"type": "promise", "body": "Typed text", "due_on": "2026-03-30", field: value}
    answer = client.post(f"/customers/{customer.id}/notes/", sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    if field != "body":
        assert "Typed text" in answer.content.decode()
    assert not Note.objects.exists()


def test_its_writer_changes_it_for_a_day_and_everybody_sees_what_it_said(
    client, lee, customer, note, set_clock
):
    edit = f"/notes/{note.id}/edit/"
    assert signed_in(lee).get(edit).status_code == 403
    sent = {"type": "call", "body": "They called us", "version": "0"}
    assert client.post(edit, sent).status_code == 302
    history = signed_in(lee).get(f"/notes/{note.id}/history/").content.decode()
    assert "Call back" in history and "They called us" in history
    assert f"/notes/{note.id}/history/" in page_of(client, customer)
    # The address of drafts does not reach what is kept, and the ledger holds no text.
    assert client.delete(f"/drafts/note/{note.id}/1/").status_code == 404
    assert not Activity.objects.filter(detail__icontains="Call back").exists()

    set_clock(clock.now() + timedelta(days=1))
    assert client.get(edit).status_code == 403


def test_two_tabs_lose_nothing(client, ana, note):
    change_note(actor=ana, note=note, body="From the other tab", type="note")
    answer = client.post(f"/notes/{note.id}/edit/", {"type": "note", "body": "From this tab", "version": "0"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "From the other tab" in page and "From this tab" in page


def test_a_deleted_note_comes_back_as_it_was(client, lee, customer, note):
    before = Note.objects.filter(id=note.id).values().get()
    assert signed_in(lee).post(f"/notes/{note.id}/deletion/").status_code == 403
    page = client.post(f"/notes/{note.id}/deletion/", follow=True).content.decode()

    assert f"/notes/{note.id}/restoration/" in page
    assert not Note.objects.standing().exists()
    assert "Call back" not in page_of(client, customer)
    assert "1 open" not in page_of(client, customer)
    assert signed_in(lee).post(f"/notes/{note.id}/restoration/").status_code == 404
    for _ in range(2):
        assert client.post(f"/notes/{note.id}/restoration/").status_code == 302
    assert Note.objects.filter(id=note.id).values().get() == before


def test_a_promise_stands_until_it_is_kept(client, lee, customer, note):
    assert "Overdue since 19 Mar" in page_of(client, customer)
    page = signed_in(lee).post(f"/notes/{note.id}/kept/", follow=True).content.decode()

    assert "Overdue" not in page and "Promise kept" in page
    client.post(f"/notes/{note.id}/kept/undo/")
    assert "Overdue since 19 Mar" in page_of(client, customer)
    there = client.post(f"/notes/{note.id}/kept/", {"next": "/my-day/"})
    assert there["Location"] == "/my-day/"
    elsewhere = client.post(f"/notes/{note.id}/kept/", {"next": "https://evil.example/"})
    assert elsewhere["Location"].startswith("/customers/")


def test_they_are_shown_by_type_and_page_by_page(client, ana, customer, set_clock):
    for number in range(25):
        set_clock(clock.now() + timedelta(seconds=60))
        add_note(
            actor=ana, customer=customer, type="risk" if number == 3 else "call", body=f"Note-{number:02}."
        )
    page = page_of(client, customer)
    older = page.split("?older=")[1].split("#")[0]

    assert "Note-24." in page and "Note-04." not in page
    assert "Note-04." in page_of(client, customer, f"?older={older}")
    risks = page_of(client, customer, "?notes=risks")
    assert risks.count("Note-") == 1
    for query in ("?notes=x&older=x", "?older=99999999999999999999", "?older=0"):
        assert client.get(f"/customers/{customer.id}/{query}").status_code == 200


def test_html_stays_text(client, ana, customer):
    add_note(actor=ana, customer=customer, body="<b>bold</b>\n\n=1+1")
    assert "<b>bold</b>" not in page_of(client, customer)


def test_nothing_is_there_for_another_company(zed, note):
    client = signed_in(zed)
    for path in ("edit", "history", "deletion", "restoration", "kept", "kept/undo"):
        assert client.post(f"/notes/{note.id}/{path}/").status_code in (404, 405), path

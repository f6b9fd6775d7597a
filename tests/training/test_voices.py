"""The customer's voice: kept with consent, searched, taken back, and gone with the customer."""

import pytest

from accounts.outbox import react_once
from customers.actions import add_note, answer_survey
from customers.actions.erasure import erase_customer
from tests.factories import a_customer
from training.actions.voices import was_said
from training.models import Voice

pytestmark = pytest.mark.django_db
NEW = "/training/voices/new/"


@pytest.fixture
def customer(rae):
    return a_customer(rae, name="Brightwater")


@pytest.fixture
def answer(ana, customer):
    return answer_survey(
        actor=ana, company_id=ana.company_id, kind="csat", score=5, customer=customer,
        comment="I had 40 orders waiting.  Priya stayed until they went out.",
    )  # fmt: skip


def _fields(asker, **fields) -> dict:
    return {
        "quote": "I had 40 orders waiting … [a colleague] stayed until they went out.",
        "theme": "First week",
        "consent_on": "2020-03-01",
        "consent_by": asker.email,
    } | fields


def _keep(client, ana, answer) -> Voice:
    client.force_login(ana.user)
    kept = client.post(f"{NEW}?source=answer:{answer.id}", _fields(ana))
    assert kept.status_code == 302, kept.context["form"].errors
    return Voice.objects.latest("id")


def test_a_quote_is_word_for_word_but_for_what_is_marked():
    text = "I had 40 orders\n waiting. Priya stayed."
    assert was_said("i had 40 orders waiting", text) and was_said("40 orders … stayed.", text)
    assert was_said("[Somebody] stayed.", text)
    for wrong in ("stayed … 40 orders", "41 orders", "…", "[all of it]", "", ". . ."):
        assert not was_said(wrong, text), wrong


def test_it_is_kept_once_with_who_asked_and_found_again(client, ana, lee, zed, answer):
    client.force_login(ana.user)
    assert (
        b"40 orders" in client.get(NEW).content and b"40 orders" not in client.get(f"{NEW}?q=refund").content
    )
    voice = _keep(client, ana, answer)
    again = client.post(f"{NEW}?source=answer:{answer.id}", _fields(ana))
    assert again["Location"] == f"/training/voices/{voice.id}/" and Voice.objects.count() == 1
    assert (voice.customer, voice.consent_by, str(voice.consent_on)) == (answer.customer, ana, "2020-03-01")
    assert b"40 orders" not in client.get(NEW).content, "it is kept already"
    client.force_login(lee.user)
    for query, found in (
        ("", True),
        ("?q=orders+first", True),
        ("?theme=First+week", True),
        ("?q=zebra", False),
    ):
        assert (b"40 orders" in client.get(f"/training/voices/{query}").content) == found, query
    assert f"(/training/voices/{voice.id}/)".encode() in client.get(f"/training/voices/{voice.id}/").content
    client.force_login(zed.user)
    assert client.get(f"/training/voices/{voice.id}/").status_code == 404
    assert client.post(f"/training/voices/{voice.id}/withdrawal/").status_code == 404
    assert client.get(f"{NEW}?source=answer:{answer.id}").status_code == 404
    assert b"40 orders" not in client.get("/training/voices/").content


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"quote": "I had 400 orders waiting"}, "quote"),
        ({"consent_on": "2099-01-01"}, "consent_on"),
        ({"consent_on": ""}, "consent_on"),
        ({"consent_by": "zed@elsewhere.example"}, "consent_by"),
        ({"theme": "x" * 81}, "theme"),
        ({"theme": "x\0"}, "theme"),
    ],
)
def test_it_refuses_what_was_not_said_or_agreed(client, ana, zed, answer, wrong, named):
    client.force_login(ana.user)
    refused = client.post(f"{NEW}?source=answer:{answer.id}", _fields(ana, **wrong))
    assert (
        refused.status_code == 422 and named in refused.context["form"].errors and not Voice.objects.exists()
    )
    for source in ("answer:0", "note:1x", "ticket:1", "answer:99999999999999999999"):
        assert client.get(f"{NEW}?source={source}").status_code == 404


def test_it_is_taken_back_for_good_and_may_be_asked_for_again(client, ana, lee, answer):
    voice = _keep(client, ana, answer)
    client.force_login(lee.user)
    for _twice in range(2):
        assert client.post(f"/training/voices/{voice.id}/withdrawal/").status_code == 302
    voice.refresh_from_db()
    assert voice.quote == "" and voice.withdrawn_at
    assert b"Not here any more" in client.get(f"/training/voices/{voice.id}/").content
    assert _keep(client, ana, answer).id != voice.id


def test_it_goes_with_an_erased_customer(client, ana, rae, customer, answer):
    note = add_note(actor=ana, customer=customer, body="Said: we would call you first", type="call")
    voice = _keep(client, ana, answer)
    kept = client.post(f"{NEW}?source=note:{note.id}", _fields(ana, quote="we would call you first"))
    assert kept.status_code == 302
    erase_customer(actor=rae, customer=customer)
    while react_once():
        pass
    assert set(Voice.objects.values_list("quote", flat=True)) == {""}
    assert b"orders" not in client.get(f"/training/voices/{voice.id}/").content
    assert client.get(f"{NEW}?source=answer:{answer.id}").status_code == 404

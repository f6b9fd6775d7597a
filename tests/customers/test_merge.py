"""Two customers become one, and two again: through the pages, with every figure accounted for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from customers.actions import (
    add_note,
    answer_survey,
    enter_contact,
    enter_fact,
    merge_customers,
    resolve_ticket,
    set_owner,
    set_revenue,
    unmerge_customer,
)
from customers.models import Contact, Customer, CustomerOwner, Note, Revenue, Survey, Ticket
from metrics.models import Fact
from tests.customers.figures import figures_of
from tests.factories import a_category, a_customer, a_ticket
from tests.metrics.compare import assert_proven
from tests.metrics.importing import settle

pytestmark = pytest.mark.django_db

RETENTION = ("churn", "logo_retention", "gross_revenue_retention", "net_revenue_retention")


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


@pytest.fixture
def pair(now, harbour, ana, lee) -> tuple[Customer, Customer]:
    """Brightwater, owned by Ana, and Bright Water Ltd, owned by Lee: the same firm, entered twice."""
    kept = a_customer(lee, name="Brightwater", external_id="B1", segment="Key")
    gone = a_customer(lee, name="Bright Water Ltd", external_id="B2", started_on=date(2024, 5, 1))
    set_owner(actor=lee, customer=kept, owner=ana, valid_from=date(2026, 1, 1))
    set_owner(actor=lee, customer=gone, owner=lee, valid_from=date(2025, 1, 1))
    for customer, amounts in ((kept, {2: 100, 3: 110}), (gone, {1: 40, 2: 50})):
        for month, amount in amounts.items():
            set_revenue(actor=lee, customer=customer, month=date(2026, month, 1), amount=Decimal(amount))
        enter_contact(actor=lee, customer=customer, name=f"Person of {customer.name}")
        add_note(actor=ana, customer=customer, body=f"About {customer.name}")
        enter_fact(actor=lee, customer=customer, label="Plan", value=customer.name)
        answer_survey(
            actor=None,
            company_id=harbour.id,
            kind="nps",
            score=9,
            customer=customer,
            answered_at=now - timedelta(days=3),
        )
    enter_fact(actor=lee, customer=gone, label="Speaks", value="Dutch")
    # Ten days ago resolved at one, five days ago asked again at the other: a follow-up only once they are one.
    first = a_ticket(ana, customer=kept, category=a_category(harbour), opened_at=now - timedelta(days=13))
    resolve_ticket(actor=ana, ticket=first, at=now - timedelta(days=12))
    a_ticket(ana, customer=gone, category=a_category(harbour), opened_at=now - timedelta(days=8))
    settle(harbour)
    return kept, gone


def everything() -> dict:
    models = (Ticket, Contact, Note, Survey, Revenue, CustomerOwner)
    found = {
        model.__name__: sorted(model.objects.exclude(customer=None).values_list("id", "customer_id"))
        for model in models
    }
    found["amounts"] = sorted(Revenue.objects.values_list("id", "month", "amount_minor"))
    found["customers"] = sorted(
        Customer.objects.values_list("id", "segment", "started_on", "owner_id", "merged_into_id")
    )
    found["facts"] = sorted(
        Fact.objects.values_list("kind", "source_id", "seq", "rep_id", "day", "v1", "v2", "customer_id")
    )
    return found


def test_it_moves_everything_to_the_survivor(harbour, ana, pair):
    kept, gone = pair
    before = figures_of(harbour, leave_out=(*RETENTION, "fcr"))
    merge_customers(actor=ana, customer=gone, into=kept)
    settle(harbour)

    kept.refresh_from_db()
    for model in (Ticket, Contact, Note, Survey):
        assert not model.objects.filter(customer=gone).exists()
        assert model.objects.filter(customer=kept).count() == 2
    amounts = Revenue.objects.order_by("month").values_list("customer_id", "amount_minor")
    assert list(amounts) == [(kept.id, 4000), (kept.id, 15000), (kept.id, 11000)]
    assert list(kept.facts.values_list("label", "value")) == [("Plan", "Brightwater"), ("Speaks", "Dutch")]
    assert (kept.name, kept.segment, kept.started_on) == ("Brightwater", "Key", date(2024, 5, 1))
    assert list(kept.owners.order_by("valid_from").values_list("owner__name", flat=True)) == ["Lee", "Ana"]
    assert not Fact.objects.filter(customer_id=gone.id).exists()
    assert_proven(harbour)
    # Of the company nothing but retention and follow-ups can be another: the same tickets, answers and hours.
    after = figures_of(harbour, leave_out=(*RETENTION, "fcr"))
    assert {key: value for key, value in after.items() if key[1] == "company"} == {
        key: value for key, value in before.items() if key[1] == "company"
    }


def test_it_sees_the_follow_up_that_lay_at_the_other(harbour, ana, pair):
    kept, gone = pair
    fcr = figures_of(harbour)["fcr", "company", 0]
    merge_customers(actor=ana, customer=gone, into=kept)
    settle(harbour)

    assert fcr != figures_of(harbour)["fcr", "company", 0]
    assert_proven(harbour)


def test_it_moves_everything_back(harbour, ana, pair):
    kept, gone = pair
    before, figures = everything(), figures_of(harbour)
    merge_customers(actor=ana, customer=gone, into=kept)
    settle(harbour)
    unmerge_customer(actor=ana, customer=Customer.objects.get(id=gone.id))
    settle(harbour)

    assert everything() == before
    assert figures_of(harbour) == figures
    assert_proven(harbour)


def test_it_leaves_at_the_survivor_what_came_later(harbour, ana, lee, pair):
    kept, gone = pair
    merge_customers(actor=ana, customer=gone, into=kept)
    a_ticket(ana, customer=kept, subject="Later")
    set_revenue(actor=lee, customer=kept, month=date(2026, 2, 1), amount=Decimal(500))
    client = signed_in(ana)

    refused = client.post(f"/customers/{gone.id}/merge/undo/", follow=True)
    assert "2026-02" in refused.content.decode()
    set_revenue(actor=lee, customer=kept, month=date(2026, 2, 1), amount=Decimal(150))
    client.post(f"/customers/{gone.id}/merge/undo/")

    assert set(Ticket.objects.filter(customer=kept).values_list("subject", flat=True)) == {"Help", "Later"}
    settle(harbour)
    assert_proven(harbour)


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_it_shows_what_moves_before_it_moves(ana, pair):
    kept, gone = pair
    client = signed_in(ana)
    url = f"/customers/{kept.id}/merge/"

    assert gone.name in client.get(url, {"q": "bright"}).content.decode()
    preview = client.get(url, {"other": gone.id}).content.decode()
    for words in ("1 ticket", "1 contact", "150", "Retention"):
        assert words in preview, words
    assert Ticket.objects.filter(customer=gone).exists()

    done = client.post(url, {"other": gone.id}, follow=True).content.decode()
    assert f"/customers/{gone.id}/merge/undo/" in done
    # Sent twice, it is done once.
    assert client.post(url, {"other": gone.id}).status_code == 422
    assert client.get(f"/customers/{gone.id}/").headers["Location"] == f"/customers/{kept.id}/"
    assert "Bright Water Ltd" not in client.get("/customers/?q=bright").content.decode()

    client.post(f"/customers/{gone.id}/merge/undo/")
    assert client.get(f"/customers/{gone.id}/").status_code == 200


@pytest.mark.parametrize("other", ["", "0", "x", "99999999999999999999", "itself", "zed"])
def test_it_refuses_what_cannot_be_merged(ana, zed, pair, other):
    kept, _gone = pair
    ids = {"itself": kept.id, "zed": a_customer(zed).id}
    answer = signed_in(ana).post(f"/customers/{kept.id}/merge/", {"other": ids.get(other, other)})

    assert answer.status_code == 422
    assert not Customer.objects.filter(merged_into__isnull=False).exists()


def test_a_merge_into_a_merged_one_leads_to_the_last(ana, lee, pair):
    kept, gone = pair
    last = a_customer(lee, external_id="B3")
    merge_customers(actor=ana, customer=gone, into=kept)
    merge_customers(actor=ana, customer=kept, into=last)

    client = signed_in(ana)
    assert client.get(f"/customers/{gone.id}/").headers["Location"] == f"/customers/{last.id}/"
    assert "later merge" in client.post(f"/customers/{gone.id}/merge/undo/", follow=True).content.decode()
    unmerge_customer(actor=ana, customer=Customer.objects.get(id=kept.id))
    assert Customer.objects.get(id=gone.id).merged_into == kept
    unmerge_customer(actor=ana, customer=Customer.objects.get(id=gone.id))


def test_it_refuses_to_split_revenue_that_is_gone(ana, pair):
    kept, gone = pair
    merge_customers(actor=ana, customer=gone, into=kept)
    Revenue.objects.filter(customer=kept, month=date(2026, 2, 1)).delete()

    page = signed_in(ana).post(f"/customers/{gone.id}/merge/undo/", follow=True).content.decode()
    assert "The revenue of 2026-02 was changed after the merge" in page
    gone.refresh_from_db()
    assert gone.merged_into == kept


def test_what_is_new_at_a_merged_one_is_written_at_the_survivor(ana, lee, pair):
    kept, gone = pair
    merge_customers(actor=lee, customer=gone, into=kept)
    client = signed_in(ana)
    client.post(f"/customers/{gone.id}/contacts/new/", {"name": "Joris Bakker"})
    client.post(f"/customers/{gone.id}/facts/new/", {"label": "Seats", "value": "120"})

    assert Contact.objects.get(name="Joris Bakker").customer == kept
    assert kept.facts.get(label="Seats").value == "120"


def test_a_merged_one_is_not_changed(ana, lee, pair):
    kept, gone = pair
    merge_customers(actor=lee, customer=gone, into=kept)
    left = gone.facts.get()
    before = everything()
    for path, sent in (
        (f"/customers/{gone.id}/edit/", {"name": "Ghost", "version": "1"}),
        (f"/customers/{gone.id}/owner/", {"owner": ana.id, "valid_from": "2026-03-01"}),
        (f"/facts/{left.id}/edit/", {"label": "Plan", "value": "Ghost"}),
        (f"/facts/{left.id}/verification/", {}),
        (f"/facts/{left.id}/removal/", {}),
    ):
        answer = signed_in(ana).post(path, sent, follow=True)
        assert answer.redirect_chain == [(f"/customers/{kept.id}/", 302)], path
        assert "is merged into Brightwater" in answer.content.decode()
    assert everything() == before
    assert gone.facts.get().value == left.value

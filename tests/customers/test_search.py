"""Full text: what is found, in which order, and what never is."""

import pytest

from customers.actions import change_ticket, enter_contact, note_on_ticket, reply_to_ticket
from customers.models import Customer, Ticket, TicketEvent, TicketWords
from customers.queries import search, search_words
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(client, ana):
    client.force_login(ana.user)

    def subjects(q: str, **more) -> list[str]:
        answer = client.get("/tickets/", {"q": q, **more})
        assert answer.status_code == 200
        return [
            str(row.subject).replace("<mark>", "").replace("</mark>", "")
            for row in answer.context["page"].rows
        ]

    return subjects


def test_it_finds_every_text_of_a_ticket(ana, find):
    customer = a_customer(ana, name="Café Zürich")
    ticket = a_ticket(
        ana, subject="Refund promised", body="Paid twice", customer=customer, requester_email="mei@cafe.example",
        external_id="INC-0058", tags=["vip"],
    )  # fmt: skip
    reply_to_ticket(actor=ana, ticket=ticket, body="We have voided it.")
    note_on_ticket(actor=ana, ticket=ticket, body="Careful: Привет from the board")
    a_ticket(ana, subject="Other", external_id="OTHER")

    for q in (
        "refund", "REFUND", "refun", "twice paid", "cafe", "CAFÉ", "zurich refund", "mei@cafe.example", "inc-0058",
        "0058", "voided", "привет", "vip", "promised, (voided)",
    ):  # fmt: skip
        assert find(q) == ["Refund promised"], q
    for q in ("und", "refund missing", "'", "&", "!:*", "<zz>", "~1", "#vip x"):
        assert find(q) == [], q


def test_it_follows_every_change(ana, find):
    customer = a_customer(ana, name="Northgate", external_id="N1")
    ticket = a_ticket(ana, subject="First", customer=customer, tags=["vip"])
    reply_to_ticket(actor=ana, ticket=ticket, body="walrus")

    change_ticket(actor=ana, ticket=ticket, subject="Second")
    assert (find("first"), find("second")) == ([], ["Second"])
    Customer.objects.filter(id=customer.id).update(name="Quixotic")
    assert (find("northgate"), find("quixotic")) == ([], ["Second"])
    assert find("walrus") == find("vip") == ["Second"]
    assert f"~{ana.company_id}" in TicketWords.objects.get(ticket=ticket).words
    TicketEvent.objects.filter(ticket=ticket, body="walrus").update(body="")
    assert find("walrus") == []
    reply_to_ticket(actor=ana, ticket=ticket, body="otter")
    TicketEvent.objects.filter(ticket=ticket, body="otter").delete()
    assert find("otter") == []


def test_it_never_finds_another_company(ana, zed, find, client):
    theirs = a_customer(zed, name="Secret Harbour")
    a_ticket(zed, subject="Secret refund", customer=theirs)
    enter_contact(actor=zed, customer=theirs, name="Secret Person")

    assert find("secret") == []
    found = client.get("/search/", {"q": "secret"}).context["found"]
    assert found.is_empty


@pytest.mark.parametrize("walked", [3_000, 2, 1])
def test_it_finds_the_same_by_walking_and_by_the_index(ana, find, monkeypatch, walked):
    for number in range(6):
        a_ticket(ana, subject=f"Common {number}", body="rare" if number == 0 else "")
    monkeypatch.setattr(search, "WALKED", walked)

    assert find("common") == [f"Common {number}" for number in range(5, -1, -1)]
    assert find("common rare") == find("rare") == ["Common 0"]
    assert find("rare", priority="urgent") == []


@pytest.mark.parametrize("walked", [3_000, 2])
def test_it_shows_the_next_page_of_a_search(ana, client, monkeypatch, walked):
    monkeypatch.setattr(search, "WALKED", walked)
    monkeypatch.setattr("customers.queries.queue.PAGE", 2)
    for number in range(5):
        a_ticket(ana, subject=f"Common {number}")
    client.force_login(ana.user)

    seen, after = [], ""
    for _ in range(4):
        page = client.get("/tickets/", {"q": "common"} | ({"after": after} if after else {})).context["page"]
        seen += [row.id for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert seen == list(Ticket.objects.order_by("-id").values_list("id", flat=True))


def test_it_puts_a_typo_right_when_nothing_is_found(ana, client, find):
    a_ticket(ana, subject="Refund promised")
    assert find("refnud") == ["Refund promised"]
    assert "These hold “<bdi>refund</bdi>”" in client.get("/tickets/?q=refnud").content.decode()
    assert find("xyzzyq") == []


def test_it_marks_matches_and_escapes_everything_else(ana, client):
    a_ticket(ana, subject="<script>alert(1)</script> refund & more", body="x")
    ticket = a_ticket(ana, subject="Tax")
    reply_to_ticket(actor=ana, ticket=ticket, body="we would <b>rather</b> have the refund " * 3)
    client.force_login(ana.user)

    html = client.get("/tickets/?q=refund").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>refund</mark> &amp; more" in html
    assert "<b>rather" not in html
    assert '<span class="q-s__hit">Reply, ' in html
    assert search_words.marked("Réfund REFUNDED prefund", ["refund"]) == (
        "<mark>Réfund</mark> <mark>REFUND</mark>ED prefund"
    )


@pytest.mark.parametrize("q", ["\0", "a\0b", "x" * 10_000, "word " * 2_000, "%", "\\", "''", "🎉", "नमस्ते"])
def test_it_takes_any_query(ana, client, q):
    a_ticket(ana, subject="Help")
    client.force_login(ana.user)

    assert client.get("/tickets/", {"q": q}).status_code == 200
    assert client.get("/search/", {"q": q}).status_code == 200
    assert client.get("/tickets.csv", {"q": q[:200]}).status_code == 200


def test_it_takes_texts_of_any_length(ana, find):
    ticket = a_ticket(ana, subject="Long", body=" ".join(f"w{n}" for n in range(60_000)))
    for _ in range(3):
        reply_to_ticket(
            actor=ana, ticket=ticket, body="x" * 5_000 + " " + " ".join(f"v{n}" for n in range(60_000))
        )

    assert find("w17") == ["Long"]


def test_it_searches_customers_contacts_and_tickets_at_once(ana, client):
    customer = a_customer(ana, name="Brightwater Foods")
    enter_contact(actor=ana, customer=customer, name="Priya Bright", email="priya@bw.example")
    a_ticket(ana, subject="Bright colours")
    a_customer(ana, name="Very Bright")
    client.force_login(ana.user)

    answer = client.get("/search/?q=bri", headers={"HX-Request": "true"})
    found = answer.context["found"]
    assert [row["name"] for row in found.customers] == ["Brightwater Foods", "Very Bright"]
    assert [row["name"] for row in found.contacts] == ["Priya Bright"]
    assert len(found.tickets) == 1
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]
    assert "<mark>Bri</mark>ghtwater" in answer.content.decode()
    assert "<html" in client.get("/search/?q=bri").content.decode()


def test_it_offers_one_thing_to_do_when_nothing_is_found(ana, client):
    client.force_login(ana.user)

    html = client.get("/search/", {"q": "Zeta & <Co>"}).content.decode()
    assert "Log a ticket for “<bdi>Zeta &amp; &lt;Co&gt;</bdi>”" in html
    assert "/customers/new/?name=Zeta%20%26%20%3CCo%3E" in html

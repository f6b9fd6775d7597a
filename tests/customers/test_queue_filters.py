"""The queue: filters, order, pages, file. Everything is in the address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cs_platform.lib import clock
from customers.actions import delete_ticket, mark_spam, pend_ticket, reopen_ticket, resolve_ticket
from customers.models import Priority
from tests.factories import a_category, a_customer, a_member, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, ana):
    client.force_login(ana.user)

    def subjects(**parameters) -> set[str]:
        answer = client.get("/tickets/", parameters)
        assert answer.status_code == 200
        assert answer.context["asked"].problems == []
        return {str(row.subject) for row in answer.context["page"].rows}

    return subjects


@pytest.fixture
def desk(harbour, ana, lee, mo):
    now = clock.now()
    billing, customer = a_category(harbour, "Billing"), a_customer(ana, name="Northgate")
    a_ticket(ana, subject="mine", assignee=ana, category=billing, priority="urgent", channel=2, tags=["vip"])
    a_ticket(ana, subject="lees", assignee=lee, customer=customer, resolution_due_at=now - timedelta(hours=1))
    a_ticket(ana, subject="nobodys", opened_at=now - timedelta(days=9))
    pend_ticket(actor=ana, ticket=a_ticket(ana, subject="waits", assignee=ana))
    done = resolve_ticket(actor=ana, ticket=a_ticket(ana, subject="done"))
    reopen_ticket(actor=ana, ticket=resolve_ticket(actor=ana, ticket=a_ticket(ana, subject="back")))
    delete_ticket(actor=ana, ticket=a_ticket(ana, subject="gone"))
    mark_spam(actor=ana, ticket=a_ticket(ana, subject="spam"))
    return {"category": billing.id, "customer": customer.id, "lee": lee.id, "mo": mo.id, "done": done.id}


def test_it_filters(ask, desk):
    day = (clock.now() - timedelta(days=9)).date().isoformat()
    unresolved = {"mine", "lees", "nobodys", "waits", "back"}
    for parameters, expected in [
        ({}, unresolved),
        ({"state": "unresolved"}, unresolved),
        ({"state": "any"}, unresolved | {"done", "spam"}),
        ({"state": ["pending", "resolved"]}, {"waits", "done"}),
        ({"state": "pending,resolved"}, {"waits", "done"}),
        ({"assignee": "me"}, {"mine", "waits"}),
        ({"assignee": "nobody"}, {"nobodys", "back"}),
        ({"assignee": desk["lee"]}, {"lees"}),
        ({"team": desk["lee"]}, {"mine", "waits"}),
        ({"team": desk["mo"]}, {"mine", "waits", "lees"}),
        ({"category": desk["category"]}, {"mine"}),
        ({"customer": desk["customer"]}, {"lees"}),
        ({"customer": "northgate"}, {"lees"}),
        ({"priority": "urgent"}, {"mine"}),
        ({"channel": "phone"}, {"mine"}),
        ({"tag": "vip"}, {"mine"}),
        ({"due": "late"}, {"lees"}),
        ({"due": "today"}, set()),
        ({"reopened": "yes"}, {"back"}),
        ({"resolved": "7", "state": "done"}, {"done"}),
        ({"from": day, "to": day}, {"nobodys"}),
        ({"q": "done"}, {"<mark>done</mark>"}),
        ({"q": "done", "state": "open"}, set()),
    ]:
        assert ask(**parameters) == expected, parameters


def test_it_shows_the_team_of_a_person_without_one(ask, desk, ana):
    assert ask(team=ana.id) == set()
    assert ask(team=ana.id, q="mine") == set()


def test_it_names_what_is_wrong_with_an_address(client, ana, zed):
    theirs = a_category(zed.company, "Theirs")
    client.force_login(ana.user)
    for name, value in [
        ("state", "opened"), ("assignee", "bob"), ("assignee", str(zed.id)), ("team", str(zed.id)),
        ("category", str(theirs.id)), ("category", "9" * 30), ("customer", "0"), ("priority", "top"),
        ("channel", "9"), ("from", "yesterday"), ("to", "9999-12-31"), ("due", "soon"), ("sort", "random"),
        ("after", "x"), ("after", "--1.2"), ("after", "9" * 18 + ".1"), ("colour", "red"), ("resolved", "8"),
        ("reopened", "<b>"), ("customer", "٣"),
    ]:  # fmt: skip
        answer = client.get("/tickets/", {name: value})
        assert answer.status_code == 200, name
        assert len(answer.context["asked"].problems) == 1, (name, value)
        assert name in answer.context["asked"].problems[0]
        assert "<b>”" not in answer.content.decode()
        if name not in ("after",):
            assert client.get("/tickets.csv", {name: value}).status_code == 400


@pytest.mark.parametrize("sort", ["clock", "priority", "newest", "oldest"])
def test_it_goes_through_all_pages_in_order(client, ana, monkeypatch, sort):
    monkeypatch.setattr("customers.queries.queue.PAGE", 2)
    now = clock.now()
    for number in range(7):
        due = now + timedelta(hours=number % 3) if number % 3 else None
        a_ticket(
            ana, subject=str(number), priority=Priority.values[number % 4], resolution_due_at=due,
            opened_at=now - timedelta(hours=number % 3),
        )  # fmt: skip
    client.force_login(ana.user)
    seen, after = [], ""
    while True:
        answer = client.get("/tickets/", {"sort": sort} | ({"after": after} if after else {}))
        seen += [row.id for row in answer.context["page"].rows]
        after = answer.context["page"].next_after
        if not after:
            break
        assert f"after={after}" in answer.content.decode()

    assert len(seen) == len(set(seen)) == 7


def test_it_sorts(client, ana):
    now = clock.now()
    late = a_ticket(ana, resolution_due_at=now - timedelta(hours=1), priority="low")
    soon = a_ticket(ana, first_response_due_at=now + timedelta(minutes=5), priority="urgent")
    free = a_ticket(ana)
    stands = pend_ticket(actor=ana, ticket=a_ticket(ana, resolution_due_at=now - timedelta(hours=9)))
    client.force_login(ana.user)

    def order(sort):
        return [row.id for row in client.get("/tickets/", {"sort": sort}).context["page"].rows]

    assert order("clock") == [late.id, soon.id, free.id, stands.id]
    assert order("priority") == [soon.id, free.id, stands.id, late.id]
    assert order("newest") == [stands.id, free.id, soon.id, late.id]
    html = client.get("/tickets/").content.decode()
    assert "1 h late" in html and "Stopped, with the customer" in html and "No deadline" in html


def test_it_counts_beside_the_views(client, ana, desk):
    client.force_login(ana.user)
    views = client.get("/tickets/").context["views"]
    counts = {view["key"]: view["count"] for view in [*views["own"], *views["house"]]}

    assert counts == {
        "mine": "2", "today": "0", "unassigned": "2", "late": "1", "pending": "1", "reopened": "1",
        "resolved": "1", "open": "5",
    }  # fmt: skip
    for key, count in counts.items():
        answer = client.get("/tickets/", {"view": key}, follow=True)
        assert str(len(answer.context["page"].rows)) == count
        assert answer.context["views"]["current"] == key


def test_it_gives_no_row_of_another_company(client, ana, zed):
    a_ticket(zed, subject="theirs", tags=["vip"], customer=a_customer(zed))
    client.force_login(ana.user)
    for parameters in ({}, {"state": "any"}, {"tag": "vip"}, {"q": "theirs"}, {"assignee": "nobody"}):
        assert client.get("/tickets/", parameters).context["page"].rows == []
        file = b"".join(client.get("/tickets.csv", parameters).streaming_content).decode()
        assert "theirs" not in file


def test_it_answers_htmx_with_the_list_alone(client, ana):
    a_ticket(ana)
    client.force_login(ana.user)
    part = client.get("/tickets/", headers={"HX-Request": "true"})
    whole = client.get("/tickets/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<html" not in part.content.decode() and 'id="queue"' in part.content.decode()
    assert "<html" in whole.content.decode()
    assert "HX-Request" in part["Vary"] and "HX-Request" in whole["Vary"]


def test_it_says_why_there_is_nothing(client, ana, rae):
    client.force_login(rae.user)
    assert "No tickets yet" in client.get("/tickets/").content.decode()
    a_ticket(ana)
    assert "Nothing waits for you" in client.get("/tickets/?view=mine", follow=True).content.decode()
    assert "No ticket passes these filters" in client.get("/tickets/?priority=low").content.decode()
    assert "Nothing found" in client.get("/tickets/?q=zebra").content.decode()


def test_it_writes_every_row_of_the_filters_into_a_file(client, ana):
    a_ticket(ana, subject="=HYPERLINK(1)", customer=a_customer(ana, name="+Plus"), tags=["a", "b"])
    resolve_ticket(actor=ana, ticket=a_ticket(ana, subject="Done"))
    client.force_login(ana.user)

    answer = client.get("/tickets.csv?state=open")
    text = b"".join(answer.streaming_content).decode()
    assert answer.streaming and "attachment" in answer["Content-Disposition"]
    assert "'=HYPERLINK(1),'+Plus" in text and "a;b" in text and "Done" not in text
    assert "Done" in b"".join(client.get("/tickets.csv?q=done").streaming_content).decode()


@pytest.mark.parametrize(
    "address", ["/tickets/", "/tickets/?q=help", "/tickets/?state=any&sort=newest", "/search/?q=help"]
)
def test_it_takes_no_more_queries_with_more_rows(client, harbour, ana, lee, address):
    def add(count):
        for number in range(count):
            a_ticket(
                ana, subject=f"Help {number}", assignee=a_member(harbour, f"P{number}"),
                customer=a_customer(ana, name=f"Help {number}"), category=a_category(harbour, f"C{number}"),
            )  # fmt: skip

    client.force_login(ana.user)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    add(2)
    queries()
    before = queries()
    add(6)
    assert queries() == before <= 10

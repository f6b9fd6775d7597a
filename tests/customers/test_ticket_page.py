"""The page of a ticket: what it shows, what is written on it, who else is there."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import RedisError

from accounts.actions import save_draft
from accounts.models import Activity, Draft
from cs_platform.lib import clock
from customers.actions import (
    add_note,
    change_ticket,
    log_ticket,
    note_on_ticket,
    receive_reply,
    reply_to_ticket,
    resolve_ticket,
)
from customers.models import CustomerFact, Note, Ticket, TicketEvent
from tests.factories import a_category, a_customer, a_member, a_ticket

pytestmark = pytest.mark.django_db
TOKEN = "0123456789ab"


@pytest.fixture
def ticket(ana, set_clock) -> Ticket:
    set_clock("2026-03-05T10:00")
    customer = a_customer(ana, name="Brightwater Foods")
    return a_ticket(
        ana,
        subject="Charged twice",
        body="Hello, <b>two</b> payments",
        customer=customer,
        assignee=ana,
        requester_email="priya@bright.example",
        first_response_due_at=clock.now() + timedelta(minutes=30),
        resolution_due_at=clock.now() + timedelta(hours=6),
    )


@pytest.fixture
def url(ticket) -> str:
    return f"/tickets/{ticket.id}/"


@pytest.fixture
def desk(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


def flash(client: Client, url: str) -> str:
    return client.get(url).text


def test_it_shows_the_ticket_its_customer_and_all_that_happened(desk, url, ticket, ana, lee, set_clock):
    CustomerFact.objects.create(
        company_id=ana.company_id, customer=ticket.customer, label="Plan", value="Growth, 120 seats"
    )
    set_clock("2026-03-05T10:06")
    reply_to_ticket(actor=ana, ticket=ticket, body="I look into it", seconds=60)
    note_on_ticket(actor=lee, ticket=ticket, body="Partner says it is pending")
    change_ticket(actor=lee, ticket=ticket, priority="high", category=a_category(ana.company, "Refunds"))
    add_note(actor=ana, body="Rang back", ticket=ticket, type="call")
    set_clock("2026-03-06T09:00")

    page = desk.get(url).text

    for words in (
        "Charged twice",
        "Brightwater Foods",
        "Growth, 120 seats",
        "Hello, &lt;b&gt;two&lt;/b&gt; payments",
        "I look into it",
        "Partner says it is pending",
        "Rang back",
        "Met in 6 min",
        "Yesterday",
        "category to Refunds, priority to high",
    ):
        assert words in page, words


def test_it_says_what_is_due_and_what_is_late(desk, url, set_clock):
    set_clock("2026-03-05T10:25")
    assert "Due in 5 min" in desk.get(url).text
    set_clock("2026-03-05T10:40")
    assert "Late by 10 min" in desk.get(url).text


def test_it_shows_a_long_thread_in_parts(desk, url, ticket, ana):
    for number in range(60):
        TicketEvent.objects.create(
            company_id=ana.company_id,
            ticket=ticket,
            occurred_at=clock.now(),
            event="replied",
            actor=ana,
            body=f"reply {number:02}",
            identity=f"x:{number}",
        )
    page = desk.get(url).text
    older = desk.get(f"{url}stream/?skip=50", headers={"HX-Request": "true"}).text

    assert "reply 59" in page and "reply 09" not in page
    assert "reply 09" in older and "reply 00" in older and "two&lt;/b&gt; payments" in older
    assert "<html" in desk.get(f"{url}stream/?skip=50").text
    assert desk.get(f"{url}stream/?skip=x").status_code == 200


def test_it_takes_few_queries_and_none_more_with_more_rows(desk, url, ticket, ana, harbour):
    def count() -> int:
        desk.get(url)
        with CaptureQueriesContext(connection) as captured:
            desk.get(url)
        return len(captured)

    before = count()
    for number in range(5):
        reply_to_ticket(actor=ana, ticket=ticket, body=f"Reply {number}")
        add_note(actor=ana, body="Promised", ticket=ticket, type="promise", due_on=date(2026, 3, 9))
        a_ticket(ana, customer=ticket.customer)
        a_member(harbour, f"P{number}")
        a_category(harbour, f"C{number}")
    assert count() <= before <= 15


def test_it_sends_a_reply_and_drops_the_draft(desk, url, ticket, ana):
    place = f"ticket:{ticket.id}:reply"
    save_draft(actor=ana, place=place, content={"body": "Hel"})

    answer = desk.post(f"{url}reply/", {"body": "Hello Priya", "time": "6:48", "once": TOKEN})

    assert answer["Location"] == f"{url}?sent=reply"
    assert not Draft.objects.exists()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.handle_seconds, ticket.first_responder) == ("open", 408, ana)
    assert f'data-draft-taken="{place}"' in desk.get(answer["Location"]).text


@pytest.mark.parametrize(("then", "status"), [("resolve", "resolved"), ("pend", "pending")])
def test_it_sends_and_goes_on(desk, url, ticket, then, status):
    desk.post(f"{url}reply/", {"body": "Done", "then": then})

    ticket.refresh_from_db()
    assert ticket.status == status


def test_it_takes_a_text_once(desk, url, ticket):
    for _ in range(2):
        desk.post(f"{url}reply/", {"body": "Hello", "once": TOKEN})
    assert ticket.events.filter(event="replied").count() == 1
    assert "sent already" in flash(desk, url)
    # From the same form, but another text: somebody went back and wrote on.
    desk.post(f"{url}reply/", {"body": "Hello again", "once": TOKEN})
    assert ticket.events.filter(event="replied").count() == 2


@pytest.mark.parametrize(
    ("day", "words"), [("2025-12-04", "Verify, last Dec"), ("2025-12-05", "Verified 5 Dec")]
)
def test_it_says_that_a_fact_is_old_as_the_customer_s_page_does(desk, url, ticket, ana, day, words):
    CustomerFact.objects.create(
        company_id=ana.company_id, customer=ticket.customer, label="Plan", value="Growth", verified_on=day
    )
    assert words in desk.get(url).text


def test_it_takes_a_typed_note_once_and_another_text_as_another(desk, url, ticket):
    for _ in range(2):
        desk.post(f"{url}note/", {"body": "Priya called", "kind": "call", "once": TOKEN})
    assert ticket.notes.count() == 1
    assert "sent already" in flash(desk, url)
    desk.post(f"{url}note/", {"body": "Priya called again", "kind": "call", "once": TOKEN})
    assert list(ticket.notes.order_by("id").values_list("body", flat=True)) == [
        "Priya called",
        "Priya called again",
    ]


@pytest.mark.parametrize("part", ["reply", "note", "customer-reply"])
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"body": ""}, "rite "),
        ({"body": "x" * 100_001}, "at most 100000"),
        ({"body": "a\0b"}, "Null characters"),
    ],
)
def test_it_says_what_is_wrong_with_a_text(desk, url, ticket, part, sent, words):
    answer = desk.post(f"{url}{part}/", sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert ticket.events.count() == 1


def test_it_keeps_a_refused_text(desk, url):
    answer = desk.post(f"{url}note/", {"body": "Kept & safe", "kind": "promise", "time": "x"})

    assert answer.status_code == 422
    assert "Kept &amp; safe" in answer.text
    assert "A promise needs the day" in answer.text
    assert "Write minutes" in answer.text


def test_it_writes_notes_of_every_kind(desk, url, ticket, ana):
    desk.post(f"{url}note/", {"body": "Internal", "kind": "note", "time": "2"})
    desk.post(f"{url}note/", {"body": "They rang", "kind": "call", "time": "3"})
    desk.post(f"{url}note/", {"body": "Written line", "kind": "promise", "due_on": "2026-03-09"})

    ticket.refresh_from_db()
    assert ticket.handle_seconds == 300
    assert ticket.first_response_at is None
    kinds = {note.body: (note.type, note.customer, note.due_on) for note in Note.objects.all()}
    assert kinds == {
        "They rang": ("call", ticket.customer, None),
        "Written line": ("promise", ticket.customer, date(2026, 3, 9)),
    }
    page = desk.get(url).text
    assert "Due Mon 9 Mar" in page and "worked on it for 3 min" in page


def test_it_ticks_a_promise_and_takes_it_back(desk, url, ticket, ana):
    promise = add_note(actor=ana, body="Call back", ticket=ticket, type="promise", due_on=date(2026, 3, 9))

    assert desk.post(f"/notes/{promise.id}/kept/", {"next": url})["Location"] == url
    promise.refresh_from_db()
    assert promise.kept_by == ana
    assert f"/notes/{promise.id}/kept/undo/" in desk.get(url).text


def test_it_reopens_when_the_customer_wrote(desk, url, ticket, ana):
    resolve_ticket(actor=ana, ticket=ticket)
    desk.post(f"{url}customer-reply/", {"body": "It is back"})

    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened_count) == ("open", 1)
    assert Activity.objects.get(verb="ticket.reopened").actor == ana
    assert "It is back" in desk.get(url).text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ana look, @lee too", ["Lee"]),
        ("@joy.nwosu please", ["Joy Nwosu"]),
        ("@Joy please", ["Joy Nwosu"]),
        ("ask @Joy Nwosu, and @LEE.", ["Joy Nwosu", "Lee"]),
        ("write to lee@harbour.example", []),
        ("@leeward", []),
        ("@Zed", []),
    ],
)
def test_it_tells_whom_a_note_names(desk, url, ana, lee, zed, harbour, text, names):
    joy = a_member(harbour, "joy.nwosu")
    joy.name = "Joy Nwosu"
    joy.save()
    people = {"Joy Nwosu": joy.id, "Lee": lee.id}

    desk.post(f"{url}note/", {"body": text, "kind": "note"})

    found = Activity.objects.get(verb="ticket.noted").detail["mentions"]
    assert sorted(found) == sorted(people[name] for name in names)


def test_it_shows_who_else_is_here(desk, url, lee):
    other = Client()
    other.force_login(lee.user)

    assert desk.post(f"{url}presence/").text.strip() == ""
    assert "Ana" in other.post(f"{url}presence/", {"writing": "1"}).text
    assert "Lee" in desk.post(f"{url}presence/").text
    assert "is here too, writing" in desk.post(f"{url}presence/").text


def test_it_works_while_the_cache_is_away(desk, url, monkeypatch):
    def away(*_args, **_kwargs):
        raise RedisError

    monkeypatch.setattr("customers.actions.presence.cache.get", away)
    assert desk.post(f"{url}presence/").status_code == 200


# --- Properties ---------------------------------------------------------------------------------------------------


def properties(ticket: Ticket, **fields) -> dict:
    return {
        "version": ticket.version,
        "subject": ticket.subject,
        "customer": ticket.customer_id,
        "customer_name": ticket.customer.name,
        "requester_email": ticket.requester_email,
        "category_name": "",
        "channel": ticket.channel,
        "priority": ticket.priority,
        "tags": "",
        "first_response_due_at": "2026-03-05T11:30",
        "resolution_due_at": "2026-03-05T17:00",
        **fields,
    }


def test_it_saves_properties(desk, url, ticket):
    desk.post(
        f"{url}properties/", properties(ticket, subject="Charged thrice", tags="a, b", category_name="New")
    )

    saved = Ticket.objects.get(id=ticket.id)
    assert (saved.subject, saved.tags, saved.category.name, saved.version) == (
        "Charged thrice",
        ["a", "b"],
        "New",
        1,
    )
    assert set(Activity.objects.get(verb="ticket.changed").detail["after"]) == {"subject", "tags", "category"}


def test_it_saves_nothing_that_did_not_change(desk, url, ticket):
    desk.post(f"{url}properties/", properties(ticket))

    assert not Activity.objects.filter(verb="ticket.changed").exists()


def test_it_shows_both_values_when_somebody_was_quicker(desk, url, ticket, lee):
    seen = properties(ticket, subject="Mine", priority="urgent")
    change_ticket(actor=lee, ticket=ticket, subject="Theirs", requester_email="new@bright.example")

    answer = desk.post(f"{url}properties/", seen)

    assert answer.status_code == 409
    assert "<bdi>Lee</bdi> changed this ticket while you did" in answer.text
    assert "Theirs" in answer.text and "Mine" in answer.text
    # What only they changed is not put back.
    assert 'name="keep_requester_email"' not in answer.text
    assert 'value="new@bright.example"' in answer.text
    assert Ticket.objects.get(id=ticket.id).subject == "Theirs"


@pytest.mark.parametrize(("keep", "subject"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_it_saves_as_chosen(desk, url, ticket, lee, keep, subject):
    change_ticket(actor=lee, ticket=ticket, subject="Theirs")
    chosen = properties(ticket, version=1, subject="Mine", priority="urgent", keep_subject=keep)

    assert desk.post(f"{url}properties/", chosen).status_code == 302

    saved = Ticket.objects.get(id=ticket.id)
    assert (saved.subject, saved.priority) == (subject, "urgent")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("subject", "", "required"),
        ("version", "x", "whole number"),
        ("requester_email", "x", "valid email"),
        ("resolution_due_at", "0001-01-01T00:00", "between 1970 and 2100"),
        ("resolution_due_at", "soon", "valid date"),
        ("customer_name", "Nobody of that name", "say that it is a new customer"),
    ],
)
def test_it_names_the_property_that_is_wrong(desk, url, ticket, field, value, words):
    answer = desk.post(f"{url}properties/", properties(ticket, **{field: value}))

    assert answer.status_code == 422
    assert words in answer.text


def test_it_links_to_no_customer_of_another_company(desk, url, ticket, zed):
    theirs = a_customer(zed, name="Elsewhere")

    answer = desk.post(f"{url}properties/", properties(ticket, customer_name="x", candidate=theirs.id))

    assert answer.status_code == 422
    assert Ticket.objects.get(id=ticket.id).customer == ticket.customer


def test_a_stranger_finds_nothing(url, zed):
    client = Client()
    client.force_login(zed.user)

    for part in ("", "stream/", "merge/"):
        assert client.get(f"{url}{part}").status_code == 404
    for part in ("reply", "note", "properties", "assignment", "deletion", "restoration", "presence"):
        assert client.post(f"{url}{part}/", {"body": "x"}).status_code == 404


def test_it_comes_back_to_the_ticket_after_a_lost_session(url, desk):
    answer = Client().post(f"{url}reply/", {"body": "Hello"})

    assert answer["Location"] == f"/accounts/login/?next={url}reply/"
    assert desk.get(f"{url}reply/")["Location"] == url


def test_an_imported_ticket_with_little_on_it_is_shown(desk, ana):
    bare = log_ticket(actor=ana, subject="", external_id="")
    receive_reply(ticket=bare, body="")

    page = desk.get(f"/tickets/{bare.id}/")
    assert page.status_code == 200
    assert "Without a subject" in page.text

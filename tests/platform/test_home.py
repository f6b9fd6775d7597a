"""My day: what is due, in the order of the reader's day, and the sentence above it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from customers.actions import (
    add_note,
    change_ticket,
    delete_ticket,
    hold_ticket,
    keep_promise,
    pend_ticket,
    receive_reply,
    record_shift,
    reopen_ticket,
    reply_to_ticket,
    resolve_ticket,
)
from tests.factories import a_company, a_customer, a_member, a_ticket, at

pytestmark = pytest.mark.django_db
URL = "/my-day/"
NOW = "2026-03-05T09:00"  # 10:00 in Berlin, a Thursday


@pytest.fixture(autouse=True)
def morning(set_clock):
    set_clock(NOW)


def day(member) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(URL).content.decode()


def lede(page: str) -> str:
    return re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)[1]


def groups(page: str) -> dict[str, list[str]]:
    """{title: what stands in each line}"""
    found = {}
    for section in re.findall(r'<section aria-labelledby="due-.*?</section>', page, re.DOTALL):
        title = re.search(r"<h2[^>]*>(.*?)</h2>", section)[1]
        lines = re.findall(r'<li class="due">.*?</li>', section, re.DOTALL)
        found[title] = [" ".join(strip_tags(line).split()) for line in lines]
    return found


def due(member, subject: str, first: str | None = None, last: str | None = None, **fields):
    """A ticket of a member with deadlines."""
    return a_ticket(
        member,
        assignee=member,
        subject=subject,
        opened_at=at("2026-03-04T09:00"),
        first_response_due_at=first and at(first),
        resolution_due_at=last and at(last),
        **fields,
    )


def test_it_puts_what_is_due_in_the_order_of_the_day(ana):
    northgate = a_customer(ana, name="Northgate Logistics")
    due(ana, "Invoice twice", first="2026-03-05T14:00")
    due(ana, "Where is our refund?", first="2026-03-05T10:17")
    due(ana, "Refund for 14 seats", first="2026-03-05T09:32", customer=northgate)
    page = day(ana)

    assert groups(page) == {
        "Before noon": [
            "10:32 in 32 min Refund for 14 seats Ticket Northgate Logistics, first response Reply: Refund for 14 seats",
            "11:17 in 1 h 17 min Where is our refund? Ticket first response Reply: Where is our refund?",
        ],
        "This afternoon": [
            "15:00 in 5 h Invoice twice Ticket first response Reply: Invoice twice",
        ],
    }
    assert lede(page) == "Two things before noon, “Refund for 14 seats” first. Nothing is late."
    assert "Thursday 5 March, 10:00" in page


def test_it_puts_what_is_late_first(ana):
    due(ana, "Soon", first="2026-03-05T09:32")
    due(ana, "Today", first="2026-03-05T06:55")
    due(ana, "Before", first="2026-03-04T09:30")
    page = day(ana)

    assert [line.split(" ")[:3] for line in groups(page)["Late"]] == [["4", "Mar", "23"], ["07:55", "2", "h"]]
    assert "2 h 5 min late" in page
    assert lede(page) == "Two things are late, “Before” first. One more before noon."


def test_a_first_response_stops_its_clock_and_the_next_one_runs(ana):
    ticket = due(ana, "Help", first="2026-03-05T08:00", last="2026-03-06T09:00")
    reply_to_ticket(actor=ana, ticket=ticket, body="Here", at=at("2026-03-04T10:00"))

    assert groups(day(ana)) == {"Next days": ["Fri 6 Mar 10:00 Help Ticket resolution Open: Help"]}
    assert lede(day(ana)) == "Nothing is due today. Next comes “Help”."


@pytest.mark.parametrize("deed", [pend_ticket, hold_ticket, resolve_ticket, delete_ticket])
def test_clocks_stand_still_while_somebody_else_has_to_act(ana, deed):
    ticket = due(ana, "Help", first="2026-03-05T08:00")
    deed(actor=ana, ticket=ticket)
    page = day(ana)

    assert groups(page) == {}
    assert ("1 of your 1 open tickets waits for the customer" in page) is (deed is pend_ticket)


def test_a_customer_who_wrote_last_waits(ana):
    ticket = due(ana, "Help", last="2026-03-09T09:00")
    reply_to_ticket(actor=ana, ticket=ticket, body="Here", at=at("2026-03-04T10:00"))
    pend_ticket(actor=ana, ticket=ticket, at=at("2026-03-04T10:01"))
    receive_reply(ticket=ticket, body="No", at=at("2026-03-05T06:00"))
    page = day(ana)

    [line] = groups(page)["This afternoon"]
    assert line == "Today waits for 3 h Help Ticket the customer replied Reply: Help"
    reply_to_ticket(actor=ana, ticket=ticket, body="Sorry")
    assert "This afternoon" not in groups(day(ana))


def test_a_ticket_that_nobody_answered_waits_without_a_deadline_too(ana):
    due(ana, "Help")

    assert groups(day(ana)) == {
        "This afternoon": ["Today waits for 1 d Help Ticket first response Reply: Help"]
    }


def test_a_reopened_ticket_is_due(ana):
    ticket = due(ana, "Help")
    reply_to_ticket(actor=ana, ticket=ticket, body="Here")
    resolve_ticket(actor=ana, ticket=ticket)
    reopen_ticket(actor=ana, ticket=ticket)

    [line] = groups(day(ana))["This afternoon"]
    assert "Help Ticket reopened" in line


def test_promises_are_due_on_their_day(ana, lee):
    customer = a_customer(ana, name="Brightwater Foods")
    for days, body in [(-2, "Send the offer"), (0, "Call Priya"), (5, "Write the line"), (9, "Much later")]:
        add_note(
            actor=ana,
            body=body,
            customer=customer,
            due_on=at(NOW).date() + timedelta(days=days),
            type="promise",
        )
    add_note(actor=lee, body="Somebody else's", customer=customer, due_on=at(NOW).date())
    kept = add_note(actor=ana, body="Kept", customer=customer, due_on=at(NOW).date())
    keep_promise(actor=ana, note=kept)
    page = day(ana)

    assert groups(page) == {
        "Late": ["3 Mar 2 days late Send the offer Promise Brightwater Foods Kept: Send the offer"],
        "This afternoon": ["Today Call Priya Promise Brightwater Foods Kept: Call Priya"],
        "Next days": ["Tue 10 Mar Write the line Promise Brightwater Foods Kept: Write the line"],
    }
    assert lede(page) == "One thing is late: “Send the offer”. One more this afternoon."


def test_a_promise_is_kept_from_the_page(client, ana):
    note = add_note(actor=ana, body="Call", customer=a_customer(ana), due_on=at(NOW).date())
    client.force_login(ana.user)
    answer = client.post(f"/notes/{note.id}/kept/", {"next": URL}, follow=True)

    assert answer.redirect_chain[0][0] == URL
    assert groups(answer.content.decode()) == {}


def test_it_says_that_nothing_is_due(ana):
    assert lede(day(ana)) == "Nothing is due, and your queue is empty."
    for _ in range(2):
        pend_ticket(actor=ana, ticket=due(ana, "Help"))
    page = day(ana)

    assert lede(page) == "Nothing is due. Your queue has two open tickets."
    assert "Nothing waits for you" in page
    assert "2 of your 2 open tickets wait for the customer" in page


def test_it_shows_the_shift_of_today(ana, lee):
    assert "shift" not in day(ana)
    record_shift(actor=ana, member=ana, started_at=at("2026-03-05T12:00"), ended_at=at("2026-03-05T16:30"))
    assert "On shift from 13:00" in day(ana)
    record_shift(actor=ana, member=ana, started_at=at("2026-03-05T07:00"), ended_at=at("2026-03-05T11:00"))
    assert "On shift until 12:00" in day(ana)
    assert "shift" not in day(lee)


def test_it_is_bounded_and_says_so(ana):
    for number in range(35):
        due(ana, f"Ticket {number}", first="2026-03-05T08:00")
    page = day(ana)

    assert len(groups(page)["Late"]) == 30
    assert "there is more" in page
    assert lede(page).startswith("35 things are late")


def test_it_shows_what_is_ones_own(ana, lee, zed):
    due(lee, "Not Ana's", first="2026-03-05T08:00")
    due(zed, "Elsewhere", first="2026-03-05T08:00")

    assert groups(day(ana)) == {}


def test_it_escapes_what_customers_write(ana):
    due(ana, "<script>alert(1)</script>", first="2026-03-05T09:32")
    page = day(ana)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in lede(page)


@pytest.mark.parametrize(
    ("zone", "now", "due_at", "when", "group"),
    [
        # Kolkata is half an hour off: 11:45 there, and noon at 06:30 UTC.
        ("Asia/Kolkata", "2026-03-05T06:15", "2026-03-05T06:25", "11:55", "Before noon"),
        ("Asia/Kolkata", "2026-03-05T06:15", "2026-03-05T06:30", "12:00", "This afternoon"),
        ("Asia/Kolkata", "2026-03-05T13:00", "2026-03-05T18:29", "23:59", "This evening"),
        ("Asia/Kolkata", "2026-03-05T13:00", "2026-03-05T18:31", "Fri 6 Mar", "Next days"),
        # In Havana midnight does not exist on 8 March 2026, and comes twice on 1 November.
        ("America/Havana", "2026-03-07T20:00", "2026-03-08T04:59", "23:59", "This afternoon"),
        ("America/Havana", "2026-03-07T20:00", "2026-03-08T05:01", "Sun 8 Mar", "Next days"),
        ("America/Havana", "2026-10-31T18:00", "2026-11-01T03:59", "23:59", "This afternoon"),
        ("America/Havana", "2026-10-31T18:00", "2026-11-01T04:01", "Sun 1 Nov", "Next days"),
        ("America/Havana", "2026-11-01T04:30", "2026-11-01T05:15", "00:15", "Before noon"),
    ],
)
def test_times_are_those_of_the_readers_zone(set_clock, zone, now, due_at, when, group):
    set_clock(now)
    joy = a_member(a_company("far", "Europe/Berlin"), "Joy")
    joy.user.zone = zone
    joy.user.save()
    ticket = a_ticket(joy, assignee=joy, subject="Help", opened_at=at("2026-03-01T00:00"))
    reply_to_ticket(actor=joy, ticket=ticket, body="Here", at=at("2026-03-02T00:00"))
    ticket.refresh_from_db()
    change_ticket(actor=joy, ticket=ticket, resolution_due_at=at(due_at))

    [(title, [line])] = groups(day(joy)).items()
    assert title == group
    assert line.startswith(when)


def test_a_promise_is_late_by_the_companys_day_not_the_readers(set_clock):
    """In Kolkata it is the 6th already, in Havana still the 5th, for which it was promised."""
    set_clock("2026-03-05T22:00")
    joy = a_member(a_company("far", "America/Havana"), "Joy")
    joy.user.zone = "Asia/Kolkata"
    joy.user.save()
    add_note(actor=joy, body="Call", customer=a_customer(joy), due_on=at("2026-03-05T00:00").date())

    assert list(groups(day(joy))) == ["This afternoon"]
    set_clock("2026-03-06T06:00")
    assert list(groups(day(joy))) == ["Late"]


def test_it_takes_few_queries_and_no_more_with_more_rows(client, ana):
    client.force_login(ana.user)

    def work() -> None:
        customer = a_customer(ana, owner=ana)
        ticket = due(ana, "Help", first="2026-03-05T10:00", customer=customer)
        receive_reply(ticket=ticket, body="Hello?")
        add_note(actor=ana, body="Call", ticket=ticket, due_on=at(NOW).date())

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    work()
    count()
    before = count()
    for _ in range(4):
        work()

    assert count() <= before <= 15

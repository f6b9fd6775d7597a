"""Whether a ticket is late is told alike by its page, by the queue and by my day."""

from datetime import timedelta

import pytest

from customers.actions import (
    close_ticket,
    hold_ticket,
    pend_ticket,
    reopen_ticket,
    reply_to_ticket,
    resolve_ticket,
    resume_ticket,
)
from customers.models import Ticket
from customers.queries.clocks import clocks_of
from customers.queries.needs import load_of
from customers.queries.queue import Filters, queue_page
from tests.factories import a_ticket

pytestmark = pytest.mark.django_db

DEEDS = {
    "open": [],
    "answered": ["reply"],
    "pending": [pend_ticket],
    "on hold": ["reply", hold_ticket],
    "resumed": [pend_ticket, resume_ticket],
    "resolved": [resolve_ticket],
    "closed": [close_ticket],
    "reopened": ["reply", resolve_ticket, reopen_ticket],
}
STOPPED = {"pending": "Stopped, with the customer", "on hold": "Stopped, on hold"}


@pytest.mark.parametrize("hours", [1, 3, 9])
@pytest.mark.parametrize("state", DEEDS)
def test_every_screen_tells_the_same(ana, set_clock, state, hours):
    """The first response is due after two hours, the resolution after eight; looked at after so many hours."""
    opened = set_clock("2026-03-05T08:00")
    due = {
        "first_response_due_at": opened + timedelta(hours=2),
        "resolution_due_at": opened + timedelta(hours=8),
    }
    ticket = a_ticket(ana, assignee=ana, opened_at=opened, **due)
    for deed in DEEDS[state]:
        if deed == "reply":
            reply_to_ticket(actor=ana, ticket=ticket, body="Hello", at=opened + timedelta(minutes=5))
        else:
            deed(actor=ana, ticket=ticket, at=opened + timedelta(minutes=9))
    now = set_clock(f"2026-03-05T{8 + hours:02}:00")
    page = {clock.title: clock.words for clock in clocks_of(Ticket.objects.get())}
    seen = queue_page(ana, Filters(states=(Ticket.objects.get().status,))).rows[0]

    running = {title for title, words in page.items() if words.startswith("Due in")}
    late = {title for title, words in page.items() if words.startswith("Late by")}
    if state in STOPPED:
        assert seen.clock == STOPPED[state] and seen.clock in page.values()
    elif state in ("resolved", "closed"):
        assert seen.clock_of == "Resolved"
    else:
        # The queue has room for one clock: the one that ends first.
        assert seen.clock_of == next(title for title in page if title in running | late)
        assert ("late" in seen.clock) == bool(late)
    if state in STOPPED or state in ("resolved", "closed"):
        assert not running | late
    if state in ("answered", "on hold", "reopened"):
        assert page["First response"].startswith("Met in")
    assert load_of(ana, now).late == int(bool(late))

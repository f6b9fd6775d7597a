"""A state taken back by whoever set it: nothing else is undone by that, and a slip leaves no mark in any figure."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Activity
from cs_platform.lib import clock
from customers.actions import (
    assign_ticket,
    delete_ticket,
    hold_ticket,
    merge_ticket,
    note_on_ticket,
    pend_ticket,
    reply_to_ticket,
    resolve_ticket,
    restore_ticket,
)
from customers.actions import bulk as deeds
from customers.models import Ticket
from metrics import rollup
from metrics.models import Fact
from metrics.reconcile import reconcile
from tests.factories import a_customer, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


@pytest.fixture
def ticket(ana) -> Ticket:
    return a_ticket(ana, subject="Charged twice", customer=a_customer(ana), assignee=ana)


@pytest.fixture
def do(desk, ticket):
    """Does something to the ticket; gives its status and where the message lets it be taken back."""

    def deed(name: str, **sent) -> tuple[str, str]:
        answer = desk.post(f"/tickets/{ticket.id}/{name}/", sent, follow=True)
        ticket.refresh_from_db()
        found = re.search(rf'action="(/tickets/{ticket.id}/events/\d+/undo/)"', answer.text)
        return ticket.status, found[1] if found else ""

    return deed


@pytest.fixture
def undo(desk, ticket):
    """Takes it back; gives the status and what the page says."""

    def sent(url: str) -> tuple[str, str]:
        answer = desk.post(url, follow=True)
        ticket.refresh_from_db()
        return ticket.status, " ".join(str(message) for message in answer.context["messages"])

    return sent


def facts_of(ticket) -> list[tuple]:
    return sorted(Fact.objects.filter(source_id=ticket.id).values_list("kind", "seq", "v1", "rep_id"))


def differences(company) -> int:
    rollup.drain(company.id)
    return sum(finding.differences for finding in reconcile(company.id))


@pytest.mark.parametrize("before", ["open", "pending", "on_hold"])
@pytest.mark.parametrize("deed", ["pending", "hold", "spam", "deletion", "resolution", "closure", "merge"])
def test_it_goes_back_to_where_it_stood(do, undo, ticket, ana, before, deed):
    if before != "open":
        (pend_ticket if before == "pending" else hold_ticket)(actor=ana, ticket=ticket)
    sent = {"into": a_ticket(ana).id} if deed == "merge" else {}
    if deed == "merge":
        # The message stands on the other ticket's page.
        do("merge", **sent)
        url = f"/tickets/{ticket.id}/events/{ticket.events.latest('id').id}/undo/"
    else:
        url = do(deed)[1]

    status, said = undo(url)

    assert (status, ticket.merged_into) == (before, None)
    assert "as before" in said
    assert "It has changed since" in undo(url)[1] and ticket.status == before


def test_it_takes_back_nothing_but_one_s_own_newest_state(do, undo, ticket, ana, lee, zed):
    _status, url = do("pending")
    hold_ticket(actor=lee, ticket=ticket)
    assert undo(url) == ("on_hold", "It has changed since, so nothing was taken back.")

    its = ticket.events.latest("id")
    assert undo(f"/tickets/{ticket.id}/events/{its.id}/undo/")[0] == "on_hold"
    theirs = a_ticket(zed)
    stranger = f"/tickets/{theirs.id}/events/{theirs.events.latest('id').id}/undo/"
    client = Client()
    client.force_login(ana.user)
    assert client.post(stranger).status_code == 404
    assert client.get(url)["Location"] == f"/tickets/{ticket.id}/"


def test_a_resolution_by_a_slip_counts_nowhere(do, undo, ticket, ana, harbour):
    pend_ticket(actor=ana, ticket=ticket)
    before = facts_of(ticket)

    status, url = do("resolution", time="7")
    assert status == "resolved" and facts_of(ticket) != before and differences(harbour) == 0

    assert undo(url)[0] == "pending"
    assert facts_of(ticket) == before and differences(harbour) == 0
    assert (ticket.resolved_at, ticket.reopened_count, ticket.handle_seconds) == (None, 0, 420)
    verbs = Activity.objects.filter(subject_id=ticket.id, subject_type="ticket").order_by("id")
    assert list(verbs.values_list("verb", flat=True))[-2:] == ["ticket.resolved", "ticket.resolution_undone"]

    # The time was spent all the same, and lands on the resolution that is meant.
    resolve_ticket(actor=ana, ticket=ticket)
    assert Fact.objects.get(source_id=ticket.id, kind=6).v1 == 420 and differences(harbour) == 0


@pytest.mark.parametrize("since", ["a minute", "reply", "note", "assignment"])
def test_a_resolution_stands_once_anything_has_happened(do, undo, ticket, ana, lee, set_clock, since):
    status, url = do("resolution")
    before = facts_of(ticket)
    if since == "a minute":
        set_clock((clock.now() + timedelta(seconds=61)).isoformat())
    elif since == "assignment":
        assign_ticket(actor=ana, ticket=ticket, assignee=lee)
    else:
        (reply_to_ticket if since == "reply" else note_on_ticket)(actor=ana, ticket=ticket, body="More")

    found, said = undo(url)

    assert (status, found) == ("resolved", "resolved")
    assert ("More than a minute" if since == "a minute" else "changed since") in said
    assert [fact for fact in facts_of(ticket) if fact[0] == 2] == [fact for fact in before if fact[0] == 2]


def test_many_are_taken_back_to_where_each_stood(desk, ana, lee):
    waiting, opened, later = a_ticket(ana), a_ticket(ana), a_ticket(ana)
    hold_ticket(actor=ana, ticket=waiting)
    for state in ("pending", "resolved", "closed"):
        report = deeds.set_states(actor=ana, ids=[waiting.id, opened.id, later.id], state=state)
        note_on_ticket(actor=lee, ticket=later, body="Wait")
        if state == "pending":
            hold_ticket(actor=lee, ticket=later)
        answer = desk.post(f"/tickets/bulk/{report.batch}/undo/", follow=True)
        said = " ".join(str(message) for message in answer.context["messages"])
        assert "2 tickets are as they were" in said and f"{later.external_id}: It has changed since" in said
        for ticket, status in ((waiting, "on_hold"), (opened, "open")):
            ticket.refresh_from_db()
            assert ticket.status == status


@pytest.mark.parametrize("deed", [deeds.delete_tickets, deeds.mark_spam_tickets])
def test_an_old_undo_of_many_takes_back_no_later_deed(desk, ana, deed):
    ticket = a_ticket(ana)
    report = deed(actor=ana, ids=[ticket.id])
    restore_ticket(actor=ana, ticket=ticket)
    delete_ticket(actor=ana, ticket=ticket)

    answer = desk.post(f"/tickets/bulk/{report.batch}/undo/", follow=True)

    ticket.refresh_from_db()
    assert ticket.status == "deleted"
    assert "It has changed since" in " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.parametrize("aside", ["spam", "merged"])
@pytest.mark.parametrize("write", ["reply", "customer-reply"])
def test_nobody_writes_to_the_customer_on_a_ticket_that_is_set_aside(desk, do, ticket, ana, aside, write):
    into = a_ticket(ana)
    do("spam") if aside == "spam" else do("merge", into=into.id)

    answer = desk.post(f"/tickets/{ticket.id}/{write}/", {"body": "Hello", "then": "resolve"}, follow=True)

    said = " ".join(str(message) for message in answer.context["messages"])
    assert ("a ticket that is spam" if aside == "spam" else f"merged into {into.external_id}") in said
    assert "resolved" not in said
    assert not ticket.events.filter(event__in=["replied", "customer_replied", "resolved"]).exists()


def test_both_tickets_of_a_merge_lead_to_each_other(desk, do, ticket, ana):
    into = a_ticket(ana)
    do("merge", into=into.id)
    link = '<a href="/tickets/{0.id}/">{0.external_id}</a>'
    assert (
        f"merged another ticket into this one: {link.format(ticket)}" in desk.get(f"/tickets/{into.id}/").text
    )
    assert f"merged it into {link.format(into)}" in desk.get(f"/tickets/{ticket.id}/").text

    do("restoration")
    page = desk.get(f"/tickets/{into.id}/").text
    assert f"took another ticket out of this one again: {link.format(ticket)}" in page
    merge_ticket(actor=ana, ticket=ticket, into=into)
    assert f"merged it into {link.format(into)}" in desk.get(f"/tickets/{ticket.id}/").text


def test_a_resolved_ticket_does_not_wait_after_a_reply(desk, do, ticket):
    do("resolution")
    answer = desk.post(f"/tickets/{ticket.id}/reply/", {"body": "Hello", "then": "pend"}, follow=True)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert [str(message) for message in answer.context["messages"]] == ["Logged."]

"""What happens to a ticket, from the page: every state, two people at once, and what can be taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Activity
from customers.actions import (
    delete_ticket,
    mark_spam,
    merge_ticket,
    receive_reply,
    reply_to_ticket,
    resolve_ticket,
    restore_ticket,
)
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
    """Does something to the ticket, gives its status and what the page then says."""

    def deed(name: str, **sent) -> tuple[str, str]:
        answer = desk.post(f"/tickets/{ticket.id}/{name}/", sent)
        assert answer.status_code == 302, answer.status_code
        ticket.refresh_from_db()
        return ticket.status, desk.get(answer["Location"]).text

    return deed


def test_it_waits_and_goes_on(do, ticket):
    status, page = do("pending")
    assert status == "pending"
    assert f'action="/tickets/{ticket.id}/resumption/"' in page
    assert do("hold")[0] == "on_hold"
    assert do("resumption")[0] == "open"
    # Nothing was resolved, so nothing was reopened.
    assert ticket.reopened_count == 0
    assert "cannot be done" in do("resumption")[1]


def test_it_is_resolved_reopened_and_closed(do, ticket, ana):
    assert do("resolution", time="7")[0] == "resolved"
    assert ticket.handle_seconds == 420
    status, page = do("resolution")
    assert (status, "cannot be done with a ticket that is resolved" in page) == ("resolved", True)
    assert ticket.handle_seconds == 420
    assert do("reopening")[0] == "open"
    assert ticket.reopened_count == 1
    assert "cannot be done" in do("reopening")[1]
    assert do("closure")[0] == "closed"
    assert "cannot be done" in do("closure")[1]


def test_it_refuses_a_time_that_cannot_be(do):
    status, page = do("resolution", time="soon")

    assert status == "open"
    assert "Write minutes" in page


def test_it_is_given_to_somebody_and_to_nobody(do, ticket, lee, zed):
    assert "Lee has it now" in do("assignment", assignee=lee.id)[1]
    told = Activity.objects.filter(verb="ticket.assigned").latest("id")
    assert told.detail["assignee"] == lee.id
    assert "Nothing changed" in do("assignment", assignee=lee.id)[1]
    assert "Choose somebody" in do("assignment", assignee=zed.id)[1]
    assert "Nobody has it" in do("assignment", assignee="")[1]
    assert Activity.objects.filter(verb="ticket.assigned").latest("id").detail["assignee"] is None
    assert ticket.assignee is None


@pytest.mark.parametrize(("deed", "status"), [("spam", "spam"), ("deletion", "deleted")])
def test_it_is_set_aside_and_taken_back(do, desk, ticket, deed, status):
    found, page = do(deed)
    assert found == status
    assert f'action="/tickets/{ticket.id}/events/{ticket.events.latest("id").id}/undo/"' in page
    if deed == "deletion":
        assert desk.get(f"/tickets/{ticket.id}/").status_code == 404
        assert desk.post(f"/tickets/{ticket.id}/deletion/").status_code == 404
    assert do("restoration")[0] == "open"
    assert "cannot be done" in do("restoration")[1]


def test_it_is_merged_into_the_ticket_that_was_found(do, desk, ticket, ana):
    other = a_ticket(ana, subject="Charged twice for October", customer=ticket.customer)
    far = a_ticket(ana, subject="Printer")
    url = f"/tickets/{ticket.id}/merge/"

    assert "Charged twice for October" in desk.get(url).text
    assert "Printer" not in desk.get(url).text
    assert "Printer" in desk.get(f"{url}?q=printer").text
    assert "Printer" in desk.get(url, {"q": far.external_id}).text
    assert "counts in no figure" in desk.get(f"{url}?into={other.id}").text

    status, page = do("merge", into=other.id)
    assert (status, ticket.merged_into) == ("merged", other)
    assert "is merged into this ticket" in page
    assert "it cannot be merged" in desk.get(url).text
    assert do("restoration")[0] == "open"
    assert ticket.merged_into is None


@pytest.mark.parametrize("into", ["", "x", "0", "9" * 30, "itself", "theirs", "merged"])
def test_it_is_merged_into_nothing_else(do, ticket, ana, zed, into):
    merged = a_ticket(ana)
    merge_ticket(actor=ana, ticket=merged, into=a_ticket(ana))
    ids = {"itself": ticket.id, "theirs": a_ticket(zed).id, "merged": merged.id}

    status, page = do("merge", into=ids.get(into, into))

    assert (status, "Choose another ticket" in page) == ("open", True)


def test_a_deleted_ticket_counts_nowhere_until_it_is_back(do, ticket, ana, harbour):
    def facts() -> list[tuple]:
        return sorted(Fact.objects.filter(source_id=ticket.id).values_list("kind", "seq", "v1", "rep_id"))

    def differences() -> int:
        rollup.drain(harbour.id)
        return sum(finding.differences for finding in reconcile(harbour.id))

    reply_to_ticket(actor=ana, ticket=ticket, body="Hello", seconds=60)
    resolve_ticket(actor=ana, ticket=ticket)
    before = facts()
    assert before and differences() == 0

    do("deletion")
    assert facts() == [] and differences() == 0

    do("restoration")
    assert facts() == before and differences() == 0
    assert ticket.status == "resolved"
    assert ticket.events.filter(event="replied").get().body == "Hello"


@pytest.mark.parametrize("meanwhile", [delete_ticket, mark_spam, "merged"])
def test_it_is_not_merged_into_one_that_was_set_aside_meanwhile(ticket, ana, meanwhile):
    into, third = a_ticket(ana), a_ticket(ana)
    seen = Ticket.objects.get(id=into.id)
    if meanwhile == "merged":
        merge_ticket(actor=ana, ticket=into, into=third)
    else:
        meanwhile(actor=ana, ticket=into)

    assert seen.status == "open"
    with pytest.raises(ValidationError, match="neither merged nor spam"):
        merge_ticket(actor=ana, ticket=ticket, into=seen)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.merged_into) == ("open", None)
    assert merge_ticket(actor=ana, ticket=ticket, into=third).status == "merged"


def test_it_takes_no_reply_of_a_customer_when_deleted_or_before_it_was_opened(ticket, ana):
    with pytest.raises(ValidationError) as refused:
        receive_reply(ticket=ticket, body="Early", at=ticket.opened_at - timedelta(seconds=1))
    assert refused.value.message_dict == {"at": ["This would lie before the ticket was opened."]}
    seen = Ticket.objects.get(id=ticket.id)
    delete_ticket(actor=ana, ticket=ticket)
    with pytest.raises(ValidationError, match="a ticket that is deleted"):
        receive_reply(ticket=seen, body="Late")
    assert not ticket.events.filter(event="customer_replied").exists()

    restore_ticket(actor=ana, ticket=ticket)
    receive_reply(ticket=ticket, body="In time", at=ticket.opened_at)
    assert ticket.events.filter(event="customer_replied").count() == 1

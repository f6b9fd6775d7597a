"""One deed on many tickets: done, refused, undone; and views under a name."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Activity
from customers.actions import assign_ticket, bulk, change_ticket, resolve_ticket
from customers.actions.bulk_undo import undo_bulk
from customers.models import SavedView, Status, Ticket
from tests.factories import a_category, a_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, ana):
    client.force_login(ana.user)
    return client


def ids(tickets):
    return [ticket.id for ticket in tickets]


def said(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_it_assigns_and_takes_it_back(signed_in, ana, lee):
    tickets = [a_ticket(ana, assignee=lee), a_ticket(ana), a_ticket(ana, assignee=ana)]
    sent = {"do": "assign", "ticket": ids(tickets), "assignee": "me", "back": "assignee=me"}

    answer = signed_in.post("/tickets/bulk/", sent)
    assert answer["Location"] == "/tickets/?assignee=me"
    assert set(Ticket.objects.values_list("assignee_id", flat=True)) == {ana.id}
    rows = Activity.objects.filter(verb="ticket.assigned", batch__isnull=False)
    assert {row.subject_id for row in rows} == set(ids(tickets[:2])) and len({row.batch for row in rows}) == 1

    assign_ticket(actor=lee, ticket=tickets[1], assignee=None)
    answer = signed_in.post(f"/tickets/bulk/{rows[0].batch}/undo/", follow=True)
    assert "1 ticket is as it was" in said(answer) and "Somebody has changed it since" in said(answer)
    assert list(Ticket.objects.order_by("id").values_list("assignee_id", flat=True)) == [lee.id, None, ana.id]


def test_it_takes_back_what_took_back(ana, lee):
    tickets = [a_ticket(ana, assignee=lee), a_ticket(ana)]
    done = bulk.assign_tickets(actor=ana, ids=ids(tickets), assignee=ana)
    undone = undo_bulk(actor=ana, batch=done.batch)
    assert list(Ticket.objects.order_by("id").values_list("assignee_id", flat=True)) == [lee.id, None]

    again = undo_bulk(actor=ana, batch=undone.batch)
    assert sorted(again.done) == ids(tickets) and again.refused == []
    assert set(Ticket.objects.values_list("assignee_id", flat=True)) == {ana.id}
    assert len(undo_bulk(actor=ana, batch=undone.batch).refused) == 2


def test_it_takes_a_ticket_by_one_button_and_keeps_the_filters(signed_in, ana):
    ticket = a_ticket(ana)
    page = signed_in.get("/tickets/?assignee=nobody", headers={"HX-Request": "true"}).content.decode()
    assert '<input type="hidden" form="take" name="back" value="assignee=nobody">' in page

    answer = signed_in.post("/tickets/bulk/", {"take": ticket.id, "back": "assignee=nobody"})
    assert answer["Location"] == "/tickets/?assignee=nobody"
    assert Ticket.objects.get().assignee == ana


@pytest.mark.parametrize("state", bulk.STATES)
def test_it_sets_a_state_and_says_what_it_left(signed_in, ana, state):
    ready = a_ticket(ana)
    closed = a_ticket(ana)
    bulk.set_states(actor=ana, ids=[closed.id], state="closed")

    answer = signed_in.post(
        "/tickets/bulk/", {"do": "state", "ticket": ids([ready, closed]), "state": state}, follow=True
    )
    ready.refresh_from_db()
    assert ready.status == state
    assert f"1 ticket was left as it is. {closed.external_id}: It is closed." in said(answer)


@pytest.mark.parametrize(
    ("sent", "field", "value"),
    [
        ({"do": "priority", "priority": "urgent"}, "priority", "urgent"),
        ({"do": "tags", "add": "vip, =new", "remove": "old"}, "tags", ["kept", "vip", "=new"]),
        ({"do": "category", "category": "{category}"}, "category_id", "{category}"),
        ({"do": "spam"}, "status", Status.SPAM),
        ({"do": "delete"}, "status", Status.DELETED),
    ],
)
def test_it_changes_and_takes_it_back(signed_in, ana, harbour, sent, field, value):
    category = a_category(harbour)
    tickets = [a_ticket(ana, tags=["old", "kept"]) for _ in range(2)]
    before = getattr(tickets[0], field)
    sent = {key: text.format(category=category.id) for key, text in sent.items()}
    value = category.id if field == "category_id" else value

    answer = signed_in.post("/tickets/bulk/", {**sent, "ticket": ids(tickets)}, follow=True)
    assert list(Ticket.objects.values_list(field, flat=True)) == [value] * 2
    assert "Undo" in answer.content.decode()
    batch = Activity.objects.filter(batch__isnull=False, subject_type="ticket").first().batch
    signed_in.post(f"/tickets/bulk/{batch}/undo/")
    assert list(Ticket.objects.values_list(field, flat=True)) == [before] * 2


def test_it_leaves_what_was_changed_since(signed_in, ana):
    ticket = a_ticket(ana)
    report = bulk.set_priorities(actor=ana, ids=[ticket.id], priority="urgent")
    change_ticket(actor=ana, ticket=ticket, priority="low")

    undone = undo_bulk(actor=ana, batch=report.batch)
    assert undone.done == [] and len(undone.refused) == 1
    assert Ticket.objects.get().priority == "low"


def test_it_counts_bulk_deeds_like_single_ones(ana, harbour):
    from customers.models import TicketEvent
    from metrics.models import Fact

    one, other = a_ticket(ana, assignee=ana), a_ticket(ana, assignee=ana)
    resolve_ticket(actor=ana, ticket=one)
    bulk.set_states(actor=ana, ids=[other.id], state="resolved")

    kinds = [sorted(Fact.objects.filter(source_id=t.id).values_list("kind", flat=True)) for t in (one, other)]
    assert kinds[0] == kinds[1]
    assert TicketEvent.objects.filter(event="resolved").count() == 2


def test_it_never_touches_another_company(signed_in, ana, zed):
    theirs, mine = a_ticket(zed, subject="theirs"), a_ticket(ana)
    for sent in ({"do": "assign", "assignee": "me"}, {"do": "delete"}, {"do": "priority", "priority": "low"}):
        signed_in.post("/tickets/bulk/", {**sent, "ticket": [theirs.id]})
    theirs.refresh_from_db()
    assert (theirs.assignee, theirs.status, theirs.priority) == (None, "open", "normal")

    for sent in (
        {"do": "assign", "assignee": zed.id},
        {"do": "category", "category": a_category(zed.company).id},
    ):
        assert signed_in.post("/tickets/bulk/", {**sent, "ticket": [mine.id]}).status_code == 422
    batch = bulk.delete_tickets(actor=zed, ids=[theirs.id]).batch
    assert signed_in.post(f"/tickets/bulk/{batch}/undo/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"do": "assign", "assignee": "me"}, "No ticket is selected"),
        ({"do": "assign", "assignee": "me", "ticket": ["x"]}, "is no number of a ticket"),
        ({"do": "assign", "assignee": "me", "ticket": ["9" * 40]}, "is no number of a ticket"),
        ({"do": "explode", "assignee": "me", "ticket": ["1"]}, "cannot be done"),
        ({"do": "assign", "assignee": "me", "ticket": list(range(1, 502))}, "At most 500"),
        ({"do": "tags", "add": "x" * 101, "ticket": ["1"]}, "at most 100"),
        ({"do": "tags", "add": "a\0b", "ticket": ["1"]}, "Null characters"),
        ({"do": "state", "state": "merged", "ticket": ["1"]}, "Select a valid choice"),
    ],
)
def test_it_refuses_with_words(signed_in, sent, words):
    answer = signed_in.post("/tickets/bulk/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_it_asks_before_it_does(signed_in, ana):
    ticket = a_ticket(ana)
    whole = signed_in.get("/tickets/bulk/", {"do": "delete", "ticket": ticket.id}).content.decode()
    part = signed_in.get(
        "/tickets/bulk/", {"do": "assign", "ticket": ticket.id}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" in whole and "out of every figure" in whole
    assert "<html" not in part and "1 ticket is selected" in part


def test_it_takes_at_most_five_hundred(ana):
    with pytest.raises(ValidationError):
        bulk.set_priorities(actor=ana, ids=range(1, 502), priority="low")


def test_it_takes_no_more_queries_for_more_tickets(ana, django_assert_max_num_queries):
    few, many = ids([a_ticket(ana) for _ in range(2)]), ids([a_ticket(ana) for _ in range(12)])
    with django_assert_max_num_queries(40):
        bulk.assign_tickets(actor=ana, ids=few, assignee=ana)
    with django_assert_max_num_queries(40):
        bulk.assign_tickets(actor=ana, ids=many, assignee=ana)


# --- Views --------------------------------------------------------------------------------------------------------


def test_it_saves_renames_shares_deletes_and_brings_back_a_view(signed_in, ana, lee, client):
    signed_in.post("/tickets/views/", {"name": "Urgent", "query": "priority=urgent&after=1.2&x=y"})
    view = SavedView.objects.get()
    assert view.query == "priority=urgent"
    assert "Urgent" in signed_in.get("/tickets/").content.decode()

    signed_in.post(f"/tickets/views/{view.id}/", {"name": "Fires", "is_shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Fires", True)
    answer = signed_in.get("/tickets/", {"view": f"s{view.id}"}, follow=True)
    assert answer.redirect_chain[0][0] == "/tickets/?priority=urgent"

    page = signed_in.post(f"/tickets/views/{view.id}/deletion/", follow=True).content.decode()
    assert not SavedView.objects.exists()
    url = page.split('action="/tickets/views/restoration/')[1].split('"')[0]
    signed_in.post(f"/tickets/views/restoration/{url}")
    assert SavedView.objects.get().name == "Fires"
    client.force_login(lee.user)
    assert client.post(f"/tickets/views/restoration/{url}").status_code == 404


def test_it_shows_shared_views_to_all_and_lets_the_owner_change_them(client, ana, lee, zed):
    view = SavedView.objects.create(
        company=ana.company, member=ana, name="Ours", query="tag=x", is_shared=True
    )
    hidden = SavedView.objects.create(company=ana.company, member=ana, name="Hidden", query="tag=y")
    for member, status, seen in ((lee, 403, True), (zed, 404, False)):
        client.force_login(member.user)
        html = client.get("/tickets/").content.decode()
        assert ("Ours" in html) == seen and "Hidden" not in html
        assert client.post(f"/tickets/views/{view.id}/deletion/").status_code == status
        assert client.post(f"/tickets/views/{hidden.id}/", {"name": "x"}).status_code == 404


def test_it_refuses_a_name_that_is_taken_or_wrong(signed_in, ana):
    for name in ("One", "Two"):
        signed_in.post("/tickets/views/", {"name": name, "query": ""})
    view = SavedView.objects.get(name="One")
    for name in ("Two", "", "x" * 61, "a\0b"):
        answer = signed_in.post(f"/tickets/views/{view.id}/", {"name": name})
        assert answer.status_code == 422
    assert signed_in.post("/tickets/views/", {"name": ""}).status_code == 422

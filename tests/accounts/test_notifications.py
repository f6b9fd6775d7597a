"""Notifications: who is told of what, once; how it reads; and what a reader does with them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import deactivate_member, drop_old_notifications, enter_member
from accounts.models import Notification, Outbox
from accounts.notifications import Notice, notify
from accounts.outbox import react_once
from customers import reactions
from customers.actions import (
    add_note,
    answer_survey,
    assign_ticket,
    delete_ticket,
    keep_promise,
    note_on_ticket,
    receive_reply,
    reopen_ticket,
    resolve_ticket,
    set_owner,
    write_note,
)
from customers.actions.bulk import assign_tickets
from customers.actions.reminders import remind_of_promises
from customers.models import ImportRun
from tests.chaos.processes import clock_of, environment, running, wait_for, worker_of
from tests.factories import a_company, a_customer, a_member, a_ticket, at

pytestmark = pytest.mark.django_db
URL = "/notifications/"


@pytest.fixture
def ben(harbour, lee):
    return a_member(harbour, "Ben", manager=lee)


@pytest.fixture
def ana_client(client, ana):
    client.force_login(ana.user)
    return client


def react() -> None:
    while react_once():
        pass


def told(member) -> list[str]:
    return list(Notification.objects.filter(member=member).order_by("id").values_list("verb", flat=True))


def some(member, count: int) -> list[Notification]:
    """Notifications about nothing in particular."""
    notify(
        member.company_id, [Notice(member.id, "promise.due", f"some:{n}", "/my-day/") for n in range(count)]
    )
    return list(Notification.objects.filter(member=member).order_by("id"))


# --- Who is told --------------------------------------------------------------------------------------------------


def test_it_tells_who_is_given_a_ticket_by_somebody_else(ana, ben):
    ticket = a_ticket(ben, assignee=ana)
    own = a_ticket(ana, assignee=ana)
    given = a_ticket(ana)
    assign_ticket(actor=ana, ticket=given, assignee=ben)
    react()

    assert told(ana) == ["ticket.assigned"]
    assert told(ben) == ["ticket.assigned"]
    assert Notification.objects.get(member=ana).url == reverse("customers:ticket_show", args=[ticket.id])
    assert not Notification.objects.filter(detail__ticket=own.id).exists()


def test_it_tells_again_when_it_is_given_again(ana, ben):
    ticket = a_ticket(ben)
    for assignee in (ana, ben, ana):
        assign_ticket(actor=ben, ticket=ticket, assignee=assignee)
    react()

    assert told(ana) == ["ticket.assigned"] * 2


def test_it_tells_once_of_a_bulk_deed(ana_client, ana, ben):
    tickets = [a_ticket(ben).id for _ in range(3)]
    assign_tickets(actor=ben, ids=tickets, assignee=ana)
    assign_tickets(actor=ben, ids=[a_ticket(ben).id], assignee=ana)
    react()

    assert told(ana) == ["tickets.assigned", "ticket.assigned"]
    assert "Ben gave you 3 tickets" in ana_client.get(URL).content.decode()


def test_it_tells_once_however_often_the_outbox_delivers(ana, ben):
    customer = a_customer(ben, owner=ana)
    ticket = a_ticket(ben, assignee=ana, customer=customer)
    receive_reply(ticket=ticket, body="Hello?")
    answer_survey(actor=None, company_id=ana.company_id, kind="csat", score=1, ticket=ticket)
    rows = list(Outbox.objects.values("company_id", "verb", "subject_id", "detail"))
    react()
    first = told(ana)
    Outbox.objects.bulk_create(Outbox(**row) for row in rows)
    react()

    assert sorted(first) == ["customer.given", "survey.low", "ticket.assigned", "ticket.customer_replied"]
    assert told(ana) == first


def test_it_tells_who_is_mentioned(ana, ben, zed):
    ticket = a_ticket(ben)
    note_on_ticket(actor=ben, ticket=ticket, body=f"Could @{ana.name} look? And @{zed.name}?")
    react()

    assert told(ana) == ["ticket.mentioned"]
    assert told(zed) == []


def test_it_tells_who_is_mentioned_in_a_typed_note_or_at_a_customer(ana, ben, zed):
    customer = a_customer(ben)
    text = f"@{ana.name} and @{zed.name} should know"
    add_note(actor=ben, customer=customer, body=text)
    write_note(actor=ben, ticket=a_ticket(ben, customer=customer), body=text, kind="call")
    react()

    assert told(ana) == ["note.mentioned", "note.mentioned"]
    assert told(zed) == told(ben) == []


def test_it_tells_whose_ticket_comes_back(ana, ben):
    ticket = a_ticket(ana, assignee=ana)
    resolve_ticket(actor=ana, ticket=ticket)
    receive_reply(ticket=ticket, body="It is not")
    resolve_ticket(actor=ana, ticket=ticket)
    reopen_ticket(actor=ben, ticket=ticket)
    receive_reply(ticket=ticket, body="Thanks")
    resolve_ticket(actor=ana, ticket=ticket)
    reopen_ticket(actor=ana, ticket=ticket)
    react()

    assert told(ana) == ["ticket.reopened", "ticket.reopened", "ticket.customer_replied"]


@pytest.mark.parametrize(
    ("kind", "score", "is_told"),
    [("csat", 2, True), ("csat", 3, False), ("nps", 6, True), ("nps", 7, False), ("ces", 1, False)],
)
def test_it_tells_of_a_low_score_only(ana, kind, score, is_told):
    ticket = a_ticket(ana, assignee=ana)
    answer_survey(actor=None, company_id=ana.company_id, kind=kind, score=score, ticket=ticket)
    react()

    assert told(ana) == (["survey.low"] if is_told else [])


def test_it_tells_of_a_customer_that_is_given(ana, ben):
    customer = a_customer(ana)
    set_owner(actor=ben, customer=customer, owner=ana)
    set_owner(actor=ana, customer=customer, owner=None)
    set_owner(actor=ana, customer=customer, owner=ana)
    react()

    assert told(ana) == ["customer.given"]


def test_it_tells_who_imported_that_it_is_over(rae, ana):
    run = ImportRun.objects.create(
        company=rae.company, kind="tickets", file_name="t.csv", digest="x", actor=rae
    )
    for _ in range(2):
        reactions.tell_of_import(rae.company_id, [(run.id, {"actor": rae.id, "activity": 1})])
    reactions.tell_of_failed_import(rae.company_id, [(run.id, {"actor": None, "activity": 2})])

    assert told(rae) == ["import.done"]
    assert told(ana) == []


def test_it_tells_no_leaver_and_nobody_of_another_company(ana, ben, zed):
    ticket = a_ticket(ben)
    assign_ticket(actor=ben, ticket=ticket, assignee=ana)
    deactivate_member(actor=None, member=ana)
    notify(ben.company_id, [Notice(zed.id, "promise.due", "x"), Notice(None, "promise.due", "y")])
    react()

    assert Notification.objects.count() == 0


def test_it_tells_nothing_of_a_deleted_ticket(ana, ben):
    ticket = a_ticket(ben, assignee=ana)
    delete_ticket(actor=ben, ticket=ticket)
    react()

    assert told(ana) == []


def test_it_leaves_the_figures_final_while_nobody_has_been_told_yet(ana, ben):
    from metrics import rollup
    from metrics.queries import pending_since

    react()
    a_ticket(ben, assignee=ana)
    rollup.drain(ana.company_id)

    assert Outbox.objects.filter(verb="ticket.logged").exists()
    assert pending_since(ana.company_id) is None


# --- Promises -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "before", "morning"),
    [
        ("Asia/Kolkata", "2026-03-05T02:20", "2026-03-05T02:35"),  # 08:05 local
        ("America/Havana", "2026-03-05T12:55", "2026-03-05T13:05"),  # 08:05 local, winter time
        ("America/Havana", "2026-03-09T11:55", "2026-03-09T12:05"),  # the day after the clocks went forward
    ],
)
def test_it_reminds_in_the_companys_morning(zone, before, morning, set_clock):
    company = a_company("island", zone)
    joy = a_member(company, "Joy")
    set_clock(before)
    today = company.zones().day(at(before))
    customer = a_customer(joy)
    for days in (-1, 0, 1):
        add_note(actor=joy, body=f"Promise {days}", customer=customer, due_on=today + timedelta(days=days))
    remind_of_promises(company)
    assert told(joy) == []

    set_clock(morning)
    remind_of_promises(company)
    remind_of_promises(company)
    assert sorted(told(joy)) == ["promise.due", "promise.late"]


def test_it_reminds_of_no_promise_that_is_kept(ana, set_clock):
    set_clock("2026-03-05T10:00")
    note = add_note(actor=ana, body="Call", customer=a_customer(ana), due_on=at("2026-03-05T00:00").date())
    keep_promise(actor=ana, note=note)
    remind_of_promises(ana.company)

    assert told(ana) == []


# --- The page -----------------------------------------------------------------------------------------------------


def test_it_reads_in_words_with_what_it_is_about(ana_client, ana, ben):
    customer = a_customer(ben, name="Northgate Logistics")
    a_ticket(ben, assignee=ana, customer=customer, subject="Refund <b>for</b> seats")
    react()
    page = ana_client.get(URL).content.decode()

    assert "Ben gave you a ticket" in page
    assert "Refund &lt;b&gt;for&lt;/b&gt; seats · Northgate Logistics" in page
    assert page.count("New</span>") == 1


def test_every_notification_has_words(ana_client, ana):
    from customers.notices import ICONS

    notify(
        ana.company_id,
        [
            Notice(ana.id, verb, verb, detail={"kind": "nps", "score": 3, "ticket": 0, "run": 10**9})
            for verb in (*ICONS, "unheard.of")
        ],
    )
    page = ana_client.get(URL).content.decode()

    assert page.count('class="notice ') == len(ICONS) + 1
    assert page.count(">Something of yours has changed</a>") == 1


def test_it_says_nothing_of_a_ticket_that_was_deleted_since(ana_client, ana, ben):
    ticket = a_ticket(ben, assignee=ana, subject="A secret")
    react()
    delete_ticket(actor=ben, ticket=ticket)
    page = ana_client.get(URL).content.decode()

    assert "A secret" not in page
    assert "The ticket is not there any more" in page


def test_opening_marks_as_read_and_goes_there(ana_client, ana):
    [row] = some(ana, 1)
    answer = ana_client.get(f"{URL}{row.id}/")

    assert answer["Location"] == "/my-day/"
    row.refresh_from_db()
    assert row.read_at is not None


def test_all_are_marked_as_read_and_that_is_taken_back(ana_client, ana, lee):
    rows = some(ana, 3)
    ana_client.post(f"{URL}reading/", {"notification": rows[0].id})
    some(lee, 1)
    page = ana_client.post(f"{URL}reading/", follow=True).content.decode()
    assert "2 marked as read." in page
    assert Notification.objects.filter(member=ana).unread().count() == 0
    assert Notification.objects.filter(member=lee).unread().count() == 1

    undo = page.split('action="/notifications/unreading/')[-1].split('"')[0].replace("&amp;", "&")
    ana_client.post(f"{URL}unreading/{undo}")
    unread = Notification.objects.filter(member=ana).unread()
    assert {row.id for row in unread} == {row.id for row in rows[1:]}


@pytest.mark.parametrize("at_instant", ["", "x", "2026-13-01T00:00:00Z", "2026-03-01T10:00:00", "\0"])
def test_it_takes_back_nothing_for_an_instant_that_is_none(ana_client, at_instant):
    assert ana_client.post(f"{URL}unreading/", query_params={"at": at_instant}).status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 30, "x", "-1", "\0", "²"])
def test_it_answers_404_to_a_notification_that_is_none(ana_client, number):
    assert ana_client.post(f"{URL}reading/", {"notification": number}).status_code == 404


def test_it_pages_by_key(ana_client, ana):
    rows = some(ana, 55)
    first = ana_client.get(URL).content.decode()
    assert first.count('class="notice ') == 50
    assert f"?before={rows[5].id}" in first

    second = ana_client.get(f"{URL}?before={rows[5].id}").content.decode()
    assert second.count('class="notice ') == 5
    assert ana_client.get(f"{URL}?before=1").status_code == 200
    assert ana_client.get(f"{URL}?before={'9' * 40}").content.decode().count('class="notice ') == 50


def test_it_says_why_it_is_empty(ana_client):
    assert "No notifications yet" in ana_client.get(URL).content.decode()


def test_the_navigation_counts_what_is_unread(ana_client, ana, zed):
    some(ana, 7)
    some(zed, 1)

    assert '<span class="side__count">7</span>' in ana_client.get(URL).content.decode()


def test_each_company_of_a_person_has_its_own(ana_client, ana, zed):
    other = enter_member(actor=None, company=zed.company, email=ana.email, name="Ana", user=ana.user)
    some(other, 1)

    assert "No notifications yet" in ana_client.get(URL).content.decode()


def test_it_takes_no_more_queries_with_more_rows(ana_client, ana, ben):
    def work() -> None:
        customer = a_customer(ben, owner=ana)
        ticket = a_ticket(ben, assignee=ana, customer=customer)
        receive_reply(ticket=ticket, body="Hello?")
        answer_survey(actor=None, company_id=ana.company_id, kind="nps", score=1, customer=customer)
        react()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            ana_client.get(URL)
        return len(queries)

    work()
    count()
    before = count()
    for _ in range(4):
        work()

    assert count() <= before <= 12


def test_what_is_read_and_old_goes(ana, set_clock):
    set_clock("2026-03-05T10:00")
    read, unread = some(ana, 2)
    read.read_at = at("2026-03-06T10:00")
    read.save()
    set_clock("2026-06-02T10:00")
    assert drop_old_notifications() == 0
    set_clock("2026-06-04T10:00")
    assert drop_old_notifications() == 1

    assert list(Notification.objects.filter(member=ana)) == [unread]


# --- At once, and through a real worker ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once():
    ana = a_member(a_company("pair"), "Ana")

    def tell() -> None:
        some(ana, 20)
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert Notification.objects.filter(member=ana).count() == 20


@pytest.mark.worker
@pytest.mark.xdist_group("chaos")
@pytest.mark.django_db(transaction=True)
def test_an_assignment_reaches_the_page_through_a_worker(tmp_path):
    company = a_company("desk")
    ana, ben = a_member(company, "Ana"), a_member(company, "Ben")
    client = Client()
    client.force_login(ana.user)
    with running(environment(), tmp_path / "log") as start:
        clock_of(start, tmp_path)
        worker = worker_of(start)
        a_ticket(ben, assignee=ana, subject="Where is our refund?")
        wait_for(lambda: Notification.objects.filter(member=ana).exists(), 60, "nobody was told", worker)
    page = client.get(URL).content.decode()

    assert "Ben gave you a ticket" in page
    assert "Where is our refund?" in page

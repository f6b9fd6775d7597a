"""The words by which tickets are found: kept once a statement, and the same whoever writes first."""

from importlib import import_module
from threading import Thread

import pytest
from django.db import connection, transaction

from cs_platform.lib import clock
from customers.actions import enter_contact, merge_customers, note_on_ticket, reply_to_ticket
from customers.actions.erasure import erase_customer
from customers.models import Customer, Event, Ticket, TicketEvent, TicketWords
from tests.factories import a_company, a_customer, a_member, a_ticket

MIGRATION = import_module("customers.migrations.0009_words_by_statement")


def words() -> dict[str, str]:
    rows = TicketWords.objects.values_list("ticket__external_id", "words")
    return {external_id: str(row) for external_id, row in rows}


def refreshed() -> dict[str, str]:
    """What they are when every ticket's are made anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT refresh_ticket_words(ARRAY(SELECT id FROM customers_ticket))")
        found = words()
        transaction.set_rollback(True)
    return found


def events(ticket: Ticket, *bodies: str) -> list[TicketEvent]:
    return [
        TicketEvent(
            company_id=ticket.company_id,
            ticket=ticket,
            occurred_at=clock.now(),
            event=Event.REPLIED,
            body=body,
            identity=f"{ticket.external_id}-{body[:30]}",
        )
        for body in bodies
    ]


def everything_that_happens(rae) -> None:
    """Each kind of statement, on one row and on several."""
    kept, gone = (a_customer(rae, name=name, external_id=name) for name in ("Northgate", "Quixotic"))
    one, two, three = (
        a_ticket(rae, subject=f"Subject of {number}", external_id=f"W{number}", customer=gone, tags=["vip"])
        for number in range(3)
    )
    reply_to_ticket(actor=rae, ticket=one, body="the walrus")
    note_on_ticket(actor=rae, ticket=two, body="an otter")
    TicketEvent.objects.bulk_create(events(one, "first of many", "second of many") + events(three, "third"))
    Ticket.objects.filter(id__in=[one.id, two.id]).update(subject="Renamed at once")
    Ticket.objects.update(version=7)
    TicketEvent.objects.filter(body__endswith="many").update(body="changed at once")
    TicketEvent.objects.filter(body="third").update(ticket=two)
    TicketEvent.objects.filter(body="the walrus").delete()
    Customer.objects.filter(id=kept.id).update(name="Southgate")
    merge_customers(actor=rae, customer=gone, into=kept)


@pytest.mark.django_db
def test_they_are_what_they_were_when_each_row_had_its_trigger(rae):
    found = []
    for statements in ("", MIGRATION._as_it_was()):
        with transaction.atomic():
            if statements:
                connection.cursor().execute(statements)
            everything_that_happens(rae)
            found.append((words(), refreshed()))
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert len(found[0][0]) == 3


@pytest.mark.django_db
def test_a_statement_that_writes_ticket_and_event_loses_no_word(rae):
    a_ticket(rae, external_id="FIRST")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (
              INSERT INTO customers_ticket (company_id, external_id, subject, body, requester_email, tags, opened_at,
                status, priority, channel, reopened_count, handle_seconds)
              SELECT company_id, 'SECOND', 'Lantern', '', '', '{}', opened_at, 'open', 'normal', channel, 0, 0
                FROM customers_ticket RETURNING *)
            INSERT INTO customers_ticketevent (company_id, ticket_id, occurred_at, event, by_requester, body, is_public,
              identity)
            SELECT company_id, id, opened_at, 'replied', false, 'the walrus', true, 'x' FROM made
            """
        )

    assert "lantern" in words()["SECOND"] and "walrus" in words()["SECOND"]
    assert words() == refreshed()


@pytest.mark.django_db
def test_only_a_changed_text_writes_words(rae):
    ticket = a_ticket(rae, subject="Lantern")
    TicketEvent.objects.bulk_create(events(ticket, "one", "two"))
    row = "SELECT ctid, xmin FROM customers_ticketwords"
    with connection.cursor() as cursor:
        cursor.execute(row)
        before = cursor.fetchall()
        Ticket.objects.update(version=9, subject="Lantern")
        TicketEvent.objects.update(seconds=5)
        cursor.execute(row)
        assert cursor.fetchall() == before
        Ticket.objects.update(subject="Candle")
        cursor.execute(row)
        assert cursor.fetchall() != before


@pytest.mark.django_db
def test_a_statement_makes_the_words_of_a_ticket_once_however_many_events_it_writes(rae):
    ticket = a_ticket(rae)
    many = events(ticket, *(f"{number} lorem" for number in range(300)))
    written = [_written_by(lambda: TicketEvent.objects.bulk_create(many))]
    written.append(_written_by(lambda: TicketEvent.objects.update(body="ipsum")))
    written.append(_written_by(lambda: connection.cursor().execute("DELETE FROM customers_ticketevent")))

    assert written == [1, 1, 1]


def _written_by(deed) -> int:
    """How many rows of words a deed writes."""
    counts = []
    for step in (lambda: None, deed):
        step()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'customers_ticketwords'"
            )
            counts.append(cursor.fetchone()[0])
    return counts[1] - counts[0]


@pytest.mark.django_db
def test_of_one_statement_every_reply_is_found_not_the_first_alone(rae):
    ticket = a_ticket(rae, external_id="LONG")
    long = [f"{number} " + "lorem " * 3_000 for number in range(4)]
    TicketEvent.objects.bulk_create(events(ticket, *long, "the walrus"))

    assert "walrus" in words()["LONG"]


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_neither_loses_the_other_s_words():
    rae = a_member(a_company("words"), "Rae", "admin")
    ticket = a_ticket(rae, external_id="W", subject="Lantern")
    TicketEvent.objects.bulk_create(events(ticket, "the walrus"))

    def write() -> None:
        TicketEvent.objects.bulk_create(events(ticket, "an otter"))
        TicketEvent.objects.filter(body="the walrus").update(body="a heron")
        connection.close()

    other = Thread(target=write)
    with transaction.atomic():
        Ticket.objects.filter(id=ticket.id).update(subject="Candle")
        other.start()
        other.join(1)
        assert other.is_alive()  # it waits for the words
    other.join(10)

    assert words() == refreshed()
    for word in ("candl", "otter", "heron"):
        assert word in words()["W"]


@pytest.mark.django_db
def test_an_erasure_leaves_no_word(rae):
    customer = a_customer(rae, name="Northgate")
    enter_contact(actor=rae, customer=customer, name="Priya Raman", email="priya@x.example")
    ticket = a_ticket(
        rae,
        external_id="W",
        customer=customer,
        subject="walrus",
        body="otter",
        requester_email="priya@x.example",
    )
    reply_to_ticket(actor=rae, ticket=ticket, body="heron")
    erase_customer(actor=rae, customer=customer)

    for word in ("walrus", "otter", "heron", "priya"):
        assert word not in words()["W"]

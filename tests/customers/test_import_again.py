"""The same records again, in other files and other orders: nothing twice, nothing lost, nothing blanked."""

from datetime import UTC, datetime

import pytest

from accounts.actions import deactivate_member
from accounts.models import Member
from customers.models import Contact, Customer, Note, Revenue, Survey, Ticket, TicketEvent
from metrics.models import Dirty, Fact

from .conftest import counts

pytestmark = pytest.mark.django_db

TICKET = "external_id,opened_at\nT1,2026-03-01T10:00Z\n"
EVENTS = (
    "ticket_external_id,occurred_at,event,actor_email\n"
    "T1,2026-03-02T10:00Z,replied,eva@x.example\n"
    "T1,2026-03-02T10:00Z,replied,eva@x.example\n"
    "T1,2026-03-02T11:00Z,resolved,eva@x.example\n"
)
FILES = {
    "people.csv": "email,name,manager_email\neva@x.example,Eva,ivo@x.example\nivo@x.example,Ivo,\n",
    "reporting_lines.csv": "email,manager_email,from_on\neva@x.example,una@x.example,2026-01-01\n",
    "customers.csv": "external_id,name,owner_email\nC1,Acme,eva@x.example\n",
    "contacts.csv": "external_id,customer_external_id,name\nK1,C1,Uma\n",
    "revenue.csv": "customer_external_id,month,amount,currency\nC1,2026-01,10,EUR\n",
    "tickets.csv": TICKET,
    "ticket_events.csv": EVENTS,
    "notes.csv": "author_email,body,ticket_external_id\neva@x.example,Hm,T1\neva@x.example,Hm,T1\n",
    "surveys.csv": "kind,score,answered_at\nnps,9,2026-03-05T10:00Z\nnps,9,2026-03-05T10:00Z\n",
    "shifts.csv": "email,started_at,ended_at\neva@x.example,2026-03-05T08:00Z,2026-03-05T16:00Z\n",
}


def test_it_adds_nothing_when_all_comes_again(load):
    first = [load(name, text) for name, text in FILES.items()]
    before = counts()
    Dirty.objects.all().delete()
    again = [load(name) for name in FILES]

    after = counts()
    told = {"customers_importrun", "accounts_activity", "accounts_outbox", "metrics_dirty"}
    assert [report.refused for report in first] == [0] * len(FILES)
    assert [(report.added, report.changed) for report in again] == [(0, 0)] * len(FILES)
    assert {table for table in after if after[table] != before[table]} <= told
    # What did not change has not to be counted again.
    assert Dirty.objects.count() == 0


def test_it_keeps_equal_rows_of_one_file_apart(load):
    for name in ("tickets.csv", "ticket_events.csv", "notes.csv", "surveys.csv"):
        load(name, FILES[name])

    assert (TicketEvent.objects.count(), Note.objects.count(), Survey.objects.count()) == (3, 2, 2)


def test_it_adds_only_what_is_new_in_a_longer_successor(load):
    load("tickets.csv", TICKET)
    load("ticket_events.csv", EVENTS)
    report = load("ticket_events-2.csv", EVENTS + "T1,2026-03-02T10:00Z,replied,eva@x.example\n")

    assert (report.added, report.changed) == (1, 0)
    assert TicketEvent.objects.filter(event="replied").count() == 3


def test_it_does_not_mind_another_order_of_rows_and_columns(load):
    load("tickets.csv", TICKET)
    load("ticket_events.csv", EVENTS)
    header, *rows = EVENTS.splitlines()
    turned = "\n".join(",".join(reversed(line.split(","))) for line in [header, *reversed(rows)])
    report = load("ticket_events-2.csv", turned)

    assert (report.read, report.added) == (3, 0)


def test_it_does_not_mind_a_file_in_two_parts(load):
    load("tickets.csv", TICKET)
    load("ticket_events.csv", EVENTS)
    header, *rows = EVENTS.splitlines(keepends=True)
    parts = [
        load("ticket_events-1.csv", header + "".join(rows[:2])),
        load("ticket_events-2.csv", header + rows[2]),
    ]

    assert [part.added for part in parts] == [0, 0]


def test_it_knows_an_instant_in_any_zone(load):
    load("tickets.csv", TICKET)
    load("ticket_events.csv", EVENTS)
    report = load(
        "ticket_events-2.csv", EVENTS.replace("T10:00Z", "T11:00").replace("T11:00Z", "T13:00+02:00")
    )

    assert (report.read, report.added) == (3, 0)


@pytest.mark.parametrize("name", ["tickets.csv", "customers.csv", "contacts.csv", "notes.csv"])
def test_it_takes_the_last_of_rows_with_one_external_id(load, name):
    texts = {
        "tickets.csv": ("opened_at,subject", "2026-03-01T10:00Z", Ticket, "subject"),
        "customers.csv": ("segment,name", "x", Customer, "name"),
        "contacts.csv": ("phone,name", "1", Contact, "name"),
        "notes.csv": ("author_email,customer_external_id,body", "eva@x.example,C9", Note, "body"),
    }
    columns, value, model, field = texts[name]
    report = load(name, f"external_id,{columns}\nX1,{value},First\nX1,{value},Second\n")

    assert report.refused == 0
    assert getattr(model.objects.get(), field) == "Second"


@pytest.mark.parametrize(
    ("name", "text", "less", "model", "fields"),
    [
        (
            "tickets.csv",
            "external_id,opened_at,subject,customer_external_id,category,channel,tags,status,resolved_at,reopened_count\n"
            "T1,2026-03-01T10:00Z,Help,C1,Billing,chat,a,resolved,2026-03-02T10:00Z,2\n",
            "external_id,opened_at\nT1,2026-03-01T10:00Z\n",
            Ticket,
            (
                "subject",
                "customer_id",
                "category_id",
                "channel",
                "tags",
                "status",
                "resolved_at",
                "reopened_count",
            ),
        ),
        (
            "customers.csv",
            "external_id,name,segment,started_on,owner_email\nC1,Acme,large,2020-01-01,eva@x.example\n",
            "external_id\nC1\n",
            Customer,
            ("name", "segment", "started_on", "owner_id"),
        ),
        (
            "contacts.csv",
            "external_id,customer_external_id,name,email,phone\nK1,C1,Uma,uma@x.example,1\n",
            "external_id\nK1\n",
            Contact,
            ("customer_id", "name", "email", "phone"),
        ),
        (
            "people.csv",
            "email,name,role,started_on,left_on\nuli@x.example,Uli,manager,2024-01-01,2026-01-01\n",
            "email\nuli@x.example\n",
            Member,
            ("name", "role", "started_on", "left_on", "is_active"),
        ),
        (
            "ticket_events.csv",
            "external_id,ticket_external_id,occurred_at,event,actor_email,seconds,body,is_public\n"
            "E1,T1,2026-03-02T10:00Z,noted,eva@x.example,60,Hello,no\n",
            "external_id,ticket_external_id,occurred_at,event\nE1,T1,2026-03-02T10:00Z,noted\n",
            TicketEvent,
            ("actor_id", "seconds", "body", "is_public"),
        ),
        (
            "notes.csv",
            "external_id,author_email,body,customer_external_id,type,due_on,noted_at\n"
            "N1,eva@x.example,Hm,C1,promise,2026-04-01,2026-03-01T10:00Z\n",
            "external_id,author_email,body,customer_external_id\nN1,eva@x.example,Hm,C1\n",
            Note,
            ("type", "due_on", "noted_at"),
        ),
        (
            "surveys.csv",
            "external_id,kind,score,answered_at,sent_at,ticket_external_id,customer_external_id,rep_email,comment\n"
            "S1,csat,4,2026-03-05T10:00Z,2026-03-04T10:00Z,T1,C1,eva@x.example,Fine\n",
            "external_id,kind,score,answered_at\nS1,csat,4,2026-03-05T10:00Z\n",
            Survey,
            ("sent_at", "ticket_id", "customer_id", "stated_rep_id", "comment"),
        ),
    ],
)
def test_it_keeps_what_a_later_file_has_no_column_for(load, name, text, less, model, fields):
    if name != "tickets.csv":
        load("tickets-0.csv", TICKET)
    load(name, text)
    before = list(model.objects.values(*fields))
    report = load(f"{name.removesuffix('.csv')}-2.csv", less)

    assert (report.added, report.changed, report.refused) == (0, 0, 0)
    assert list(model.objects.values(*fields)) == before


def test_it_blanks_what_a_later_file_has_an_empty_cell_for(load):
    load("tickets.csv", "external_id,opened_at,subject,tags\nT1,2026-03-01T10:00Z,Help,a;b\n")
    report = load("tickets.csv", "external_id,opened_at,subject,tags\nT1,2026-03-01T10:00Z,,\n")

    ticket = Ticket.objects.get()
    assert (report.changed, ticket.subject, ticket.tags) == (1, "", [])


def test_it_keeps_original_times(load):
    load("tickets.csv", "external_id,opened_at\nT1,2019-06-30T23:59:59.5+05:30\n")

    assert Ticket.objects.get().opened_at == datetime(2019, 6, 30, 18, 29, 59, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-01-15T10:00:00", datetime(2026, 1, 15, 9, tzinfo=UTC)),
        ("2025-07-15T10:00:00", datetime(2025, 7, 15, 8, tzinfo=UTC)),
        ("2025-10-26T02:30:00", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),  # twice: the earlier one
        ("2025-03-30T02:30:00", datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),  # never: forward
        ("2026-01-15", datetime(2026, 1, 14, 23, tzinfo=UTC)),
    ],
)
def test_it_reads_a_time_without_offset_in_the_companys_zone(load, local, instant):
    load("tickets.csv", f"external_id,opened_at\nT1,{local}\n")

    assert Ticket.objects.get().opened_at == instant


SURVEY = "external_id,kind,score,answered_at,comment\n"


@pytest.mark.parametrize(
    ("second", "score", "answers"),
    [
        ("2026-01-10T10:00Z", 5, 1),  # the same answer, corrected
        ("2026-01-20T10:00Z", 5, 2),  # a later answer wins
        ("2026-02-09T10:00Z", 5, 2),  # on the thirtieth day still
        ("2026-02-09T10:00:01Z", 2, 2),  # but no later
        ("2026-01-09T10:00Z", 2, 2),  # an earlier one gives the day
    ],
)
def test_it_takes_later_answers_and_corrections(load, second, score, answers):
    load("surveys.csv", f"{SURVEY}S1,csat,2,2026-01-10T10:00Z,Bad\n")
    report = load("surveys-2.csv", f"{SURVEY}S1,csat,5,{second},Good\n")

    survey = Survey.objects.get()
    first = min("2026-01-10T10:00Z", second).replace("Z", "+00:00")
    assert report.added == 0
    assert (survey.score, survey.answers.count()) == (score, answers)
    assert survey.first_answered_at == datetime.fromisoformat(first)
    assert Fact.objects.get().v1 == score


def test_it_lets_the_later_import_of_a_months_revenue_win(load):
    load("revenue.csv", "customer_external_id,month,amount\nC1,2026-01,10\nC1,2026-01,11\n")
    report = load("revenue-2.csv", "customer_external_id,month,amount\nC1,2026-01,12.50\n")

    assert (report.added, report.changed) == (0, 1)
    assert Revenue.objects.get().amount_minor == 1250


def test_it_does_not_call_a_leaver_back_with_an_old_file(load):
    load("people.csv", "email,name,left_on\neva@x.example,Eva,\n")
    deactivate_member(actor=None, member=Member.objects.get(email="eva@x.example"))
    load("people.csv")

    assert not Member.objects.get(email="eva@x.example").is_active


def test_it_makes_a_stub_real_when_the_person_is_entered(load):
    report = load("tickets.csv", "external_id,opened_at,assignee_email\nT1,2026-03-01T10:00Z,eva@x.example\n")
    stub = Member.objects.get(email="eva@x.example")
    assert (report.stub_people, stub.is_stub, stub.is_active) == (1, True, False)

    load("people.csv", "email,name\neva@x.example,Eva\n")

    stub.refresh_from_db()
    assert (stub.is_stub, stub.is_active, stub.name) == (False, True, "Eva")


def test_it_counts_stubs_of_people_and_customers_once(load):
    report = load(
        "tickets.csv",
        "external_id,opened_at,assignee_email,customer_external_id\n"
        "T1,2026-03-01T10:00Z,eva@x.example,C1\n"
        "T2,2026-03-01T10:00Z,EVA@x.example,C1\n"
        "T3,2026-03-01T10:00Z,ivo@x.example,C2\n",
    )

    assert (report.stub_people, report.stub_customers) == (2, 2)
    assert Customer.objects.filter(is_stub=True).count() == 2

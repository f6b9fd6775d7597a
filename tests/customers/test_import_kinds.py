"""Every kind of record, with every column, lands where it belongs."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import Member, ReportingLine
from customers.models import Contact, Customer, Note, Revenue, Shift, Survey, Ticket, TicketEvent
from metrics.kinds import Kind
from metrics.models import Fact

pytestmark = pytest.mark.django_db

TICKETS = "external_id,opened_at\nT1,2026-03-01T10:00Z\nT2,2026-03-02T10:00Z\n"


def test_it_imports_people(load):
    report = load(
        "people.csv",
        "email,name,role,manager_email,started_on,left_on\n"
        "IVO@x.example,Ivo,Manager,,2024-01-01,\n"
        "eva@x.example,Eva,rep,ivo@X.example,2025-02-01,2026-03-19\n",
    )

    eva = Member.objects.get(email="eva@x.example")
    assert (report.read, report.added, report.refused) == (2, 2, 0)
    assert (eva.name, eva.role, eva.started_on, eva.left_on) == (
        "Eva",
        "rep",
        date(2025, 2, 1),
        date(2026, 3, 19),
    )
    assert (eva.is_active, eva.is_stub) == (False, False)
    line = ReportingLine.objects.get(member=eva)
    assert (line.manager.email, line.manager.role, line.valid_from) == (
        "ivo@x.example",
        "manager",
        date(2025, 2, 1),
    )


def test_it_imports_reporting_lines(load):
    report = load(
        "reporting_lines.csv",
        "email,manager_email,from_on\n"
        "eva@x.example,ivo@x.example,2025-01-01\n"
        "eva@x.example,una@x.example,2025-07-01\n",
    )

    lines = ReportingLine.objects.filter(member__email="eva@x.example").order_by("valid_from")
    assert report.added == 2
    assert [(line.manager.email, line.valid_from.isoformat()) for line in lines] == [
        ("ivo@x.example", "2025-01-01"),
        ("una@x.example", "2025-07-01"),
    ]


def test_it_imports_customers_and_contacts(load):
    load(
        "customers.csv",
        "external_id,name,segment,started_on,ended_on,churn_reason,owner_email\n"
        "C1,Acme,large,2020-01-01,2026-02-28,price,eva@x.example\n",
    )
    load(
        "contacts.csv",
        "external_id,customer_external_id,name,email,phone\nK1,C1,Uma,UMA@acme.example,+371 2000\n",
    )

    acme = Customer.objects.get(external_id="C1")
    assert (acme.name, acme.segment, acme.churn_reason, acme.owner.email) == (
        "Acme",
        "large",
        "price",
        "eva@x.example",
    )
    assert (acme.started_on, acme.ended_on) == (date(2020, 1, 1), date(2026, 2, 28))
    assert acme.owners.get().valid_from == date(2020, 1, 1)
    contact = Contact.objects.get()
    assert (contact.customer, contact.name, contact.email, contact.phone) == (
        acme,
        "Uma",
        "uma@acme.example",
        "+371 2000",
    )


def test_it_imports_revenue_in_minor_units(load, harbour):
    load("revenue.csv", "customer_external_id,month,amount,currency\nC1,2026-01,59.06,EUR\nC1,2026-02,0,\n")

    harbour.refresh_from_db()
    rows = Revenue.objects.order_by("month")
    assert harbour.currency == "EUR"
    assert [(row.month, row.amount_minor) for row in rows] == [
        (date(2026, 1, 1), 5906),
        (date(2026, 2, 1), 0),
    ]


def test_it_imports_a_ticket_with_all_its_columns(load):
    load(
        "tickets.csv",
        [
            {
                "external_id": "T1",
                "opened_at": "2026-03-01T10:00:00Z",
                "customer_external_id": "C1",
                "requester_email": "Uma@Acme.example",
                "subject": "Help",
                "body": "It\nbroke",
                "status": "closed",
                "category": "Billing",
                "priority": "High",
                "channel": "Email",
                "assignee_email": "eva@x.example",
                "first_response_at": "2026-03-01T11:00:00Z",
                "first_responder_email": "eva@x.example",
                "resolved_at": "2026-03-02T10:00:00Z",
                "resolver_email": "ivo@x.example",
                "last_resolved_at": "2026-03-03T10:00:00Z",
                "reopened_count": "1",
                "closed_at": "2026-03-04T10:00:00Z",
                "handle_seconds": "600",
                "first_response_due_at": "2026-03-01T12:00:00Z",
                "resolution_due_at": "2030-01-01T12:00:00Z",
                "tags": "a; b;a",
            }
        ],
    )

    ticket = Ticket.objects.get()
    assert (ticket.customer.external_id, ticket.requester_email) == ("C1", "uma@acme.example")
    assert (ticket.subject, ticket.body, ticket.status) == ("Help", "It\nbroke", "closed")
    assert (ticket.category.name, ticket.priority, ticket.get_channel_display()) == (
        "Billing",
        "high",
        "E-mail",
    )
    assert (ticket.assignee.email, ticket.resolver.email) == ("eva@x.example", "ivo@x.example")
    assert ticket.first_response_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert ticket.resolved_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert ticket.last_resolved_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert (ticket.reopened_count, ticket.handle_seconds, ticket.tags) == (1, 600, ["a", "b"])
    assert Fact.objects.get(kind=Kind.SERVICE_LEVEL).v1 == 1


def test_it_links_merged_tickets_whichever_comes_first(load):
    load(
        "tickets.csv",
        "external_id,opened_at,merged_into_external_id\nT1,2026-03-01T10:00Z,T2\nT2,2026-03-01T11:00Z,\n",
    )

    merged = Ticket.objects.get(external_id="T1")
    assert (merged.status, merged.merged_into.external_id) == ("merged", "T2")
    assert Fact.objects.filter(kind=Kind.OPENED).count() == 1


def test_it_imports_ticket_events(load):
    load("tickets.csv", TICKETS)
    report = load(
        "ticket_events.csv",
        "ticket_external_id,occurred_at,event,external_id,actor_email,assignee_email,seconds,body,is_public\n"
        "T1,2026-03-01T10:00Z,assigned,,,eva@x.example,,,\n"
        "T1,2026-03-01T10:30Z,replied,E2,eva@x.example,,120,Hello,true\n"
        "T1,2026-03-01T10:40Z,noted,,eva@x.example,,60,Hm,no\n"
        "T1,2026-03-01T11:00Z,resolved,,eva@x.example,,,,\n",
    )

    ticket = Ticket.objects.get(external_id="T1")
    assert (report.added, report.refused) == (4, 0)
    assert (ticket.status, ticket.resolver.email, ticket.handle_seconds) == ("resolved", "eva@x.example", 180)
    assert list(ticket.events.values_list("event", "seconds", "is_public").order_by("id")) == [
        ("assigned", None, True),
        ("replied", 120, True),
        ("noted", 60, False),
        ("resolved", None, True),
    ]


@pytest.mark.parametrize(
    "event",
    [
        "assigned",
        "replied",
        "noted",
        "customer_replied",
        "pending",
        "held",
        "resolved",
        "reopened",
        "closed",
        "merged",
        "spam",
    ],
)
def test_it_knows_the_event(load, event):
    load("tickets.csv", TICKETS)
    report = load(
        "ticket_events.csv", f"ticket_external_id,occurred_at,event\nT1,2026-03-02T10:00Z,{event.upper()}\n"
    )

    assert (report.refused, TicketEvent.objects.get().event) == (0, event)


def test_it_imports_notes(load):
    load("tickets.csv", TICKETS)
    report = load(
        "notes.csv",
        "author_email,body,external_id,customer_external_id,ticket_external_id,type,noted_at,due_on\n"
        "eva@x.example,Call back,N1,,T1,promise,2026-03-05T10:00Z,2026-04-01\n"
        "eva@x.example,Likes tea,,C1,,fact,,\n",
    )

    promise, fact = Note.objects.order_by("id")
    assert report.added == 2
    assert (promise.type, promise.ticket.external_id, promise.due_on) == ("promise", "T1", date(2026, 4, 1))
    assert promise.noted_at == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert (fact.type, fact.customer.external_id, fact.author.email) == ("fact", "C1", "eva@x.example")


def test_it_imports_surveys(load):
    load("tickets.csv", TICKETS)
    report = load(
        "surveys.csv",
        "kind,score,answered_at,external_id,sent_at,ticket_external_id,customer_external_id,rep_email,comment\n"
        "CSAT,5,2026-03-05T10:00Z,S1,2026-03-04T10:00Z,T1,C1,eva@x.example,Great\n"
        "nps,0,2026-03-05T10:00Z,,,,C1,,\n"
        "ces,7,2026-03-05T10:00Z,,,,,,\n",
    )

    csat = Survey.objects.get(kind="csat")
    assert report.added == 3
    assert (csat.score, csat.comment, csat.ticket.external_id) == (5, "Great", "T1")
    assert (csat.customer.external_id, csat.stated_rep.email) == ("C1", "eva@x.example")
    assert Survey.objects.get(kind="nps").score == 0
    assert set(Fact.objects.filter(kind__gte=Kind.CSAT).values_list("kind", "v1")) == {
        (Kind.CSAT, 5),
        (Kind.NPS, 0),
        (Kind.CES, 7),
    }


def test_it_imports_shifts_cut_at_local_midnight(load):
    load(
        "shifts.csv",
        "email,started_at,ended_at\nEva@x.example,2026-03-05T22:00:00,2026-03-06T06:00:00\n",
    )

    facts = Fact.objects.filter(kind=Kind.STAFFED).order_by("day").values_list("day", "v1")
    assert Shift.objects.get().member.email == "eva@x.example"
    assert list(facts) == [(date(2026, 3, 5), 7200), (date(2026, 3, 6), 21_600)]


def test_it_corrects_the_end_of_a_shift(load):
    load("shifts.csv", "email,started_at,ended_at\neva@x.example,2026-03-05T08:00Z,2026-03-05T16:00Z\n")
    report = load(
        "shifts.csv", "email,started_at,ended_at\neva@x.example,2026-03-05T08:00Z,2026-03-05T12:00Z\n"
    )

    assert (report.added, report.changed) == (0, 1)
    assert Fact.objects.get(kind=Kind.STAFFED).v1 == 4 * 3600


def test_it_lets_events_overrule_what_the_columns_say(load):
    load(
        "tickets.csv",
        "external_id,opened_at,resolved_at,resolver_email\nT1,2026-03-01T10:00Z,2026-03-02T10:00Z,eva@x.example\n",
    )
    load(
        "ticket_events.csv",
        "ticket_external_id,occurred_at,event,actor_email\nT1,2026-03-03T10:00Z,resolved,ivo@x.example\n",
    )

    ticket = Ticket.objects.get()
    assert (ticket.resolver.email, ticket.resolved_at) == (
        "ivo@x.example",
        datetime(2026, 3, 3, 10, tzinfo=UTC),
    )

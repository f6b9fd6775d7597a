"""What needs doing in a team and in a company: each line only when there is something to do, and where."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change_member, deactivate_member, set_line
from accounts.models import Member
from accounts.outbox import react_once
from cs_platform.home.need import Need
from cs_platform.home.needs import needs_of_leader, needs_of_manager
from customers.actions import (
    add_note,
    answer_survey,
    delete_ticket,
    keep_promise,
    pend_ticket,
    reopen_ticket,
    resolve_ticket,
)
from customers.models import ImportRun, Ticket
from metrics import rollup
from metrics.queries import present
from tests.factories import a_customer, a_member, a_ticket, at

pytestmark = pytest.mark.django_db
NOW = "2026-03-05T09:00"
TODAY = at(NOW).date()


@pytest.fixture(autouse=True)
def morning(set_clock):
    set_clock(NOW)


@pytest.fixture
def una(harbour, mo):
    """Another manager."""
    return a_member(harbour, "Una", "manager", manager=mo)


@pytest.fixture
def tim(harbour, una):
    return a_member(harbour, "Tim", manager=una)


def of_manager(member: Member) -> list[Need]:
    return needs_of_manager(member, present(member.company))


def of_leader(member: Member) -> list[Need]:
    return needs_of_leader(member, present(member.company))


def titles(needs) -> list[str]:
    return [need.title for need in needs]


def late_ticket(member):
    return a_ticket(
        member,
        assignee=member,
        opened_at=at("2026-03-04T09:00"),
        first_response_due_at=at("2026-03-05T05:00"),
    )


def test_a_quiet_team_and_company_need_nothing(lee, ana, mo):
    assert of_manager(lee) == []
    assert of_leader(mo) == []


def test_late_tickets_of_the_own_team(lee, ana, una, tim):
    late_ticket(ana)
    late_ticket(tim)
    pend_ticket(actor=ana, ticket=late_ticket(ana))
    delete_ticket(actor=ana, ticket=late_ticket(ana))
    [need] = of_manager(lee)

    assert (need.title, need.detail) == ("1 ticket of your team is late", "1 waits for a first response")
    assert (need.due, need.is_late) == ("oldest by 4 h", True)
    assert titles(of_manager(una)) == ["1 ticket of your team is late"]


def test_the_tree_below_is_a_managers_too(mo, ana, tim):
    late_ticket(ana)
    late_ticket(tim)

    assert titles(of_manager(mo)) == ["2 tickets of your team are late"]


def test_tickets_that_nobody_has(lee, mo, zed, ana):
    a_ticket(ana, opened_at=at("2026-03-03T09:00"))
    a_ticket(zed)
    [need] = of_leader(mo)

    assert (need.title, need.due) == ("1 ticket has no assignee", "oldest for 2 d")
    assert titles(of_manager(lee)) == titles(of_leader(mo))
    assert titles(of_leader(zed)) == ["1 ticket has no assignee"]


def test_reopened_and_not_resolved_again(client, lee, ana, tim):
    for number, member in enumerate((ana, ana, ana, tim)):
        ticket = a_ticket(member, assignee=member, opened_at=at("2026-02-19T09:00"), external_id=f"R{number}")
        resolve_ticket(actor=member, ticket=ticket, at=at("2026-02-19T10:00"))
        reopen_ticket(actor=member, ticket=ticket, at=at("2026-02-20T09:00"))
    resolve_ticket(actor=ana, ticket=Ticket.objects.get(external_id="R2"))

    need = next(need for need in of_manager(lee) if "reopened" in need.title)
    assert need.title == "2 tickets were reopened"
    # The link shows the very tickets that were counted.
    client.force_login(lee.user)
    rows = client.get(need.url).context["page"].rows
    assert {row.number for row in rows} == {"R0", "R1"}


def test_whose_backlog_is_oldest(lee, ana, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    a_ticket(ana, assignee=ana, opened_at=at("2026-02-10T09:00"))
    a_ticket(ana, assignee=ana)
    a_ticket(ben, assignee=ben, opened_at=at("2026-02-20T09:00"))
    [need] = of_manager(lee)

    assert need.title == "Ana has the oldest open ticket of your team"
    assert (need.detail, need.due) == ("2 open tickets in all; help may be welcome", "open for 23 d")


def test_promises_that_are_late(lee, mo, ana, una, tim):
    customer = a_customer(ana)
    for days in (-3, -1, 0):
        add_note(actor=ana, body="Call", customer=customer, due_on=TODAY + timedelta(days=days))
    kept = add_note(actor=ana, body="Call", customer=customer, due_on=TODAY - timedelta(days=9))
    keep_promise(actor=ana, note=kept)
    [need] = of_manager(lee)

    assert (need.title, need.due) == ("2 promises to customers are late", "oldest since 2 Mar")
    assert need.url == f"/customers/{customer.id}/"
    assert of_manager(una) == []
    assert titles(of_leader(mo)) == ["2 promises to customers are late"]


@pytest.mark.parametrize(
    ("kind", "score", "comment", "days", "is_told"),
    [
        ("csat", 2, "Slow", 1, True),
        ("csat", 3, "Slow", 1, False),
        ("csat", 1, "", 1, False),
        ("csat", 1, "Slow", 8, False),
        ("nps", 6, "Slow", 1, True),
        ("nps", 7, "Slow", 1, False),
        ("ces", 1, "Slow", 1, False),
    ],
)
def test_low_scores_with_a_comment(lee, mo, ana, una, tim, kind, score, comment, days, is_told):
    ticket = a_ticket(ana, assignee=ana, opened_at=at("2026-02-19T09:00"))
    resolve_ticket(actor=ana, ticket=ticket)
    answer_survey(
        actor=None,
        company_id=ana.company_id,
        kind=kind,
        score=score,
        comment=comment,
        ticket=ticket,
        answered_at=at(NOW) - timedelta(days=days),
    )

    assert of_manager(una) == []
    for needs in (of_manager(lee), of_leader(mo)):
        assert titles(needs) == (["1 low score with a comment"] if is_told else [])
        assert [need.detail for need in needs] == (["“Slow”"] if is_told else [])


def test_who_leaves_soon(lee, ana):
    change_member(actor=lee, member=ana, left_on=TODAY + timedelta(days=12))
    [need] = of_manager(lee)

    assert (need.title, need.due) == ("Ana is leaving soon", "last day 17 Mar")


def test_people_without_a_manager_and_teams_of_leavers(mo, harbour, lee, ana, una, tim):
    a_member(harbour, "Kim")
    Member.objects.create(company=harbour, email="named@by.a.file", name="Named", is_stub=True)
    deactivate_member(actor=None, member=una)
    needs = of_leader(mo)

    assert [(need.title, need.detail) for need in needs] == [
        ("1 person reports to a leaver", "Una"),
        ("1 person has no manager", "Kim"),
    ]
    set_line(actor=None, member=tim, manager=lee, valid_from=TODAY)
    assert titles(of_leader(mo)) == ["1 person has no manager"]


def test_what_an_import_refused_is_told_to_admins(mo, rae):
    def an_import(minutes: int, **fields) -> None:
        ImportRun.objects.create(
            company=rae.company,
            kind="tickets",
            file_name="tickets.csv",
            digest="x",
            started_at=at(NOW) - timedelta(minutes=minutes),
            **fields,
        )

    an_import(60, rows_refused=7, state="done")
    assert titles(of_leader(rae)) == ["7 rows of the last import were refused"]
    assert of_leader(mo) == []
    an_import(30, state="failed")
    assert titles(of_leader(rae)) == ["The last import could not be read to its end"]
    an_import(10, state="done")
    assert of_leader(rae) == []


def test_figures_that_are_counted_for_long(mo, ana, set_clock):
    while react_once():
        pass
    rollup.drain(mo.company_id)
    assert of_leader(mo) == []
    a_ticket(ana, assignee=ana)
    set_clock("2026-03-05T09:09")
    assert of_leader(mo) == []
    set_clock("2026-03-05T09:12")

    assert titles(of_leader(mo)) == ["Figures are being counted for long"]


def test_it_is_short_and_takes_few_queries(lee, mo, rae, ana, harbour):
    for number in range(8):
        person = a_member(harbour, f"Leaver{number}", manager=lee, left_on=TODAY)
        late_ticket(person)
        a_ticket(person)
        add_note(actor=person, body="Call", customer=a_customer(person), due_on=TODAY - timedelta(days=1))
    for needs_of, member in ((of_manager, lee), (of_leader, rae)):
        assert member.company  # as a request has it
        with CaptureQueriesContext(connection) as queries:
            found = needs_of(member)
        assert len(found) <= 6
        # Leavers, what is late, coverage, how far the figures are, plans to be reviewed, and one more for a manager.
        assert len(queries) <= 6, [query["sql"] for query in queries]


@pytest.mark.parametrize("role", ["manager", "leader", "rep"])
def test_each_link_leads_somewhere(role, lee, mo, rae, ana):
    late_ticket(ana)
    a_ticket(ana)
    add_note(actor=ana, body="Call", customer=a_customer(ana), due_on=TODAY - timedelta(days=1))
    needs = {"manager": of_manager(lee), "leader": of_leader(rae), "rep": of_manager(ana)}
    client = Client()
    client.force_login(rae.user)
    for need in needs[role]:
        assert client.get(need.url).status_code == 200, need

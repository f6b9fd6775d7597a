"""The demo, from a few dozen of its own records."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import Activity, Company, Member, ReportingLine, User
from customers.demo import desk, marks, more, seeding, telco
from customers.demo.made_up import earlier
from customers.demo.records import DATA, moved, read, up_to, weeks_up_to
from customers.models import (
    Customer,
    Event,
    ImportRun,
    Note,
    Revenue,
    Shift,
    Status,
    Survey,
    Ticket,
    TicketEvent,
)
from metrics.models import Fact
from metrics.reconcile import reconcile
from tests.customers.few_records import few_records
from tests.factories import a_company, at

NOW = at("2026-07-15T10:00")
INSTANT = pd.Timestamp(NOW)
COUNTED = (
    Ticket,
    TicketEvent,
    Customer,
    Revenue,
    Survey,
    Note,
    Shift,
    Member,
    ReportingLine,
    Fact,
    ImportRun,
)


@pytest.fixture(scope="module")
def records(tmp_path_factory) -> Path:
    return few_records(tmp_path_factory.mktemp("records"))


@pytest.fixture
def desk_at_now(set_clock, settings, tmp_path):
    settings.VAR = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return set_clock(NOW)


@pytest.fixture
def demo(db, desk_at_now, records, settings) -> Company:
    settings.DEMO = True
    seeding.seed(lambda line: None, records)
    return Company.objects.get(slug="demo")


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def tickets_of(*rows: dict) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for name in ("opened_at", "resolved_at", "last_resolved_at", "closed_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table


def events_of(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(
        rows, columns=["ticket_external_id", "occurred_at", "event", "actor_email", "assignee_email"]
    )
    return table.assign(occurred_at=pd.to_datetime(table["occurred_at"], utc=True))


# --- Moving in time -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "last, now, weeks",
    [
        ("2016-03-31T23:53", "2026-07-15T10:00", 536),
        ("2026-07-15T10:00", "2026-07-15T10:00", 0),
        ("2026-07-15T10:01", "2026-07-15T10:00", -1),
        ("2026-07-08T10:00", "2026-07-15T10:00", 1),
        ("2026-07-08T10:01", "2026-07-15T10:00", 0),
    ],
)
def test_it_moves_by_whole_weeks_into_the_last_seven_days(last, now, weeks):
    last, now = pd.Timestamp(last, tz="UTC"), pd.Timestamp(now, tz="UTC")
    assert weeks_up_to(last, now) == weeks
    assert now - pd.Timedelta(weeks=1) < last + weeks * pd.Timedelta(weeks=1) <= now


def test_it_keeps_weekdays_and_hours():
    tickets = read(DATA / "incidents/tickets.csv.gz")
    later = moved(tickets, weeks_up_to(tickets["opened_at"].max(), INSTANT))
    for name in ("opened_at", "resolved_at", "closed_at"):
        assert (later[name].dt.day_of_week == tickets[name].dt.day_of_week).all()
        assert (later[name].dt.time == tickets[name].dt.time).all()


ONE = {
    "external_id": "A",
    "opened_at": "2026-07-14T09:00",
    "assignee_email": "second@x.example",
    "resolved_at": "2026-07-14T12:00",
    "resolver_email": "first@x.example",
    "last_resolved_at": "2026-07-15T12:00",
    "reopened_count": "1",
    "closed_at": "2026-07-16T12:00",
}
ITS_EVENTS = events_of(
    ("A", "2026-07-14T09:05", "assigned", "", "first@x.example"),
    ("A", "2026-07-14T12:00", "resolved", "first@x.example", ""),
    ("A", "2026-07-15T11:00", "reopened", "", ""),
    ("A", "2026-07-15T11:30", "assigned", "", "second@x.example"),
    ("A", "2026-07-15T12:00", "resolved", "second@x.example", ""),
    ("A", "2026-07-16T12:00", "closed", "", ""),
)


def test_what_lies_ahead_is_left_out():
    tickets, events = up_to(tickets_of(ONE), ITS_EVENTS, INSTANT)
    ticket = tickets.iloc[0]
    assert events["event"].tolist() == ["assigned", "resolved"]
    assert ticket["assignee_email"] == "first@x.example"
    assert ticket["resolved_at"] == ticket["last_resolved_at"] == pd.Timestamp("2026-07-14T12:00Z")
    assert ticket["reopened_count"] == "0"
    assert pd.isna(ticket["closed_at"])


def test_a_ticket_that_is_resolved_later_is_open():
    tickets, events = up_to(tickets_of(ONE), ITS_EVENTS, pd.Timestamp("2026-07-14T09:01Z"))
    ticket = tickets.iloc[0]
    assert len(events) == 0
    assert (ticket["assignee_email"], ticket["resolver_email"]) == ("", "")
    assert pd.isna(ticket["resolved_at"]) and pd.isna(ticket["last_resolved_at"])


def test_a_ticket_that_is_opened_later_is_not_there():
    tickets, events = up_to(tickets_of(ONE), ITS_EVENTS, pd.Timestamp("2026-07-14T08:59Z"))
    assert len(tickets) == len(events) == 0


def test_what_has_been_stays_as_it_is():
    tickets, events = up_to(tickets_of(ONE), ITS_EVENTS, pd.Timestamp("2026-07-20T00:00Z"))
    pd.testing.assert_frame_equal(tickets, tickets_of(ONE))
    pd.testing.assert_frame_equal(events, ITS_EVENTS)


def test_an_earlier_month_ends_where_the_next_begins():
    tickets, events = read(DATA / "incidents/tickets.csv.gz"), read(DATA / "incidents/ticket_events.csv.gz")
    tickets = tickets.assign(first_response_due_at=tickets["opened_at"])
    before, its_events = earlier(tickets, events, 1, 0.5)
    assert before["opened_at"].max() < tickets["opened_at"].min().floor("D")
    assert before["opened_at"].min() >= tickets["opened_at"].min() - pd.Timedelta(weeks=4)
    assert before["external_id"].str.startswith("made-up-").all()
    assert its_events["external_id"].str.startswith("made-up-").all() and its_events["external_id"].is_unique
    assert set(its_events["ticket_external_id"]) <= set(before["external_id"])


def test_charges_add_up_to_the_total_and_end_with_the_last_full_month():
    customers = telco.read(DATA / "telco/telco_customer_churn.csv.gz", INSTANT)
    source = pd.read_csv(DATA / "telco/telco_customer_churn.csv.gz")
    rows = telco.revenue(customers.assign(external_id=customers["code"]))
    assert rows["month"].max() == "2026-06"
    assert rows["month"].min() == "2025-05"
    assert rows.groupby("customer_external_id").size().max() == telco.MONTHS
    young = source[(source["tenure"] > 0) & (source["tenure"] <= telco.MONTHS) & (source["Churn"] == "No")]
    paid = rows.astype({"amount": float}).groupby("customer_external_id")["amount"].sum()
    apart = young.set_index("customerID")["TotalCharges"].astype(float) - paid.loc[young["customerID"]]
    assert (apart.abs() < 1).mean() > 0.9  # the rest lies beyond what a charge may have been


# --- Seeding ------------------------------------------------------------------------------------------------------
def test_it_makes_two_companies_with_their_sign_ins_and_a_second_start_adds_nothing(
    demo, records, django_assert_num_queries
):
    forum = Company.objects.get(slug="forum")
    assert [str(zone) for _day, zone in forum.zones().rows] == ["Asia/Kolkata"]
    for email, role in (("leader", "leader"), ("manager", "manager"), ("rep", "rep"), ("admin", "admin")):
        member = Member.objects.get(company=demo, email=f"{email}@demo.example")
        assert (member.role, member.is_active, member.is_stub) == (role, True, False)
        assert member.user and member.user.check_password("demo")
    assert User.objects.get(email="leader@demo.example").memberships.count() == 2
    head = Member.objects.get(company=forum, email="leader@forum.example")
    assert head.user and head.user.check_password("demo")

    before = counts(), Activity.objects.count()
    with django_assert_num_queries(2):
        output = StringIO()
        call_command("seed_demo", stdout=output)
    assert output.getvalue() == "The demo is ready.\n"
    seeding.seed(lambda line: None, records)
    assert (counts(), Activity.objects.count()) == before


def test_a_demo_from_before_gets_what_is_added_now_once(demo, records, monkeypatch):
    added = []
    monkeypatch.setitem(more._added, "demo.something_added", lambda company, say: added.append(company.slug))
    assert not marks.nothing_to_do()
    before = counts()
    for _twice in range(2):
        call_command("seed_demo", stdout=StringIO())
    assert (sorted(added), counts(), marks.nothing_to_do()) == (["demo", "forum"], before, True)


def test_everybody_has_figures_and_nothing_lies_ahead(demo, records):
    line = ReportingLine.objects.get(company=demo, member__email=desk.REP)
    assert line.manager and line.manager.email == desk.MANAGER
    # As in the records, and the three made-up people who have begun on the path.
    assert ReportingLine.objects.filter(company=demo, manager=line.manager).count() == 38 + 3
    above = ReportingLine.objects.get(company=demo, member=line.manager)
    assert above.manager and above.manager.email == desk.LEADER
    assert Ticket.objects.filter(company=demo, resolver=line.member).count() >= 10
    assert Customer.objects.filter(company=demo, owner=line.member).exists()
    kinds = Fact.objects.filter(company_id=demo.id).values_list("kind", flat=True)
    assert set(kinds) == set(range(1, 13))

    real = Ticket.objects.filter(company=demo).exclude(external_id__startswith="made-up-")
    assert real.count() == len(read(records / "incidents/tickets.csv.gz"))
    assert NOW - timedelta(days=7) < real.latest("opened_at").opened_at <= NOW
    assert not TicketEvent.objects.filter(occurred_at__gt=NOW).exists()
    assert not Survey.objects.filter(first_answered_at__gt=NOW).exists()
    assert real.filter(status=Status.OPEN, resolved_at__isnull=True).exists()
    assert (
        sum(finding.differences for company in Company.objects.all() for finding in reconcile(company.id))
        == 0
    )


def test_what_is_made_up_says_so(demo):
    assert "Made up" in demo.demo_note
    made_up = Survey.objects.filter(company=demo, is_made_up=True)
    assert set(made_up.values_list("kind", flat=True)) == {"csat", "ces"}
    assert not made_up.exclude(identity__contains="made-up-").exists()
    assert not made_up.filter(ticket__isnull=True).exists()
    real = Survey.objects.filter(company=demo, is_made_up=False)
    assert set(real.values_list("kind", flat=True)) == {"csat", "nps"}
    assert not real.filter(identity__contains="made-up-").exists()
    assert Note.objects.exists() and not Note.objects.exclude(body__startswith="Made up:").exists()
    assert not Note.objects.exclude(identity__contains="made-up-").exists()
    replies = TicketEvent.objects.filter(company=demo, event=Event.REPLIED)
    assert replies.exists() and not replies.exclude(identity__contains="made-up-").exists()
    again = Ticket.objects.filter(company=demo, external_id__startswith="made-up-")
    assert again.exists() and not again.exclude(tags=["made up"]).exists()
    left = Customer.objects.filter(company=demo, ended_on__isnull=False)
    assert left.exists() and not left.exclude(churn_reason="not stated in the source").exists()
    forum = Company.objects.get(slug="forum")
    assert Ticket.objects.filter(company=forum, first_response_at__isnull=False).exists()
    assert not Ticket.objects.filter(company=forum, external_id__contains="made-up").exists()


@pytest.mark.parametrize("breaks_at", [0, 5, 11])
def test_it_goes_on_after_a_break(db, desk_at_now, records, monkeypatch, set_clock, breaks_at):
    whole = counts_of_a_whole_seeding(records)
    calls = iter(range(100))

    def breaking(company, path, kind):
        if next(calls) == breaks_at:
            # Within the file: the first batch is in, and the process ends.
            def stop(run, share):
                raise KeyboardInterrupt

            return real_import(company, path, kind, progress=stop)
        return real_import(company, path, kind)

    real_import = seeding.import_file
    monkeypatch.setattr(seeding, "import_file", breaking)
    with pytest.raises(KeyboardInterrupt):
        seeding.seed(lambda line: None, records)
    assert not marks.nothing_to_do()
    set_clock(NOW + timedelta(hours=2))
    monkeypatch.setattr(seeding, "import_file", real_import)
    seeding.seed(lambda line: None, records)
    assert marks.nothing_to_do()
    assert {name: n for name, n in counts().items() if name != "Fact"} == whole
    assert not Survey.objects.filter(identity__contains="made-up-", is_made_up=False).exists()


_whole: dict[str, int] = {}


def counts_of_a_whole_seeding(records: Path) -> dict[str, int]:
    """Rows of a seeding without a break; made once, and taken back. Facts mature with the clock, so not they."""
    if not _whole:
        with transaction.atomic():
            seeding.seed(lambda line: None, records)
            _whole.update({name: n for name, n in counts().items() if name != "Fact"})
            transaction.set_rollback(True)
    return _whole


def test_a_company_of_that_name_is_left_alone(db, desk_at_now, records):
    own = a_company("demo", name="Our own")
    seeding.seed(lambda line: None, records)
    own.refresh_from_db()
    assert (own.name, own.demo_note) == ("Our own", "")
    assert not Ticket.objects.filter(company=own).exists()
    assert Company.objects.filter(slug="forum").exists()
    assert marks.nothing_to_do()


def test_the_same_instant_gives_the_same_files(records, tmp_path):
    for name in ("first", "second"):
        desk.write_files(records, tmp_path / name, datetime(2026, 7, 15, 10, tzinfo=UTC))
    for file in (tmp_path / "first").iterdir():
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()

"""Reconciliation: what it finds, at which level, and what it must leave alone."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from customers.actions import (
    answer_survey,
    record_shift,
    reply_to_ticket,
    resolve_ticket,
    set_owner,
    set_revenue,
)
from metrics.models import Audit, RepDay
from metrics.reconcile import reconcile
from tests.factories import a_category, a_company, a_customer, a_member, a_ticket

from .compare import assert_proven, found_at
from .importing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


@pytest.fixture
def busy(now, harbour, ana, lee):
    """A company with something of every kind, settled."""
    customer = a_customer(lee)
    set_owner(actor=lee, customer=customer, owner=ana)
    set_revenue(actor=lee, customer=customer, month=now.date(), amount=Decimal(100))
    long_ago = {"opened_at": now - timedelta(days=12), "first_response_due_at": now - timedelta(days=11.5)}
    ticket = a_ticket(ana, assignee=ana, customer=customer, category=a_category(harbour), **long_ago)
    reply_to_ticket(actor=ana, ticket=ticket, body="Hello", seconds=60, at=now - timedelta(days=11))
    resolve_ticket(actor=ana, ticket=ticket, at=now - timedelta(days=10))
    a_ticket(lee, first_response_due_at=now + timedelta(hours=1))
    for kind, score in (("csat", 5), ("nps", 9), ("ces", 6)):
        answer_survey(
            actor=None, company_id=harbour.id, kind=kind, score=score, ticket=ticket, customer=customer
        )
    record_shift(
        actor=lee, member=ana, started_at=now - timedelta(hours=20), ended_at=now - timedelta(hours=4)
    )
    settle(harbour)
    return harbour


def by_hand(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0


def test_it_finds_nothing_in_a_healthy_company(busy):
    assert_proven(busy)
    levels = {(finding.level, finding.name): finding.compared for finding in reconcile(busy.id)}
    assert [name for name, compared in levels.items() if not compared] == []


CHANGES = [
    ("B", "UPDATE metrics_rep_day SET res_n = res_n + 1 WHERE res_n > 0"),
    ("B", "UPDATE metrics_rep_day SET manager_id = 0 WHERE manager_id > 0"),
    ("B", "DELETE FROM metrics_rep_day WHERE rep_id > 0"),
    (
        "B",
        "INSERT INTO metrics_rep_day (company_id, rep_id, day) SELECT company_id, 77, '2026-03-01' FROM metrics_lock",
    ),
    ("C", "UPDATE metrics_org_day SET csat_sum = csat_sum - 1 WHERE level = 0 AND csat_n > 0"),
    ("C", "UPDATE metrics_org_day SET frt_sum = frt_sum + 1 WHERE level = 1 AND frt_n > 0"),
    ("C", "DELETE FROM metrics_org_day WHERE level = 0"),
    ("C", "UPDATE metrics_duration_hist SET n = n + 1"),
    ("C", "DELETE FROM metrics_duration_hist"),
    *[("A", f"UPDATE metrics_fact SET v1 = v1 + 1 WHERE kind = {kind}") for kind in range(1, 13)],
    ("A", "UPDATE metrics_fact SET day = day - 1 WHERE kind = 2"),
    ("A", "UPDATE metrics_fact SET rep_id = 0 WHERE kind = 8"),
    ("A", "UPDATE metrics_fact SET v2 = 1 - v2 WHERE kind = 6"),
    ("A", "UPDATE metrics_fact SET occurred_at = occurred_at + interval '1 second' WHERE kind = 1"),
    ("A", "UPDATE metrics_fact SET customer_id = customer_id + 1 WHERE kind = 3"),
    ("A", "UPDATE metrics_fact SET category_id = category_id + 1 WHERE kind = 5"),
    ("A", "UPDATE metrics_fact SET channel_id = channel_id + 1 WHERE kind = 10"),
    ("A", "DELETE FROM metrics_fact WHERE kind = 12"),
    ("A", "DELETE FROM metrics_fact WHERE kind = 4"),
    (
        "A",
        "INSERT INTO metrics_fact SELECT (jsonb_populate_record(f, '{\"seq\": 9}')).* FROM metrics_fact f"
        " WHERE kind = 1",
    ),
]


@pytest.mark.parametrize(("level", "change"), CHANGES, ids=[change[:60] for _, change in CHANGES])
def test_it_finds_what_was_changed_by_hand(level, change, busy):
    by_hand(change)
    assert level in found_at(busy)


FORGOTTEN = [
    "UPDATE customers_ticket SET opened_at = opened_at - interval '1 hour'",
    "UPDATE customers_ticket SET category_id = NULL WHERE category_id IS NOT NULL",
    "UPDATE customers_ticket SET customer_id = NULL WHERE customer_id IS NOT NULL",
    "UPDATE customers_ticket SET channel = 2 - channel",
    "UPDATE customers_ticket SET first_response_due_at = now() - interval '20 years' WHERE resolved_at IS NOT NULL",
    "DELETE FROM customers_ticketevent WHERE event = 'resolved'",
    "UPDATE customers_ticketevent SET seconds = 61 WHERE seconds = 60",
    "UPDATE customers_ticketevent SET occurred_at = occurred_at - interval '1 day' WHERE event = 'replied'",
    "UPDATE customers_surveyanswer SET score = 1",
    "UPDATE customers_survey SET stated_rep_id = NULL, ticket_id = NULL, customer_id = NULL",
    "UPDATE customers_shift SET ended_at = ended_at - interval '1 second'",
    "UPDATE customers_revenue SET amount_minor = 5",
    "DELETE FROM customers_customerowner",
    "UPDATE accounts_companyzone SET zone = 'Pacific/Kiritimati'",
]


@pytest.mark.parametrize("write", FORGOTTEN, ids=[write[:60] for write in FORGOTTEN])
def test_it_finds_a_writer_that_forgot_to_derive(write, busy):
    by_hand(write)
    assert "A" in found_at(busy)


def test_it_leaves_alone_what_is_only_late(busy, ana, lee, mo, set_clock):
    now = set_clock("2026-03-20T12:30")
    a_ticket(ana, assignee=ana)
    assert_proven(busy)  # a mark waits
    set_clock(now + timedelta(days=1))
    assert_proven(busy)  # a timer waits
    kim = a_member(busy, "Kim", manager=mo)
    a_ticket(kim, assignee=kim)
    assert_proven(busy)  # a reaction waits
    settle(busy)
    assert_proven(busy)


def test_it_keeps_what_it_found(busy):
    by_hand("UPDATE metrics_rep_day SET res_n = res_n + 1 WHERE res_n > 0")
    reconcile(busy.id)
    kept = Audit.objects.get(company=busy, level="B")
    assert kept.diffs == 2 and {row["side"] for row in kept.sample} == {"wrong", "missing"}


def test_it_checks_only_the_days_that_it_is_asked_for(busy):
    day = RepDay.objects.filter(company=busy, res_n__gt=0).get().day
    by_hand("UPDATE metrics_rep_day SET res_n = res_n + 1 WHERE res_n > 0")
    inside = reconcile(busy.id, day, day)
    outside = reconcile(busy.id, day + timedelta(days=1), day + timedelta(days=9))
    assert sum(finding.differences for finding in inside) > 0
    assert sum(finding.differences for finding in outside) == 0


def test_it_does_not_mix_two_companies(busy, zed):
    a_ticket(zed, assignee=zed)
    settle(zed.company)
    by_hand(f"UPDATE metrics_rep_day SET created_n = 7 WHERE company_id = {zed.company_id}")
    assert_proven(busy)
    assert "B" in found_at(zed.company)


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile_rollups", *arguments, stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_its_command_says_that_all_is_well(busy, zed):
    code, said = run("--all")
    assert code == 0
    assert busy.slug in said and zed.company.slug in said


def test_its_command_fails_and_prints_the_row(busy, ana):
    by_hand("UPDATE metrics_rep_day SET res_n = 41 WHERE res_n > 0")
    code, said = run("--company", busy.slug)
    assert code == 1
    assert '"res_n": 41' in said and f'"rep_id": {ana.id}' in said


def test_it_stands_a_company_without_anything():
    company = a_company("empty")
    assert found_at(company) == set()

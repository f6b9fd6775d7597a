"""Why the engine is exact: the same two writers, step by step, with and without each of its precautions.

A precaution is taken out of the product's own code; under the same schedule the figures must then come out
wrong, and reconciliation must see it. So these tests also prove that the suite would notice.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

import metrics.rebuild
from accounts.actions import set_line
from accounts.models import Role
from accounts.outbox import react_once
from customers.actions import (
    answer_survey,
    change_ticket,
    record_shift,
    reply_to_ticket,
    resolve_ticket,
    set_owner,
    set_revenue,
)
from metrics import facts, rollup
from metrics.facts import mark_rep_days
from metrics.models import RepDay
from metrics.rebuild import rebuild
from metrics.reconcile import reconcile
from tests.factories import a_category, a_customer, a_member, a_ticket, at

from .compare import assert_proven, found_at
from .importing import settle
from .threads import Deed

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _present(set_clock):
    set_clock("2026-03-20T12:00")


@pytest.fixture
def ben(harbour, ana, lee):
    return quiet(a_member(harbour, "Ben", manager=lee))


@pytest.fixture
def ana(ana):
    return quiet(ana)


def quiet(member):
    """With nothing left to react to, so that each schedule has only its own marks."""
    settle(member.company)
    return member


def expect(company, *, sound: bool, level: str) -> None:
    """Sound code leaves nothing to find; a mutant is found at the level."""
    settle(company)
    if sound:
        assert_proven(company)
    else:
        assert level in found_at(company)


# ---- one company, one drainer ------------------------------------------------------------------------------------


WITH_AND_WITHOUT = pytest.mark.parametrize("locks", [True, False], ids=["with the lock", "without the lock"])


def unlock(monkeypatch) -> None:
    monkeypatch.setattr(rollup, "lock_company", lambda cursor, company_id, wait=False: True)
    monkeypatch.setattr(metrics.rebuild, "lock_company", rollup.lock_company)


@WITH_AND_WITHOUT
def test_it_needs_the_company_lock_between_drainers(locks, harbour, ana, ben, monkeypatch):
    """Two drainers sum the teams of a day, each without the rep day that the other is about to commit.

    They take different marks: batches are full (here, of one mark), and a mark with a lower number is
    committed later. Where batches overlap, the marks themselves make the second drainer wait.
    """
    monkeypatch.setattr(rollup, "take_marks", partial(rollup.take_marks, limit=1))
    if not locks:
        unlock(monkeypatch)
    morning = {"started_at": at("2026-03-20T08:00"), "ended_at": at("2026-03-20T10:00")}
    shift = Deed(record_shift, actor=None, member=ana, **morning, stop_at="INTO metrics_dirty", after=True)
    with shift as writer:
        writer.stopped()
        a_ticket(ben, assignee=ben)
        with Deed(rollup.drain_batch, harbour.id, stop_at="INSERT INTO metrics_org_day", after=True) as first:
            first.stopped()
            writer.finish()
            with Deed(rollup.drain_batch, harbour.id) as second:
                second.stuck()
                first.finish()
                assert (second.finish() is None) is locks
    expect(harbour, sound=locks, level="C")


@WITH_AND_WITHOUT
def test_it_needs_the_company_lock_between_rebuild_and_drainer(locks, harbour, ana, monkeypatch):
    """A rebuild has made its sums; it must not put them in place of those that a drainer made later."""
    if not locks:
        unlock(monkeypatch)
    a_ticket(ana, assignee=ana)
    settle(harbour)
    with Deed(rebuild, harbour.id, stop_at="DELETE FROM metrics_rep_day") as whole:
        whole.stopped()
        a_ticket(ana, assignee=ana)
        with Deed(rollup.drain_batch, harbour.id) as drainer:
            assert (drainer.finish() is None) is locks
        whole.finish()
    expect(harbour, sound=locks, level="B")


@pytest.mark.parametrize("marks_first", [True, False], ids=["marks first", "marks last"])
def test_it_needs_to_take_the_marks_before_the_facts(marks_first, harbour, ana, monkeypatch):
    """A writer commits between the sums and the end of the drain: its mark must outlive it."""
    if not marks_first:
        compute = rollup.compute_buckets

        def look(cursor, company_id, limit=0):
            cursor.execute("SELECT rep_id, day FROM metrics_dirty WHERE company_id = %s", [company_id])
            return cursor.fetchall()

        def compute_then_take(cursor, company_id, buckets):
            compute(cursor, company_id, buckets)
            cursor.execute("DELETE FROM metrics_dirty WHERE company_id = %s", [company_id])

        monkeypatch.setattr(rollup, "take_marks", look)
        monkeypatch.setattr(rollup, "compute_buckets", compute_then_take)
    a_ticket(ana, assignee=ana)
    with Deed(rollup.drain_batch, harbour.id, stop_at="INSERT INTO metrics_org_day") as drainer:
        drainer.stopped()
        a_ticket(ana, assignee=ana)
        drainer.finish()
    expect(harbour, sound=marks_first, level="B")


# ---- both buckets of a moved fact --------------------------------------------------------------------------------

OLD_BUCKET = "UNION SELECT kind, old_rep, old_day FROM put WHERE old_rep IS NOT NULL"


@pytest.mark.parametrize("marks_old", [True, False], ids=["with the old bucket", "without the old bucket"])
def test_it_needs_the_mark_of_the_old_bucket(marks_old, harbour, lee, ana, ben, monkeypatch):
    if not marks_old:
        assert OLD_BUCKET in facts._REPLACE
        monkeypatch.setattr(facts, "_REPLACE", facts._REPLACE.replace(OLD_BUCKET, ""))
    customer = a_customer(lee)
    set_owner(actor=lee, customer=customer, owner=ana, valid_from=MARCH)
    answer_survey(actor=None, company_id=harbour.id, kind="nps", score=9, customer=customer)
    settle(harbour)
    set_owner(actor=lee, customer=customer, owner=ben, valid_from=MARCH)
    expect(harbour, sound=marks_old, level="B")
    assert RepDay.objects.filter(company=harbour, rep_id=ana.id).exists() is not marks_old


# ---- sums made anew, never counted up ----------------------------------------------------------------------------


@pytest.mark.parametrize("recomputes", [True, False], ids=["sums made anew", "sums counted up"])
def test_it_needs_to_compute_anew(recomputes, harbour, ana, monkeypatch):
    """A reaction is delivered twice, as every message of a queue may be."""
    if not recomputes:
        counting = re.sub(
            r"(\w+_(?:n|sum|pos)) = excluded\.\1", r"\1 = r.\1 + excluded.\1", rollup._DRAIN_REP_DAYS
        )
        assert counting != rollup._DRAIN_REP_DAYS
        # Without the comparison too, which would hide a second delivery of the same sums.
        monkeypatch.setattr(rollup, "_DRAIN_REP_DAYS", re.sub(r" WHERE \(r\..*$", "", counting.rstrip()))
    a_ticket(ana, assignee=ana)
    settle(harbour)
    mark_rep_days(company_id=harbour.id, rep_ids=[ana.id], from_day=MARCH)
    expect(harbour, sound=recomputes, level="B")
    assert RepDay.objects.get(company=harbour, rep_id=ana.id).created_n == (1 if recomputes else 2)


# ---- the source's lock first -------------------------------------------------------------------------------------


def without_locks(sql: str) -> str:
    """A writer's statement that holds up nobody and waits for nobody."""
    return sql.replace(" FOR NO KEY UPDATE", "").replace("pg_advisory_xact_lock(", "least(")


@WITH_AND_WITHOUT
def test_it_needs_the_lock_of_the_source(locks, harbour, ana):
    """One replies and another resolves at once: the second must derive from what the first has left."""
    ticket = a_ticket(ana, assignee=ana)
    settle(harbour)
    edit = None if locks else without_locks
    deed = {"actor": ana, "ticket": ticket, "edit": edit}
    with Deed(reply_to_ticket, body="Hello", stop_at="INTO metrics_timer", after=True, **deed) as first:
        first.stopped()
        with Deed(resolve_ticket, **deed) as second:
            second.stuck()
            first.finish()
            second.finish()
    expect(harbour, sound=locks, level="A")


# ---- schedules that the product must stand -----------------------------------------------------------------------


def test_it_stands_a_move_to_another_team_in_the_middle_of_a_drain(harbour, mo, ana):
    """The first rep day of Ana is being written, with the manager she had, when she gets another."""
    kim = a_member(harbour, "Kim", Role.MANAGER, manager=mo)
    settle(harbour)
    a_ticket(ana, assignee=ana)
    with Deed(rollup.drain_batch, harbour.id, stop_at="INSERT INTO metrics_org_day") as drainer:
        drainer.stopped()
        set_line(actor=None, member=ana, manager=kim, valid_from=MARCH)
        while react_once():
            pass
        drainer.finish()
    settle(harbour)
    assert_proven(harbour)
    assert RepDay.objects.get(company=harbour, rep_id=ana.id).manager_id == kim.id


def test_it_reconciles_one_snapshot_while_others_write(harbour, ana):
    a_ticket(ana, assignee=ana)
    settle(harbour)
    with Deed(reconcile, harbour.id, stop_at="metrics_org_day") as check:
        check.stopped()
        a_ticket(ana, assignee=ana)
        rollup.drain(harbour.id)
        assert [finding.differences for finding in check.finish() if finding.differences] == []


# The last statement of everything that derives tickets looks for the earlier ones that depend on them.
AT_THE_END = "AS g (id, opened_at, requester_email"


def old_ticket(actor, days_ago: int, set_clock, **fields):
    """A ticket of the past: opened then, by the way of an import or of a late entry."""
    return a_ticket(actor, opened_at=set_clock("2026-03-20T12:00") - timedelta(days=days_ago), **fields)


def test_it_stands_two_tickets_that_become_a_match_at_once(harbour, ana, ben, set_clock):
    """Each is filed under another category in its own transaction; together they are a repeat contact."""
    billing = a_category(harbour)
    now = set_clock("2026-03-20T12:00")
    first = old_ticket(ana, 19, set_clock, requester_email="asker@x.example")
    resolve_ticket(actor=ana, ticket=first, at=now - timedelta(days=18))
    second = old_ticket(
        ben, 17, set_clock, requester_email="asker@x.example", category=a_category(harbour, "Other")
    )
    settle(harbour)
    with Deed(
        change_ticket, actor=ana, ticket=first, category=billing, stop_at="INTO metrics_timer", after=True
    ) as one:
        one.stopped()
        with Deed(change_ticket, actor=ben, ticket=second, category=billing) as other:
            other.stuck()
            one.finish()
            other.finish()
    settle(harbour)
    assert_proven(harbour)
    assert RepDay.objects.filter(company=harbour, fcr_n=1).values_list("fcr_pos", flat=True).get() == 0


def test_it_stands_an_answer_while_its_ticket_is_resolved(harbour, ana):
    ticket = a_ticket(ana, assignee=ana)
    with Deed(resolve_ticket, actor=ana, ticket=ticket, stop_at=AT_THE_END, after=True) as one:
        one.stopped()
        with Deed(
            answer_survey, actor=None, company_id=harbour.id, kind="csat", score=5, ticket=ticket
        ) as other:
            other.stuck()
            one.finish()
            other.finish()
    settle(harbour)
    assert_proven(harbour)
    assert RepDay.objects.get(company=harbour, csat_n=1).rep_id == ana.id


def test_it_stands_revenue_and_an_answer_while_the_customer_gets_an_owner(harbour, lee, ana):
    customer = a_customer(lee)
    owned = Deed(
        set_owner,
        actor=lee,
        customer=customer,
        owner=ana,
        valid_from=MARCH,
        stop_at="INTO metrics_timer",
        after=True,
    )
    answer = {"actor": None, "company_id": harbour.id, "kind": "nps", "score": 9, "customer": customer}
    with owned as one:
        one.stopped()
        with (
            Deed(answer_survey, **answer) as other,
            Deed(set_revenue, actor=lee, customer=customer, month=MARCH, amount=Decimal(5)) as third,
        ):
            other.stuck()
            third.stuck()
            one.finish()
            other.finish()
            third.finish()
    settle(harbour)
    assert_proven(harbour)


def test_it_stands_writers_of_tickets_that_depend_on_each_other(harbour, ana, ben, set_clock):
    """One enters a repeat contact of two tickets, while another works on the later of these."""
    now = set_clock("2026-03-20T12:00")
    first = old_ticket(ana, 19, set_clock, requester_email="asker@x.example")
    resolve_ticket(actor=ana, ticket=first, at=now - timedelta(days=16))
    second = old_ticket(ana, 15, set_clock, requester_email="asker@x.example")
    resolve_ticket(actor=ana, ticket=second, at=now - timedelta(days=14))
    settle(harbour)
    with Deed(
        reply_to_ticket, actor=ben, ticket=second, body="?", stop_at="INTO metrics_timer", after=True
    ) as one:
        one.stopped()
        late = now - timedelta(days=12)
        with Deed(a_ticket, ben, opened_at=late, requester_email="asker@x.example") as other:
            other.stuck()
            one.finish()
            other.finish()
    settle(harbour)
    assert_proven(harbour)


def test_it_is_left_alone_by_another_company(harbour, ana, zed):
    """A drainer that holds one company's lock holds up no other."""
    a_ticket(ana, assignee=ana)
    a_ticket(zed, assignee=zed)
    with Deed(rollup.drain_batch, harbour.id, stop_at="INSERT INTO metrics_org_day") as drainer:
        drainer.stopped()
        assert rollup.drain_batch(zed.company_id) > 0
        drainer.finish()
    for company in (harbour, zed.company):
        settle(company)
        assert_proven(company)


def test_it_loses_no_mark_when_a_drainer_breaks_off(harbour, ana):
    a_ticket(ana, assignee=ana)
    with Deed(rollup.drain_batch, harbour.id, stop_at="INSERT INTO metrics_org_day") as drainer:
        drainer.stopped()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [drainer.pid])
        with pytest.raises(Exception, match="terminat|closed|connection"):
            drainer.finish()
    settle(harbour)
    assert_proven(harbour)
    assert RepDay.objects.get(company=harbour, rep_id=ana.id).created_n == 1

"""The ledger of deeds and the outbox: written with the deed, kept for good, heard at least once."""

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import activity, outbox
from accounts.actions import change_zone, create_api_key, revoke_api_key, set_line
from accounts.actions.ledger import blank_ledger
from accounts.models import Activity, ApiKey, Outbox
from cs_platform.lib import clock
from customers.actions import (
    add_note,
    answer_survey,
    assign_ticket,
    change_ticket,
    close_ticket,
    keep_promise,
    log_ticket,
    mark_spam,
    merge_ticket,
    record_shift,
    reopen_ticket,
    reply_to_ticket,
    resolve_ticket,
    restore_ticket,
    set_owner,
    set_revenue,
)
from tests.factories import a_company, a_customer, a_member, a_ticket, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """What reactions to `bell.rung` and `bell.cracked` heard; the latter always fails."""
    calls = []

    def crack(company_id, rows):
        calls.append(("cracked", company_id, [subject for subject, _ in rows]))
        Activity.objects.create(
            company_id=company_id, verb="half.done", subject_type="x", subject_id=1, occurred_at=clock.now()
        )
        raise RuntimeError("cracked")

    reactions = {
        "bell.rung": [lambda company_id, rows: calls.append(("rung", company_id, [row[0] for row in rows]))],
        "bell.cracked": [crack],
    }
    monkeypatch.setattr(outbox, "table", lambda: reactions)
    return calls


def ring(company, *subjects: int, verb: str = "bell.rung") -> None:
    activity.record_many(
        verb, "bell", [(subject, {}) for subject in subjects], actor=None, company_id=company.id
    )


# Deeds that touch a second object, which hears of it, too.
ALSO = {"ticket.merged": ["ticket.took_in"], "ticket.restored": ["ticket.gave_back"]}


def test_it_writes_a_row_with_each_deed(ana, lee, rae, set_clock):
    set_clock("2026-03-20T12:00")
    customer = a_customer(ana)
    ticket, other = a_ticket(ana), a_ticket(ana)
    deeds = [
        ("ticket.logged", lambda: log_ticket(actor=ana, subject="x")),
        ("ticket.assigned", lambda: assign_ticket(actor=ana, ticket=ticket, assignee=lee)),
        ("ticket.replied", lambda: reply_to_ticket(actor=ana, ticket=ticket, body="x")),
        ("ticket.changed", lambda: change_ticket(actor=ana, ticket=ticket, subject="y")),
        ("ticket.resolved", lambda: resolve_ticket(actor=ana, ticket=ticket)),
        ("ticket.reopened", lambda: reopen_ticket(actor=ana, ticket=ticket)),
        ("ticket.closed", lambda: close_ticket(actor=ana, ticket=ticket)),
        ("ticket.merged", lambda: merge_ticket(actor=ana, ticket=other, into=ticket)),
        ("ticket.restored", lambda: restore_ticket(actor=ana, ticket=other)),
        ("ticket.marked_spam", lambda: mark_spam(actor=ana, ticket=other)),
        ("note.added", lambda: add_note(actor=ana, body="x", customer=customer)),
        ("promise.kept", lambda: keep_promise(actor=ana, note=customer.notes.get())),
        ("customer.owner_set", lambda: set_owner(actor=ana, customer=customer, owner=ana)),
        (
            "revenue.set",
            lambda: set_revenue(
                actor=ana, customer=customer, month=at("2026-01-01T00:00").date(), amount=Decimal(1)
            ),
        ),
        ("survey.answered", lambda: answer_survey(actor=ana, company_id=ana.company_id, kind="nps", score=9)),
        (
            "shift.recorded",
            lambda: record_shift(
                actor=ana, member=ana, started_at=at("2026-03-01T08:00"), ended_at=at("2026-03-01T16:00")
            ),
        ),
        (
            "reporting_line.set",
            lambda: set_line(actor=ana, member=ana, manager=None, valid_from=at("2026-01-01T00:00").date()),
        ),
        ("api_key.created", lambda: create_api_key(actor=ana, member=ana, scopes=["read"])),
        ("api_key.revoked", lambda: revoke_api_key(actor=ana, key=ApiKey.objects.get())),
        (
            "company.zone_changed",
            lambda: change_zone(actor=ana, zone="UTC", valid_from=at("2026-04-01T00:00").date()),
        ),
    ]
    for verb, deed in deeds:
        before = set(Activity.objects.values_list("id", flat=True))
        deed()
        rows = Activity.objects.exclude(id__in=before).order_by("id")
        assert [row.verb for row in rows] == [verb, *ALSO.get(verb, ())]
        for row in rows:
            assert (row.actor, row.company_id, row.occurred_at) == (ana, ana.company_id, clock.now())


def test_it_takes_the_row_back_with_the_deed(ana):
    before = Activity.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        a_ticket(ana)
        raise ZeroDivisionError

    assert Activity.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_activity SET verb = 'x' WHERE company_id = %s",
        "UPDATE accounts_activity SET actor_id = NULL WHERE company_id = %s",
        "DELETE FROM accounts_activity WHERE company_id = %s",
    ],
)
def test_it_lets_nobody_rewrite_the_ledger_even_by_sql(ana, statement):
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [ana.company_id])


def test_an_erasure_blanks_a_detail_as_the_role_that_owns_nothing(as_the_application, ana):
    ticket = a_ticket(ana)
    change_ticket(actor=ana, ticket=ticket, subject="About Priya")
    deeds = Activity.objects.filter(subject_type="ticket", subject_id=ticket.id)
    before = list(deeds.values("id", "verb", "actor_id", "occurred_at"))
    with as_the_application():
        blanked = blank_ledger(
            company_id=ana.company_id, subjects={"ticket": [ticket.id]}, blank=lambda detail: {}
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            deeds.update(detail={"rewritten": "afterwards"})

    assert blanked >= 1
    assert [row.detail for row in deeds] == [{}] * len(before)
    assert list(deeds.values("id", "verb", "actor_id", "occurred_at")) == before


@pytest.mark.parametrize("statement", ["SET verb = 'ticket.closed'", "SET actor_id = NULL", "SET id = -id"])
def test_an_erasure_changes_nothing_but_the_detail(ana, statement):
    a_ticket(ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cs.erasing', 'on', true)")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(f"UPDATE accounts_activity {statement}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("DELETE FROM accounts_activity")


def test_it_tells_only_what_somebody_hears(harbour, heard):
    ring(harbour, 1)
    ring(harbour, 2, verb="bell.hung")

    assert list(
        Outbox.objects.filter(company=harbour, verb__startswith="bell").values_list("verb", "subject_id")
    ) == [("bell.rung", 1)]


def test_it_reacts_once_and_forgets(harbour, heard):
    Outbox.objects.all().delete()
    ring(harbour, 1, 2)

    assert outbox.react_once() == 2
    assert outbox.react_once() == 0
    assert heard == [("rung", harbour.id, [1, 2])]
    assert Outbox.objects.count() == 0


def test_it_keeps_the_rows_of_a_reaction_that_fails_and_holds_up_nothing(harbour, heard, set_clock):
    Outbox.objects.all().delete()
    set_clock("2026-03-20T12:00")
    ring(harbour, 1, 2, verb="bell.cracked")
    ring(harbour, 3)
    ring(a_company("elsewhere"), 4)
    while outbox.react_once():
        pass

    assert [(what, ids) for what, _, ids in heard] == [("cracked", [1, 2]), ("rung", [3]), ("rung", [4])]
    assert list(Outbox.objects.filter(verb="bell.cracked").values_list("subject_id", "attempts")) == [
        (1, 1),
        (2, 1),
    ]
    assert not Activity.objects.filter(verb="half.done").exists()

    set_clock("2026-03-20T12:00:31")
    outbox.react_once()
    assert heard[-1] == ("cracked", harbour.id, [1, 2])
    assert list(Outbox.objects.values_list("attempts", flat=True)) == [2, 2]


def test_it_goes_on_after_a_verb_that_nobody_hears_any_more(harbour, heard):
    Outbox.objects.all().delete()
    Outbox.objects.create(company=harbour, verb="bell.melted", subject_id=1)

    assert outbox.react_once() == 1
    assert (heard, Outbox.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_it_gives_the_rows_to_one_of_two_who_react_at_once(monkeypatch):
    company = a_company("pair")
    Outbox.objects.all().delete()
    inside, go = threading.Event(), threading.Event()
    calls, taken = [], []

    def slow(company_id, rows):
        calls.append([subject for subject, _ in rows])
        inside.set()
        go.wait(10)

    monkeypatch.setattr(outbox, "table", lambda: {"bell.rung": [slow]})
    ring(company, 1, 2)

    def react() -> None:
        taken.append(outbox.react_once())
        connection.close()

    first = threading.Thread(target=react)
    first.start()
    assert inside.wait(10)
    second = outbox.react_once()
    go.set()
    first.join(20)

    assert (calls, second, taken) == ([[1, 2]], 0, [2])
    assert Outbox.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_it_reacts_again_when_it_was_killed_between(monkeypatch):
    company = a_company("lone")
    Outbox.objects.all().delete()
    calls = []

    def die(company_id, rows):
        calls.append(rows)
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "table", lambda: {"bell.rung": [die]})
    ring(company, 1)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            outbox.react_once()

    assert (len(calls), Outbox.objects.count()) == (2, 1)


def test_it_names_the_manager_and_the_day_of_a_new_line(ana, lee, rae):
    row = Activity.objects.filter(verb="reporting_line.set", subject_id=ana.id).get()

    assert row.detail == {"from": "2020-01-01", "manager": lee.id}
    assert a_member(ana.company, "Ben").company_id == row.company_id

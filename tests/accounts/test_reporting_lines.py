"""Who reports to whom from a day on: one line a day, no cycle ever, nothing rewritten."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.actions import LineRefused, hand_over_team, set_line
from accounts.lines import LineBook
from accounts.models import Activity, Member, Outbox, ReportingLine
from accounts.outbox import react_once
from accounts.queries import adrift, ids_below, manager_of
from metrics import rollup
from metrics.models import RepDay
from tests.factories import a_company, a_member, a_ticket

pytestmark = pytest.mark.django_db

JANUARY, MARCH, JULY = date(2025, 1, 1), date(2025, 3, 1), date(2025, 7, 1)


@pytest.fixture
def una(harbour, mo):
    return a_member(harbour, "Una", "manager", manager=mo)


def test_it_holds_a_line_until_the_next_begins(ana, lee, una):
    set_line(actor=None, member=ana, manager=una, valid_from=MARCH)
    set_line(actor=None, member=ana, manager=None, valid_from=JULY)

    days = (date(2019, 12, 31), JANUARY, date(2025, 2, 28), MARCH, date(2025, 6, 30), JULY)
    assert [manager_of(ana, day) for day in days] == [None, lee.id, lee.id, una.id, una.id, None]
    until = ReportingLine.objects.in_force().with_until().filter(member=ana).order_by("valid_from")
    assert [line.until for line in until] == [MARCH, JULY, None]


def test_it_knows_the_roots_and_who_is_below(ana, lee, mo, rae, una):
    found = adrift(ana.company_id, JULY)
    assert [(top.name, top.role) for top in found.tops] == [(mo.name, "leader"), (rae.name, "admin")]
    assert found.left == {}
    Member.objects.filter(id=una.id).update(is_active=False)
    set_line(actor=None, member=ana, manager=una, valid_from=MARCH)
    assert adrift(ana.company_id, JULY).left == {"Una": 1}
    assert ids_below(mo, JULY) == {lee.id, ana.id, una.id}
    assert ids_below(mo, date(2019, 1, 1)) == set()


def test_it_corrects_a_line_and_keeps_what_was_believed(ana, lee, una):
    set_line(actor=None, member=ana, manager=una, valid_from=date(2020, 1, 1))

    old, new = ReportingLine.objects.filter(member=ana).order_by("id")
    assert (old.manager, new.manager) == (lee, una)
    assert (old.superseded_at is None, new.superseded_at) == (False, None)
    assert manager_of(ana, JANUARY) == una.id


def test_it_writes_nothing_for_a_line_that_is_so_already(ana, lee):
    before = (ReportingLine.objects.count(), Activity.objects.count())
    set_line(actor=None, member=ana, manager=lee, valid_from=date(2020, 1, 1))

    assert (ReportingLine.objects.count(), Activity.objects.count()) == before


def test_it_has_one_line_a_day_even_for_sql(ana, una):
    with pytest.raises(IntegrityError, match="line_one_a_day"), transaction.atomic():
        ReportingLine.objects.create(
            company_id=ana.company_id, member=ana, manager=una, valid_from=date(2020, 1, 1)
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_reportingline SET manager_id = NULL WHERE id = %s",
        "UPDATE accounts_reportingline SET valid_from = '2021-01-01' WHERE id = %s",
        "UPDATE accounts_reportingline SET superseded_at = now(), valid_from = '2021-01-01' WHERE id = %s",
        "DELETE FROM accounts_reportingline WHERE id = %s",
    ],
)
def test_it_lets_nobody_rewrite_history_even_by_sql(ana, statement):
    line = ReportingLine.objects.get(member=ana)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        execute(statement, line.id)

    assert ReportingLine.objects.get(member=ana).manager_id == line.manager_id


def test_it_lets_nobody_bring_a_superseded_line_back(ana, una):
    set_line(actor=None, member=ana, manager=una, valid_from=date(2020, 1, 1))
    old = ReportingLine.objects.get(member=ana, superseded_at__isnull=False)

    for value in ("NULL", "now()"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            execute(f"UPDATE accounts_reportingline SET superseded_at = {value} WHERE id = %s", old.id)


@pytest.mark.parametrize("who", ["ana", "lee"])
def test_it_refuses_a_cycle_and_names_it(ana, lee, mo, who):
    member = {"ana": ana, "lee": lee}[who]
    with pytest.raises(
        LineRefused, match=r"cycle on 2025-03-01: mo@.* > .*@harbour.example > .*mo@harbour.example"
    ):
        set_line(actor=None, member=mo, manager=member, valid_from=MARCH)

    assert manager_of(mo, JULY) is None


def test_it_refuses_somebody_as_their_own_manager(ana):
    with pytest.raises(LineRefused, match="cycle"):
        set_line(actor=None, member=ana, manager=ana, valid_from=MARCH)
    with pytest.raises(IntegrityError, match="line_not_to_self"), transaction.atomic():
        ReportingLine.objects.create(company_id=ana.company_id, member=ana, manager=ana, valid_from=MARCH)


def test_it_refuses_a_backdated_line_that_would_be_a_cycle_later(ana, lee, una):
    """Lee reports to Ana from July on; to put Ana under Lee from March on would close the ring in July."""
    set_line(actor=None, member=ana, manager=una, valid_from=JANUARY)
    set_line(actor=None, member=lee, manager=ana, valid_from=JULY)
    with pytest.raises(LineRefused, match="cycle on 2025-07-01"):
        set_line(actor=None, member=ana, manager=lee, valid_from=MARCH)

    set_line(actor=None, member=ana, manager=una, valid_from=JULY)
    set_line(actor=None, member=ana, manager=lee, valid_from=MARCH)
    assert manager_of(ana, MARCH) == lee.id


def test_it_refuses_a_manager_of_another_company(ana, zed):
    with pytest.raises(LineRefused, match="another company"):
        set_line(actor=None, member=ana, manager=zed, valid_from=MARCH)


def test_it_moves_past_days_with_a_backdated_line(ana, lee, una, set_clock):
    set_clock("2025-04-01T10:00")
    a_ticket(ana, assignee=ana)
    settle(ana)
    assert RepDay.objects.get(rep_id=ana.id).manager_id == lee.id

    set_line(actor=None, member=ana, manager=una, valid_from=MARCH)
    settle(ana)

    assert RepDay.objects.get(rep_id=ana.id).manager_id == una.id


def test_it_hands_a_team_over_in_one_step(harbour, ana, lee, una):
    ben = a_member(harbour, "Ben", manager=lee)
    settle(ana)

    assert hand_over_team(actor=None, giver=lee, receiver=una, from_on=MARCH) == 2
    assert [manager_of(person, MARCH) for person in (ana, ben)] == [una.id, una.id]
    assert manager_of(ana, date(2025, 2, 28)) == lee.id
    rows = Activity.objects.filter(verb="reporting_line.set").order_by("-id")[:2]
    assert ({row.subject_id for row in rows}, len({row.batch for row in rows})) == ({ana.id, ben.id}, 1)
    assert Outbox.objects.filter(subject_id__in=[ana.id, ben.id]).count() == 2


def test_it_hands_a_team_over_to_one_of_it(harbour, ana, lee):
    ben = a_member(harbour, "Ben", manager=lee)

    assert hand_over_team(actor=None, giver=lee, receiver=ana, from_on=MARCH) == 1
    assert (manager_of(ben, MARCH), manager_of(ana, MARCH)) == (ana.id, lee.id)


def test_it_hands_over_all_or_nothing(harbour, ana, lee, mo):
    """Mo cannot go under Ana's report Jo, so nobody of Mo's team goes."""
    jo = a_member(harbour, "Jo", manager=ana)
    a_member(harbour, "Una", "manager", manager=mo)
    with pytest.raises(LineRefused, match="cycle"):
        hand_over_team(actor=None, giver=mo, receiver=jo, from_on=MARCH)

    assert ids_below(mo, MARCH) >= {lee.id, ana.id, jo.id}
    assert ids_below(jo, MARCH) == set()


@pytest.mark.django_db(transaction=True)
def test_it_refuses_the_cycle_that_two_edits_at_once_would_make():
    company = a_company("pair")
    one, two = (a_member(company, name, "manager") for name in ("One", "Two"))
    start, refused = threading.Barrier(2), []

    def put(member: Member, manager: Member) -> None:
        try:
            start.wait(10)
            set_line(actor=None, member=member, manager=manager, valid_from=MARCH)
        except LineRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(refused) == 1
    assert ReportingLine.objects.count() == 1


def test_it_finds_a_way_up_through_changing_lines():
    book = LineBook.of([(1, JANUARY, 2), (1, JULY, 3), (2, MARCH, 4)])

    assert book.cycle(4, JANUARY, 1) == (MARCH, [4, 1, 2, 4])
    assert book.cycle(4, JULY, 1) is None
    assert book.cycle(3, MARCH, 1) == (JULY, [3, 1, 3])
    assert book.cycle(1, JANUARY, None) is None


def settle(member: Member) -> None:
    while react_once():
        pass
    rollup.drain(member.company_id)


def execute(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)

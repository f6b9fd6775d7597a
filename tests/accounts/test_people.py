"""Entering people, leavers, admins, and people who work for two companies."""

import re
import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import change_member, deactivate_member, enter_member, reactivate_member
from accounts.middleware import find_member
from accounts.models import Activity, ApiKey, Member, Role
from accounts.outbox import react_once
from metrics import rollup
from metrics.models import RepDay
from tests.factories import a_company, a_member, a_ticket

pytestmark = pytest.mark.django_db


def test_it_keeps_name_and_figures_of_a_leaver(ana, rae):
    a_ticket(ana, assignee=ana)
    deactivate_member(actor=rae, member=ana, left_on=date(2026, 3, 1))
    while react_once():
        pass
    rollup.drain(ana.company_id)

    ana.refresh_from_db()
    assert (ana.name, ana.is_active, ana.left_on) == ("Ana", False, date(2026, 3, 1))
    assert RepDay.objects.get(rep_id=ana.id).created_n == 1


def test_it_takes_today_in_the_companys_zone_for_the_last_day(ana, rae, set_clock):
    set_clock("2026-03-20T23:30")
    deactivate_member(actor=rae, member=ana)

    ana.refresh_from_db()
    assert ana.left_on == date(2026, 3, 21)


def test_it_revokes_the_keys_of_a_leaver_for_good(ana, rae, key_of, client):
    headers = key_of(ana)
    deactivate_member(actor=rae, member=ana)
    change_member(actor=rae, member=ana, is_active=True, left_on=None)

    assert ApiKey.objects.get().revoked_at is not None
    assert client.get("/api/v1/metrics/", headers=headers).status_code == 401


def test_it_shows_a_leaver_out(ana, rae, client):
    client.force_login(ana.user)
    assert client.get("/my-day/").status_code == 200
    deactivate_member(actor=rae, member=ana)

    assert client.get("/my-day/").status_code in (302, 403)
    assert client.get("/api/v1/metrics/").status_code == 401


def test_it_refuses_a_last_day_before_the_first(ana, rae):
    change_member(actor=rae, member=ana, started_on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="last day cannot be before the first"):
        deactivate_member(actor=rae, member=ana, left_on=date(2025, 12, 31))


def test_it_keeps_the_last_admin(rae):
    with pytest.raises(ValidationError, match="last admin"):
        deactivate_member(actor=rae, member=rae)
    with pytest.raises(ValidationError, match="last admin"):
        change_member(actor=rae, member=rae, role=Role.REP)

    rae.refresh_from_db()
    assert (rae.is_active, rae.role) == (True, Role.ADMIN)


def test_it_lets_an_admin_go_when_there_is_another(rae, mo):
    change_member(actor=rae, member=mo, role=Role.ADMIN)
    deactivate_member(actor=mo, member=rae)

    assert not Member.objects.get(id=rae.id).is_active


def test_it_does_not_take_an_admin_of_another_company_for_one(rae, zed):
    change_member(actor=None, member=zed, role=Role.ADMIN)
    with pytest.raises(ValidationError, match="last admin"):
        deactivate_member(actor=rae, member=rae)


@pytest.mark.django_db(transaction=True)
def test_it_keeps_one_of_two_admins_who_leave_at_once():
    company = a_company("pair")
    admins = [*Member.objects.filter(company=company), a_member(company, "Two", Role.ADMIN)]
    start, refused = threading.Barrier(2), []

    def leave(member: Member) -> None:
        try:
            start.wait(10)
            deactivate_member(actor=None, member=member)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[admin]) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(refused) == 1
    assert Member.objects.active().filter(role=Role.ADMIN).count() == 1


@pytest.mark.parametrize("write", [change_member, deactivate_member, reactivate_member])
def test_it_locks_the_company_before_the_member_as_lines_do(ana, write):
    with CaptureQueriesContext(connection) as queries:
        write(actor=None, member=ana)

    locks = [each["sql"] for each in queries if "FOR " in each["sql"]]
    assert [table for sql in locks for table in re.findall(r'FROM "(\w+)"', sql)] == [
        "accounts_company",
        "accounts_member",
    ]
    assert all(sql.endswith("FOR NO KEY UPDATE") for sql in locks), "who only points to the row does not wait"


def test_it_makes_a_stub_real_and_keeps_its_figures(harbour, rae):
    stub = Member.objects.create(
        company=harbour, email="eva@x.example", name="eva@x.example", is_stub=True, is_active=False
    )
    entered = enter_member(actor=rae, company=harbour, email=" EVA@X.example", name="Eva")

    assert (entered.id, entered.name, entered.is_stub, entered.is_active) == (stub.id, "Eva", False, True)


@pytest.mark.parametrize("email", ["", "eva", "a@b", "ana@harbour.example"])
def test_it_refuses_an_e_mail_that_cannot_be(harbour, ana, email):
    with pytest.raises(ValidationError):
        enter_member(actor=None, company=harbour, email=email, name="Eva")


def test_it_knows_one_user_in_two_companies(ana):
    elsewhere = a_company("abroad")
    other = enter_member(actor=None, company=elsewhere, email=ana.email, name="Ana abroad", role=Role.LEADER)

    assert other.user == ana.user
    assert find_member(ana.user, elsewhere.id) == other
    assert find_member(ana.user, ana.company_id) == ana
    assert find_member(ana.user, 0) == ana  # the one joined first
    assert find_member(ana.user, elsewhere.id).has_others


def test_it_opens_one_company_only_to_who_has_left_the_other(ana, rae, client, key_of):
    elsewhere = a_company("abroad")
    other = enter_member(actor=None, company=elsewhere, email=ana.email, name="Ana abroad")
    keys = [key_of(ana), key_of(other)]
    deactivate_member(actor=rae, member=ana)

    assert find_member(ana.user, ana.company_id) == other
    assert [client.get("/api/v1/people/", headers=key).status_code for key in keys] == [401, 200]
    client.force_login(ana.user)
    assert client.get("/my-day/").status_code == 200


def test_it_records_who_did_what(ana, rae):
    change_member(actor=rae, member=ana, name="Anna")
    deactivate_member(actor=rae, member=ana, left_on=date(2026, 3, 1))

    rows = Activity.objects.filter(subject_type="member", subject_id=ana.id, actor=rae).order_by("id")
    assert [(row.verb, row.detail) for row in rows] == [
        ("member.changed", {"before": {"name": "Ana"}}),
        ("member.left", {"left_on": "2026-03-01"}),
    ]

"""Certificates end: their holders hear 30, 7 and 0 days before, once each, however the clock jumps."""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.actions import deactivate_member
from accounts.models import Notification
from training.actions.certificates import ask_for_refresh, renew, revoke
from training.actions.expiry import remind_of_ends
from training.models import Certificate
from training.tasks import remind

from .making import a_process

pytestmark = pytest.mark.django_db

ENDS = ("certificate.ends_soon", "certificate.ends_today", "certificate.expired")
ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 9, tzinfo=ZONE)


@pytest.fixture
def playbook(lee, mo, set_clock):
    set_clock(START)
    return a_process(lee, mo)


def a_certificate(member, playbook, days: int) -> Certificate:
    until = member.company.today() + timedelta(days=days)
    return Certificate.objects.create(
        company=member.company, member=member, playbook=playbook, level="independent", number=1, until=until
    )


def told(*verbs: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(verb__in=verbs or ENDS).order_by("id")
    return list(rows.values_list("member__name", "verb"))


def test_each_notice_comes_once_and_then_who_is_above_hears(harbour, ana, lee, mo, playbook, set_clock):
    certificate = a_certificate(ana, playbook, 31)
    for day, (holder, boss) in {
        0: (0, 0), 1: (1, 0), 2: (1, 0), 23: (1, 0), 24: (2, 0), 30: (2, 0), 31: (3, 0), 32: (3, 1), 40: (3, 1),
    }.items():  # fmt: skip
        set_clock(START + timedelta(days=day))
        remind(harbour.id)
        remind(harbour.id)
        assert len(told()) == holder, day
        assert len(told("certificate.expired_below")) == boss, day
    assert [verb for _name, verb in told()] == [ENDS[0], ENDS[0], ENDS[1]]
    assert told("certificate.expired_below") == [("Lee", "certificate.expired_below")]
    row = Notification.objects.filter(verb=ENDS[0]).first()
    assert row.url == f"/training/certificates/{certificate.id}/" or not row.url


def test_before_the_morning_of_the_company_nothing_is_said(harbour, ana, playbook, set_clock):
    a_certificate(ana, playbook, 7)
    set_clock(START.replace(hour=7, minute=59))
    assert remind_of_ends(harbour) == 0 and told() == []
    set_clock(START.replace(hour=8))
    remind_of_ends(harbour)
    assert len(told()) == 1


@pytest.mark.parametrize(("jump", "verbs"), [(28, [ENDS[0]]), (40, [ENDS[1]]), (90, [ENDS[2]])])
def test_after_missed_days_the_nearest_one_is_told(harbour, ana, playbook, set_clock, jump, verbs):
    a_certificate(ana, playbook, 40)
    set_clock(START + timedelta(days=jump))
    remind_of_ends(harbour)
    assert [verb for _name, verb in told()] == verbs


@pytest.mark.parametrize("why", ["renewed", "revoked", "left", "another company"])
def test_of_what_does_not_hold_any_more_nothing_is_said(harbour, ana, mo, zed, playbook, why):
    certificate = a_certificate(ana, playbook, 5)
    if why == "renewed":
        renew(actor=mo, certificate=certificate, words="Seen")
    elif why == "revoked":
        revoke(actor=mo, certificate=certificate, reason="Not any more")
    elif why == "left":
        deactivate_member(actor=mo, member=ana)
    remind_of_ends(zed.company if why == "another company" else harbour)
    assert told() == []


def test_killed_on_the_way_it_is_neither_lost_nor_told_twice(harbour, ana, playbook):
    certificate = a_certificate(ana, playbook, 7)

    def killed(execute, sql, *rest):
        if sql.startswith('UPDATE "training_certificate"'):
            raise KeyboardInterrupt
        return execute(sql, *rest)

    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(killed):
        remind_of_ends(harbour)
    certificate.refresh_from_db()
    assert (told(), certificate.told) == ([], None)
    remind_of_ends(harbour)
    remind_of_ends(harbour)
    assert len(told()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_however_the_clock_jumps(harbour, ana, lee, mo, playbook, set_clock, seed):
    """Days are missed, hours repeat, certificates are renewed, refreshed and revoked: what is due is told at the next
    run, nothing twice, nothing farther after something nearer, and at most one notice of a certificate a run."""
    draw = Random(seed)
    for member in (ana, lee):
        a_certificate(member, playbook, draw.randrange(0, 60))
    now = START
    for _step in range(25):
        now += timedelta(days=draw.choice([0, 0, 1, 1, 2, 5, 9, 35]), hours=draw.randrange(0, 3))
        now = datetime.combine(now.date(), time(draw.randrange(9, 20)), ZONE)
        set_clock(now)
        deed = draw.randrange(6)
        row = draw.choice(list(Certificate.objects.order_by("id")))
        if deed == 0:
            ask_for_refresh(playbook=playbook, number=draw.randrange(1, 9))
        elif (
            deed == 1
            and row.revoked_at is None
            and not Certificate.objects.filter(member=row.member, id__gt=row.id).exists()
        ):
            again = renew(actor=mo, certificate=row, words="Seen")
            Certificate.objects.filter(id=again.id).update(
                until=harbour.today() + timedelta(days=draw.randrange(0, 60))
            )
        elif deed == 2 and draw.random() < 0.2:
            revoke(actor=mo, certificate=row, reason="Not any more")
        before = _notices()
        remind_of_ends(harbour)
        after = _notices()
        for certificate in Certificate.objects.all():
            said = after.get(certificate.id, [])
            assert len(said) - len(before.get(certificate.id, [])) in (0, 1)
            _check(certificate, said, harbour.today())
        remind_of_ends(harbour)
        assert _notices() == after


def _notices() -> dict[int, list[int]]:
    """{certificate: days of its notices, as they were told}"""
    found: dict[int, list[int]] = {}
    for row in Notification.objects.filter(verb__in=ENDS).order_by("id"):
        found.setdefault(row.detail["certificate"], []).append(int(row.key.rsplit(":", 1)[1]))
    return found


def _check(certificate: Certificate, said: list[int], today) -> None:
    assert said == sorted(set(said), reverse=True), "Each once, the farther one first"
    newer = Certificate.objects.filter(member=certificate.member, id__gt=certificate.id, revoked_at=None)
    if certificate.revoked_at or newer.exists():
        return
    left = (certificate.ends_on - today).days
    due = next((each for each in (0, 7, 30) if left <= each), None)
    if due is not None:
        assert certificate.told is not None and certificate.told <= due
    if left < 0:
        assert said[-1:] == [0] and certificate.told == -1
        below = Notification.objects.filter(
            verb="certificate.expired_below", detail__contains={"certificate": certificate.id}
        )
        assert below.count() == 1

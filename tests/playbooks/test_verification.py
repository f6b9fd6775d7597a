"""Verification: who says that it still holds, until when, and who is reminded."""

from datetime import date, timedelta

import pytest

from accounts.actions import set_line
from accounts.models import Activity, Notification, Team
from playbooks.actions import change_playbook, verify
from playbooks.actions.reminders import remind_of_verification, who_verifies
from playbooks.models import Playbook
from playbooks.models.playbook import Trust
from playbooks.permissions import owner_rules
from tests.factories import a_member

from .making import a_draft, a_playbook

pytestmark = pytest.mark.django_db
BEGIN = date(2026, 3, 2)


@pytest.fixture
def playbook(ana, lee, harbour, set_clock) -> Playbook:
    """Published on 2 March 2026; Ana verifies it."""
    set_clock("2026-03-02T10:00")
    made = a_playbook(ana, lee)
    return change_playbook(actor=lee, playbook=made, verifier=ana)


def told(verb: str = "") -> list[tuple[str, str]]:
    rows = Notification.objects.filter(verb__startswith=verb or "playbook.")
    return sorted(rows.values_list("verb", "member__name"))


def on(set_clock, playbook: Playbook, day: date, hour: str = "09:00") -> list[tuple[str, str]]:
    """Who has been told what by the morning of a day."""
    set_clock(f"{day}T{hour}")
    remind_of_verification(playbook.company)
    return told()


def test_it_holds_for_another_interval(client, playbook, ana, set_clock):
    set_clock("2026-05-20T10:00")
    client.force_login(ana.user)
    answer = client.post(f"/playbooks/{playbook.id}/verification/", {"next": "/my-day/"})

    assert (answer.status_code, answer["Location"]) == (302, "/my-day/")
    playbook.refresh_from_db()
    assert (playbook.verified_on, playbook.verified_by) == (date(2026, 5, 20), ana)
    assert playbook.verified_until == date(2026, 8, 18)
    away = client.post(f"/playbooks/{playbook.id}/verification/", {"next": "https://evil.example/"})
    assert away["Location"] == f"/playbooks/{playbook.id}/"


def test_who_may_verify(client, playbook, ana, lee, mo, zed, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    url = f"/playbooks/{playbook.id}/verification/"

    def tries() -> dict[str, int]:
        found = {}
        for member in (ana, ben, lee, mo, zed):
            client.force_login(member.user)
            found[member.name] = client.post(url).status_code
        return found

    assert tries() == {"Ana": 302, "Ben": 403, "Lee": 302, "Mo": 302, "Zed": 404}
    team = Team.objects.create(company=harbour, name="Night shift")
    set_line(actor=None, member=ben, manager=lee, valid_from=date(2026, 1, 1), team=team)
    change_playbook(actor=lee, playbook=playbook, verifier=None, verifier_team=team, owner=lee)
    assert tries() == {"Ana": 403, "Ben": 302, "Lee": 302, "Mo": 302, "Zed": 404}


def test_only_what_is_published_is_verified(client, lee):
    client.force_login(lee.user)
    playbook = a_draft(lee).playbook
    answer = client.post(f"/playbooks/{playbook.id}/verification/")

    assert answer.status_code == 302
    playbook.refresh_from_db()
    assert playbook.verified_until is None


def test_another_verifier_or_interval_leaves_the_date(client, playbook, lee, mo):
    client.force_login(lee.user)
    url = f"/playbooks/{playbook.id}/people/"
    sent = {"owner": "Lee", "verifier": "Mo", "verifier_team": "", "interval_days": 30, "audience": ""}
    assert client.post(url, sent | {"version": playbook.version}).status_code == 302

    until = playbook.verified_until
    playbook.refresh_from_db()
    assert (playbook.verified_until, playbook.verifier, playbook.interval_days) == (until, mo, 30)
    stale = client.post(url, sent | {"version": playbook.version - 1})
    assert (stale.status_code, "Somebody has changed" in stale.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"verifier": "nobody@x.example"}, "verifier"),
        ({"owner": "zed@elsewhere.example"}, "owner"),
        ({"interval_days": "6"}, "interval_days"),
        ({"interval_days": "731"}, "interval_days"),
        ({"audience": "99999999"}, "audience"),
        ({"verifier": "Mo", "verifier_team": "{team}"}, "verifier_team"),
    ],
)
def test_it_names_what_is_wrong(client, playbook, lee, mo, zed, sent, field):
    team = Team.objects.create(company=lee.company, name="Night shift")
    client.force_login(lee.user)
    whole = {
        "owner": "Lee",
        "verifier": "",
        "verifier_team": "",
        "interval_days": "90",
        "audience": "",
    } | sent
    whole = {name: value.format(team=team.id) for name, value in whole.items()}
    answer = client.post(f"/playbooks/{playbook.id}/people/", whole)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_a_rule_of_another_app_is_heeded(client, playbook, lee, mo):
    owner_rules.append(lambda member, _playbook: "In training." if member == mo else "")
    try:
        client.force_login(lee.user)
        sent = {"owner": "Mo", "verifier": "", "verifier_team": "", "interval_days": "90", "audience": ""}
        answer = client.post(f"/playbooks/{playbook.id}/people/", sent)
    finally:
        owner_rules.pop()
    assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, ["In training."])


# --- Reminders ----------------------------------------------------------------------------------------------------


def test_notices_go_out_once_before_on_and_after_the_day(playbook, ana, lee, set_clock):
    until = playbook.verified_until
    assert on(set_clock, playbook, until - timedelta(days=15)) == []
    first = [("playbook.due_soon", "Ana")]
    assert on(set_clock, playbook, until - timedelta(days=14)) == first
    assert on(set_clock, playbook, until - timedelta(days=13)) == first
    second = sorted([*first, ("playbook.due_today", "Ana")])
    assert on(set_clock, playbook, until, "05:00") == first, "it is not morning yet in Berlin"
    assert on(set_clock, playbook, until) == second
    assert on(set_clock, playbook, until + timedelta(days=6)) == second
    third = sorted([*second, ("playbook.expired", "Ana"), ("playbook.expired_below", "Lee")])
    assert on(set_clock, playbook, until + timedelta(days=7)) == third
    # What was read is forgotten in time, and still it is not told again.
    Notification.objects.all().delete()
    assert on(set_clock, playbook, until + timedelta(days=200)) == []

    playbook.refresh_from_db()
    assert playbook.trust(until + timedelta(days=1)) == Trust.EXPIRED
    assert Activity.objects.filter(verb="playbook.expired").count() == 1
    again = verify(actor=ana, playbook=playbook)
    assert again.lapse == ""
    assert on(set_clock, playbook, again.verified_until - timedelta(days=3)) == first


def test_a_year_later_it_is_told_once(playbook, set_clock):
    expected = [("playbook.expired", "Ana"), ("playbook.expired_below", "Lee")]
    for days in (365, 366):
        assert on(set_clock, playbook, BEGIN + timedelta(days=days)) == expected
    assert not Playbook.objects.trusted(BEGIN + timedelta(days=365)).exists()


def test_a_short_interval_is_not_due_at_once(playbook, ana, lee, set_clock):
    change_playbook(actor=lee, playbook=playbook, interval_days=7)
    verify(actor=ana, playbook=playbook)
    assert on(set_clock, playbook, BEGIN + timedelta(days=1)) == []
    assert on(set_clock, playbook, BEGIN + timedelta(days=7)) == [("playbook.due_today", "Ana")]


def test_of_a_team_everybody_is_told(playbook, ana, lee, mo, harbour, set_clock):
    team = Team.objects.create(company=harbour, name="Night shift")
    change_playbook(actor=lee, playbook=playbook, verifier=None, verifier_team=team)
    assert who_verifies(playbook.__class__.objects.get(), BEGIN) == {ana.id}, "an empty team: its owner"
    for name in ("Ben", "Cleo"):
        set_line(
            actor=None, member=a_member(harbour, name), manager=mo, valid_from=date(2026, 1, 1), team=team
        )
    until = playbook.verified_until

    assert on(set_clock, playbook, until - timedelta(days=14)) == [
        ("playbook.due_soon", "Ben"),
        ("playbook.due_soon", "Cleo"),
    ]
    late = on(set_clock, playbook, until + timedelta(days=8))
    assert late[2:] == [
        ("playbook.expired", "Ben"),
        ("playbook.expired", "Cleo"),
        ("playbook.expired_below", "Mo"),
    ]


def test_another_companys_day_does_not_count(playbook, zed, set_clock):
    set_clock(f"{playbook.verified_until}T09:00")
    remind_of_verification(zed.company)
    assert told() == []

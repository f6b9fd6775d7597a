"""A leaver's playbooks are unverified from then on, and somebody hears of it. Who moves is no leaver."""

from datetime import date, timedelta

import pytest

from accounts.actions import deactivate_member, reactivate_member, set_line
from accounts.models import Activity, Notification
from accounts.outbox import react_once
from playbooks.actions import change_playbook, open_draft, send_to_review, verify
from playbooks.models import Playbook
from playbooks.reactions import look_after_leavers
from tests.factories import a_member

from .making import a_playbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook(ana, lee) -> Playbook:
    """Of Ana, verified by Lee."""
    return a_playbook(ana, lee)


def react() -> None:
    while react_once():
        pass


def told(verb: str) -> list[str]:
    return sorted(Notification.objects.filter(verb=verb).values_list("member__name", flat=True))


@pytest.mark.parametrize("as_what", ["owner", "verifier"])
def test_it_is_unverified_when_who_answers_for_it_leaves(playbook, ana, lee, mo, as_what):
    if as_what == "verifier":
        change_playbook(actor=lee, playbook=playbook, owner=lee, verifier=ana)
    deactivate_member(actor=mo, member=ana)
    react()

    playbook.refresh_from_db()
    assert (playbook.verified_until, playbook.lapse) == (None, "member.left")
    assert told("playbook.unverified") == ["Lee"]
    row = Activity.objects.get(verb="playbook.unverified")
    assert row.detail["left"] == ana.id


def test_of_a_leaver_without_a_manager_the_leaders_hear(harbour, mo, lee, ana):
    ben = a_member(harbour, "Ben")
    playbook = a_playbook(ben, lee, "Other")
    deactivate_member(actor=mo, member=ben)
    react()

    assert told("playbook.unverified") == ["Mo"]
    assert Playbook.objects.get(id=playbook.id).verified_until is None


def test_who_verifies_it_then_is_not_undone_by_hearing_of_it_again(playbook, ana, lee, mo):
    deactivate_member(actor=mo, member=ana)
    left = Activity.objects.get(verb="member.left")
    react()
    change_playbook(actor=lee, playbook=playbook, owner=lee)
    verify(actor=lee, playbook=playbook)
    until = Playbook.objects.get().verified_until
    look_after_leavers(ana.company_id, [(ana.id, left.detail | {"activity": left.id})])
    react()

    assert Playbook.objects.get().verified_until == until
    assert told("playbook.unverified") == ["Lee"]


def test_somebody_who_is_back_already_is_no_leaver(playbook, ana, mo):
    deactivate_member(actor=mo, member=ana)
    reactivate_member(actor=mo, member=ana)
    react()
    assert Playbook.objects.get().verified_until is not None


def test_somebody_who_moves_is_no_leaver(playbook, ana, mo):
    today = ana.company.today()
    set_line(actor=mo, member=ana, manager=mo, valid_from=today - timedelta(days=1))
    set_line(actor=mo, member=ana, manager=None, valid_from=date(2026, 1, 1))
    react()
    assert Playbook.objects.get().verified_until is not None
    assert told("playbook.unverified") == []


def test_others_playbooks_stay(playbook, ana, lee, mo, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    deactivate_member(actor=mo, member=ben)
    react()
    assert Playbook.objects.get().verified_until is not None


def test_it_is_not_verified_before_a_new_owner_is_named(client, playbook, ana, lee, mo, key_of):
    sent = send_to_review(actor=ana, draft=open_draft(actor=ana, playbook=playbook), change="editorial")
    deactivate_member(actor=mo, member=ana)
    react()
    client.force_login(lee.user)
    page, url = f"/playbooks/{playbook.id}/", f"/playbooks/{playbook.id}/verification/"
    shown = client.get(page).content.decode()
    assert "Name a new owner" in shown and "It still holds" not in shown
    answer = client.post(url, follow=True)
    assert answer.redirect_chain == [(f"{page}people/", 302)]
    words = "who owns this playbook, has left. Name a new owner first."
    assert words in answer.content.decode()
    api = client.post(f"/api/v1{url}", content_type="application/json", headers=key_of(lee, "write"))
    assert (api.status_code, words in api.content.decode()) == (400, True)
    published = client.post(f"/playbooks/reviews/{sent.id}/publication/", follow=True)
    assert words in published.content.decode()
    assert Playbook.objects.get().verified_until is None

    people = {"owner": "Lee", "verifier": "", "verifier_team": "", "interval_days": "90", "audience": ""}
    assert client.post(f"{page}people/", people).status_code == 302
    assert Playbook.objects.get().verified_until is None, "naming somebody says nothing about the steps"
    assert "It still holds" in client.get(page).content.decode()
    client.post(url)
    assert Playbook.objects.get().verified_until == lee.company.today() + timedelta(days=90)

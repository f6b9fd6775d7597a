"""Readers are asked to read a playbook again after a long time: once, and until they have."""

from datetime import timedelta

import pytest

from accounts.models import Activity, Notification
from accounts.notifications import in_words
from accounts.outbox import react_once
from cs_platform.home.dues import Today, dues
from cs_platform.lib import clock
from playbooks.actions import open_draft, publish, send_to_review
from playbooks.actions.acknowledgements import acknowledge, ask_readers_again
from playbooks.models import Acknowledgement, Playbook
from playbooks.queries.reading import reading
from tests.factories import a_member

from .making import a_playbook

pytestmark = pytest.mark.django_db
OLD = timedelta(days=90)


@pytest.fixture
def playbook(ana, lee, set_clock) -> Playbook:
    set_clock("2026-03-02T10:00")
    return a_playbook(ana, lee)


def told() -> list[str]:
    while react_once():
        pass
    rows = Notification.objects.filter(verb="playbook.readers_asked")
    return sorted(rows.values_list("member__name", flat=True))


def lines(member) -> list[str]:
    return [line.why for line in dues(member, Today.of(member), 9) if line.act == "Read again"]


def test_who_read_it_long_ago_is_asked_once(client, playbook, ana, lee, mo, harbour, set_clock):
    ben, cleo, dan = (a_member(harbour, name, manager=lee) for name in ("Ben", "Cleo", "Dan"))
    version = playbook.versions.get()
    acknowledge(actor=ben, version=version)
    acknowledge(actor=mo, version=version)
    set_clock(clock.now() + timedelta(days=1))
    acknowledge(actor=cleo, version=version)
    set_clock(clock.now() + OLD - timedelta(hours=1))
    url = f"/playbooks/{playbook.id}/asking/"
    client.force_login(dan.user)
    assert client.post(url).status_code == 403
    assert "Ask again" not in client.get(f"/playbooks/{playbook.id}/").content.decode()

    client.force_login(ana.user)
    page = client.get(f"/playbooks/{playbook.id}/").content.decode()
    assert "2 people read it more than 90 days ago" in page and "Ask again" in page
    for _twice in range(2):
        assert client.post(url).status_code == 302
    assert told() == ["Ben", "Mo"]
    assert Activity.objects.get(verb="playbook.readers_asked").detail["n"] == 2
    assert "Readers were asked again" in client.get(f"/playbooks/{playbook.id}/").content.decode()
    (line,) = in_words(ben, Notification.objects.filter(member=ben))
    assert "asks you to read a playbook again" in line.words.title
    expected = ["you read it long ago and are asked again"]
    assert [lines(each) for each in (ben, mo, cleo, dan)] == [expected, expected, [], []]
    client.force_login(ben.user)
    assert (
        "Read it again, so that you still know it."
        in client.get(f"/playbooks/{playbook.id}/").content.decode()
    )

    set_clock(clock.now() + timedelta(days=1))
    for _twice in range(2):
        client.post(f"/playbooks/{playbook.id}/acknowledgement/", {"version": 1})
    assert lines(ben) == [] and not reading(ben, Playbook.objects.get()).is_asked
    said = Acknowledgement.objects.get(member=ben)
    assert said.acknowledged_at == clock.now()
    assert Activity.objects.filter(verb="playbook.acknowledged", actor=ben).count() == 2
    # A second asking, once the first has run out, reaches who has not answered, and who has grown old meanwhile.
    set_clock(clock.now() + OLD - timedelta(days=2))
    assert reading(ana, Playbook.objects.get()).to_ask == 0
    set_clock(clock.now() + timedelta(days=1))
    client.force_login(ana.user)
    client.post(url)
    assert told() == ["Ben", "Cleo", "Mo", "Mo"]


def test_who_knows_only_what_it_was_before_it_changed_is_asked_again(playbook, ana, lee, harbour, set_clock):
    ben = a_member(harbour, "Ben", manager=lee)
    for reader in (ben, ana):
        acknowledge(actor=reader, version=playbook.versions.get())
    draft = open_draft(actor=ana, playbook=playbook)
    publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change="material"))
    set_clock(clock.now() + OLD + timedelta(days=1))
    assert lines(ben) == [], "nobody is reminded for ever"
    assert reading(lee, playbook).to_ask == 1, "Ana wrote it"
    ask_readers_again(actor=lee, playbook=playbook)
    assert told() == ["Ben"]
    assert lines(ben) == ["it has changed since you read it"]
    acknowledge(actor=ben, version=playbook.versions.get(number=2))
    assert lines(ben) == []

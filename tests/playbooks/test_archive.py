"""A playbook is put away and brought back; what was done with it stays readable."""

import pytest
from django.contrib.messages import get_messages

from accounts.models import Activity, Team
from cs_platform.lib.undo import undo_url
from playbooks.actions import archive_playbook, archive_scenario
from playbooks.actions.runs import start_run
from playbooks.models import Playbook
from playbooks.queries.lists import readable
from tests.factories import a_member

from .making import a_playbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook(ana, lee) -> Playbook:
    return a_playbook(ana, lee)


def messages(answer) -> list:
    return list(get_messages(answer.wsgi_request))


def test_it_is_put_away_and_undone(client, playbook, ana, lee):
    client.force_login(lee.user)
    assert "Nothing is archived" in client.get("/playbooks/archived/").content.decode()
    put_away = client.post(f"/playbooks/{playbook.id}/archiving/")
    undo = undo_url(messages(put_away)[-1].extra_tags)
    assert undo == f"/playbooks/{playbook.id}/restoration/"
    assert not readable(ana).exists()

    assert "Duplicate charge" in client.get("/playbooks/archived/").content.decode()
    shown = client.get(f"/playbooks/{playbook.id}/").content.decode()
    assert "nobody starts it any more" in shown and "Bring back" in shown
    for gone in ("Run it", "This is wrong", "I have read it", ">Change<", f"/playbooks/{playbook.id}/draft/"):
        assert gone not in shown
    client.force_login(ana.user)
    assert "Bring back" not in client.get(f"/playbooks/{playbook.id}/").content.decode()
    assert client.post(undo).status_code == 403
    for gone in ("draft/", "versions/", "playbook.md"):
        assert client.get(f"/playbooks/{playbook.id}/{gone}").status_code == 404
    for gone in ("runs/", "flags/"):
        assert client.post(f"/playbooks/{playbook.id}/{gone}", {"step": "find"}).status_code == 404

    client.force_login(lee.user)
    for _twice in range(2):
        assert client.post(undo)["Location"] == f"/playbooks/{playbook.id}/"
    back = readable(ana).get()
    assert back.verified_until == playbook.verified_until
    assert Activity.objects.filter(verb="playbook.restored").count() == 1


def test_its_runs_stay_readable_by_whom_they_were(client, playbook, ana, lee, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    run = start_run(actor=ana, version=playbook.versions.get())
    archive_playbook(actor=lee, playbook=playbook)
    client.force_login(ben.user)
    shown = client.get(f"/playbooks/runs/{run.id}/")
    assert shown.status_code == 200
    assert client.post(f"/playbooks/runs/{run.id}/step/", {"moves": run.moves}).status_code == 302

    night = Team.objects.create(company=harbour, name="Night shift")
    Playbook.objects.filter(id=playbook.id).update(audience=night)
    for page in (f"/playbooks/runs/{run.id}/", f"/playbooks/{playbook.id}/"):
        assert client.get(page).status_code == 404


def test_it_is_not_brought_back_beside_another_of_its_title_or_without_its_scenario(
    client, playbook, ana, lee
):
    archive_playbook(actor=lee, playbook=playbook)
    other = a_playbook(ana, lee, scenario=playbook.scenario)
    client.force_login(lee.user)
    url = f"/playbooks/{playbook.id}/restoration/"

    def refused() -> str:
        answer = client.post(url)
        assert answer["Location"] == "/playbooks/archived/"
        assert Playbook.objects.get(id=playbook.id).archived_at is not None
        return str(messages(answer)[-1])

    assert refused() == "There is a playbook of this title already."
    archive_playbook(actor=lee, playbook=other)
    archive_scenario(actor=lee, scenario=playbook.scenario)
    assert refused() == "Its scenario is archived. Bring that one back first."

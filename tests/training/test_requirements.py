"""What roles are to know: a matrix whose cells save at once, and who lacks what."""

import pytest
from django.urls import reverse

from accounts.actions import set_line
from accounts.models import Activity, Team
from tests.factories import a_member
from tests.playbooks.making import a_playbook
from training.actions.requirements import require
from training.models import Requirement
from training.queries.requirements import matrix

from .making import a_process, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db
PAGE = reverse("training:requirements")
HTMX = {"HX-Request": "true"}


def cell(playbook, role="rep", team="") -> str:
    return f"{PAGE}?role={role}&playbook={playbook.id}&team={team}"


def test_it_says_what_to_do_while_there_is_no_playbook(client, lee, ana):
    client.force_login(lee.user)
    assert "There is no playbook yet" in client.get(PAGE).content.decode()
    client.force_login(ana.user)
    assert client.get(PAGE).status_code == 403


def test_a_cell_saves_and_can_be_taken_back(client, lee, mo, ana):
    playbook = a_playbook(lee, mo)
    client.force_login(lee.user)

    page = client.post(cell(playbook), {"level": "independent"}, follow=True)
    assert Requirement.objects.get().level == "independent"
    assert "role=rep&amp;team=&amp;playbook" in page.content.decode()
    part = client.post(cell(playbook), {"level": "coach"}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    assert "1 of 1" in part
    assert "level=independent" in part
    # The button sends no field: all stands in its address.
    client.post(f"{cell(playbook)}&level=independent")
    assert Requirement.objects.get().level == "independent"
    client.post(cell(playbook), {"level": ""})
    assert not Requirement.objects.exists()
    assert Activity.objects.filter(verb="requirement.set").count() == 3


def test_it_refuses_what_is_not_there(client, lee, mo, zed, ana):
    playbook = a_playbook(lee, mo)
    client.force_login(lee.user)
    for url, level in (
        (cell(playbook, "king"), "coach"),
        (cell(playbook), "wizard"),
        (f"{PAGE}?role=rep&playbook=x", "coach"),
        (cell(playbook, team="99999999999999"), "coach"),
        (PAGE, "coach"),
    ):
        assert client.post(url, {"level": level}).status_code == 422
    client.force_login(zed.user)
    assert client.post(cell(playbook), {"level": "coach"}).status_code == 422
    client.force_login(ana.user)
    assert client.post(cell(playbook), {"level": "coach"}).status_code == 403
    assert not Requirement.objects.exists()


def test_a_team_comes_before_any_team(client, lee, mo, ana, harbour):
    playbook = a_playbook(lee, mo)
    team = Team.objects.create(company=harbour, name="Night shift")
    ben = a_member(harbour, "Ben", manager=lee)
    set_line(actor=mo, member=ben, manager=lee, team=team, valid_from=harbour.today())
    require(actor=mo, role="rep", playbook=playbook, level="aware")
    require(actor=mo, role="rep", playbook=playbook, level="coach", team=team)

    lacks = {each.requirement.level: [person.name for person in each.names] for each in matrix(mo).lacks}

    assert lacks == {"aware": ["Ana"], "coach": ["Ben"]}
    client.force_login(mo.user)
    assert client.get(f"{PAGE}?team={team.id}").status_code == 200
    assert client.get(f"{PAGE}?team=9999").status_code == 404


def test_whoever_is_certified_lacks_nothing_until_more_is_asked(lee, mo, ana, harbour):
    playbook = a_process(lee, mo)
    other = a_member(harbour, "Olga", "manager", manager=mo)
    a_member(harbour, "Pia", manager=other)
    enrolment = an_enrolment(lee, ana)
    for item in items_of(enrolment):
        passed(enrolment, item, lee)

    # Lee reads of the own people only.
    assert [(each.people, each.lacking) for each in matrix(lee).lacks] == [(1, 0)]
    assert [(each.people, each.lacking) for each in matrix(mo).lacks] == [(2, 1)]
    require(actor=mo, role="rep", playbook=playbook, level="coach")
    assert [(each.people, each.lacking) for each in matrix(lee).lacks] == [(1, 1)]

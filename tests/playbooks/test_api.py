"""The API of playbooks: reading for all who may read, setting up for managers, everything once."""

import pytest

from accounts.actions import set_line
from accounts.models import Activity, Team
from playbooks.actions import change_playbook, map_category, open_draft, publish, send_to_review
from playbooks.models import Flag, Playbook, Scenario, ScenarioCategory
from tests.api.conftest import call, problem  # noqa: F401 - a fixture
from tests.factories import a_category, a_member

from .making import a_draft, a_playbook, a_scenario

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook(ana, lee) -> Playbook:
    return a_playbook(ana, lee)


def test_it_reads_playbooks_with_steps(call, playbook, ana, lee):  # noqa: F811
    a_draft(lee, "Not yet")
    listed = call("get", "playbooks/").json()["results"]
    assert {row["title"]: (row["trust"], row["published_number"]) for row in listed} == {
        "Duplicate charge": ("verified", 1),
        "Not yet": (None, None),
    }
    one = call("get", f"playbooks/{playbook.id}/")
    assert (one["ETag"], one.json()["owner_email"]) == (f'"{playbook.version}"', ana.email)
    steps = {step["key"]: step for step in one.json()["steps"]}
    assert [way["label"] for way in steps["both"]["exits"]] == ["Yes, both settled", "No, one is pending"]
    assert steps["say"]["say"] == "I can see two payments."


def test_it_reads_versions_but_no_draft(call, playbook, ana, lee, zed):  # noqa: F811
    draft = open_draft(actor=ana, playbook=playbook)
    second = publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change="editorial"))
    third = open_draft(actor=ana, playbook=playbook)

    found = call("get", f"playbook-versions/?playbook={playbook.id}").json()["results"]
    assert {row["number"]: row["state"] for row in found} == {1: "superseded", 2: "published"}
    assert len(call("get", f"playbook-versions/{second.id}/").json()["steps"]) == 7
    problem(call("get", f"playbook-versions/{third.id}/"), 404)
    problem(call("get", f"playbook-versions/{second.id}/", by=zed), 404)
    problem(call("get", "playbook-versions/?playbook=x"), 400, "playbook")


def test_it_keeps_what_is_for_one_team(call, playbook, ana, lee, harbour):  # noqa: F811
    team = Team.objects.create(company=harbour, name="Night shift")
    ben = a_member(harbour, "Ben", manager=lee)
    change_playbook(actor=lee, playbook=playbook, audience=team)
    assert call("get", "playbooks/", by=ben).json()["results"] == []
    problem(call("get", f"playbooks/{playbook.id}/", by=ben), 404)
    problem(call("post", f"playbooks/{playbook.id}/flags/", {"step": "find"}, by=ben), 404)

    set_line(actor=None, member=ben, manager=lee, team=team, valid_from=harbour.today())
    assert call("get", f"playbooks/{playbook.id}/", by=ben).status_code == 200


def test_it_adds_and_changes_a_scenario(call, lee, ana, harbour):  # noqa: F811
    Team.objects.create(company=harbour, name="Billing")
    body = {"name": "Refund", "team": "Billing", "senior_email": ana.email}
    first = call("post", "scenarios/", body, by=lee, idempotency_key="k")
    again = call("post", "scenarios/", body, by=lee, idempotency_key="k")
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    scenario = Scenario.objects.get()

    path = f"scenarios/{scenario.id}/"
    assert call("patch", path, {"name": "Refunds", "version": 1}, by=lee).json()["name"] == "Refunds"
    problem(call("patch", path, {"name": "x", "version": 1}, by=lee), 409)
    problem(call("patch", path, {"name": "x"}, by=lee, if_match='"1"'), 412)
    assert call("patch", path, {"is_archived": True}, by=lee).json()["archived_at"]
    assert call("patch", path, {"is_archived": False}, by=lee).json()["archived_at"] is None
    problem(call("patch", path, {"name": "x"}), 403)
    problem(call("post", "scenarios/", {"name": "y"}), 403)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Taken"}, "name"),
        ({"name": "x", "team": "Nobody's"}, "team"),
        ({"name": "x", "senior_email": "zed@elsewhere.example"}, "senior_email"),
    ],
)
def test_it_names_what_is_wrong_with_a_scenario(call, lee, zed, body, field):  # noqa: F811
    a_scenario(lee, "Taken")
    problem(call("post", "scenarios/", body, by=lee), 400, field)
    assert Scenario.objects.count() == 1


def test_it_maps_and_takes_away(call, lee, ana, zed):  # noqa: F811
    scenario, category = a_scenario(lee, "Refund"), a_category(lee.company, "Billing")
    body = {"scenario": "Refund", "category": "Billing", "channel": "chat"}
    made = call("post", "scenario-mappings/", body, by=lee)
    assert made.json() == {
        "id": ScenarioCategory.objects.get().id,
        "scenario": "Refund",
        "category": "Billing",
        "channel": "Chat",
    }
    problem(call("post", "scenario-mappings/", body), 403)
    problem(call("post", "scenario-mappings/", body | {"category": "Nothing"}, by=lee), 400, "category")
    problem(call("post", "scenario-mappings/", body | {"channel": "owl"}, by=lee), 400, "channel")
    path = f"scenario-mappings/{made.json()['id']}/"
    problem(call("delete", path, by=ana), 403)
    problem(call("delete", path, by=zed), 404)
    assert call("delete", path, by=lee).status_code == 204
    assert map_category(actor=lee, scenario=scenario, category=category).id
    assert Activity.objects.filter(verb="scenario.unmapped").count() == 1


def test_it_verifies_and_changes_who_answers(call, playbook, ana, lee, mo):  # noqa: F811
    path = f"playbooks/{playbook.id}/"
    problem(call("post", f"{path}verification/", {}), 403)
    changed = call("patch", path, {"verifier_email": ana.email, "interval_days": 30}, by=lee)
    assert changed.json()["verified_until"] == str(playbook.verified_until)
    assert call("post", f"{path}verification/", {}).status_code == 201
    assert (Playbook.objects.get().verified_by, Playbook.objects.get().interval_days) == (ana, 30)

    problem(call("patch", path, {"interval_days": 30}), 403)
    problem(call("patch", path, {"interval_days": 6}, by=lee), 400, "interval_days")
    problem(call("patch", path, {"title": "x", "version": 1}, by=lee), 409)
    draft = a_draft(lee, "Not yet").playbook
    assert call("post", f"playbooks/{draft.id}/verification/", {}, by=lee).status_code in (400, 409)


def test_a_title_that_is_taken_is_refused(call, playbook, lee):  # noqa: F811
    other = a_draft(lee, "Other").playbook
    answer = call("patch", f"playbooks/{other.id}/", {"title": playbook.title}, by=lee)
    assert answer.status_code in (400, 409), answer.content


def test_it_flags_a_step_once(call, playbook, ana, zed):  # noqa: F811
    path = f"playbooks/{playbook.id}/flags/"
    for _ in range(2):
        assert call("post", path, {"step": "find", "text": "It is in the bank now"}).status_code == 201
    flag = Flag.objects.get()
    assert (flag.step_key, flag.author, flag.text) == ("find", ana, "It is in the bank now")
    assert Activity.objects.filter(verb="playbook.flagged").count() == 1
    problem(call("post", path, {"step": "nowhere"}), 400, "step")
    problem(call("post", path, {"step": "find", "text": "x" * 100_001}), 400, "text")
    problem(call("post", path, {"step": "find"}, by=zed), 404)

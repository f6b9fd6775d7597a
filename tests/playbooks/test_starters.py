"""The templates: each can be published as it is."""

import pytest
from django.urls import reverse

from playbooks.graph import Kind, problems
from playbooks.models import Playbook, Scenario
from playbooks.queries.graphs import graph_of
from playbooks.starters import TITLES, starters

from .making import a_scenario


@pytest.mark.parametrize("name", TITLES)
def test_it_has_no_problem(name):
    starter = starters()[name]
    kinds = [node.kind for node in starter.graph.nodes]

    assert problems(starter.graph) == []
    assert 8 <= len(starter.graph) <= 15
    assert Kind.DECISION in kinds
    assert {Kind.SCRIPT, Kind.CHECK} & set(kinds)
    assert any(node.say for node in starter.graph.nodes)
    assert starter.about and str(starter.title)
    assert max(len(node.title) for node in starter.graph.nodes) <= 70


def test_there_are_twenty_and_no_file_is_forgotten():
    assert len(TITLES) == 20


@pytest.mark.django_db
def test_it_begins_a_draft_from_a_template(client, lee):
    client.force_login(lee.user)
    page = client.get(reverse("playbooks:new"), {"template": "refund"})
    assert b"Make the refund" in page.content

    answer = client.post(
        reverse("playbooks:new"), {"template": "refund", "new_scenario": "Money back", "title": ""}
    )

    playbook = Playbook.objects.get(title="Money back")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("playbooks:draft", args=[playbook.id])
    assert graph_of(playbook.versions.get()) == starters()["refund"].graph


@pytest.mark.django_db
def test_it_says_what_is_missing_and_keeps_what_was_written(client, lee, ana):
    scenario = a_scenario(lee)
    client.force_login(lee.user)
    nothing = client.post(reverse("playbooks:new"), {"title": "Kept"})
    both = client.post(reverse("playbooks:new"), {"scenario": scenario.id, "new_scenario": "x"})
    taken = client.post(reverse("playbooks:new"), {"new_scenario": scenario.name})
    wrong = client.post(reverse("playbooks:new"), {"scenario": scenario.id, "template": "../x"})

    assert [answer.status_code for answer in (nothing, both, taken, wrong)] == [422] * 4
    assert b"Kept" in nothing.content
    client.force_login(ana.user)  # a rep chooses a scenario, and makes none
    assert client.post(reverse("playbooks:new"), {"new_scenario": "Mine"}).status_code == 422
    assert client.post(reverse("playbooks:new"), {"scenario": scenario.id}).status_code == 302
    assert list(Scenario.objects.values_list("name", flat=True)) == [scenario.name]

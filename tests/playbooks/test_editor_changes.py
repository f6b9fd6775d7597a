"""What differs between two versions, word by word, and the list of versions."""

from dataclasses import replace

import pytest
from django.urls import reverse

from playbooks.actions import open_draft, save_graph
from playbooks.graph import Way
from playbooks.queries.changes import changes, pieces

from .making import a_graph, a_playbook


def told(old: str, new: str) -> str:
    marks = {"gone": "[-{}-]", "new": "[+{}+]", "": "{}"}
    return "".join(marks[each.state].format(each.text) for each in pieces(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Only a booked one left", "Only a settled one left", "Only a [-booked-][+settled+] one left"),
        ("", "New text", "[+New text+]"),
        ("Gone", "", "[-Gone-]"),
        ("Same", "Same", "Same"),
    ],
)
def test_it_marks_words(old, new, words):
    assert told(old, new) == words


def test_it_puts_both_texts_together_again_however_long_and_odd_they_are():
    old = "a b c\n" * 900
    new = "a b d\n" * 800 + "<b>\u202e"
    found = pieces(old, new)

    assert "".join(each.text for each in found if each.state != "new") == old
    assert "".join(each.text for each in found if each.state != "gone") == new


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "suggestion"),
    [
        (lambda graph: graph.change(replace(graph["find"], title="Find them")), "editorial"),
        (lambda graph: graph.move("say", 0), "editorial"),
        (lambda graph: graph.change(replace(graph["find"], is_required=False)), "material"),
        (lambda graph: graph.change(replace(graph["find"], exits=(Way(to="end"),))), "material"),
        (lambda graph: graph.remove("say"), "material"),
    ],
)
def test_it_suggests_what_kind_of_change_it_is(change, suggestion):
    assert changes(a_graph(), change(a_graph())).suggestion == suggestion


@pytest.mark.django_db
def test_it_compares_two_versions(client, ana, lee, zed):
    playbook = a_playbook(ana, lee)
    draft = open_draft(actor=ana, playbook=playbook)
    graph = a_graph().change(replace(a_graph()["say"], say="I can see both payments."))
    save_graph(actor=ana, draft=draft, graph=graph.remove("void"))
    address = reverse("playbooks:compare", args=[playbook.id, 1, 2])
    client.force_login(ana.user)

    page = client.get(address).content.decode()

    assert "<del>two</del>" in page and "<ins>both</ins>" in page
    assert "Void the pending payment" in page
    assert client.get(reverse("playbooks:compare", args=[playbook.id, 1, 9])).status_code == 404
    client.force_login(zed.user)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_it_lists_versions_with_who_when_and_why(client, ana, lee):
    playbook = a_playbook(ana, lee)
    open_draft(actor=ana, playbook=playbook)
    client.force_login(ana.user)

    page = client.get(reverse("playbooks:versions", args=[playbook.id])).content.decode()

    assert "Superseded" not in page and "Published" in page and "Draft" in page
    assert "Lee" in page and "First" in page
    assert reverse("playbooks:compare", args=[playbook.id, 1, 2]) in page

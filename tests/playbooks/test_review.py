"""Review: what waits, who reads it with its changes, and what becomes of it."""

from dataclasses import replace

import pytest

from accounts.models import Activity, Notification
from accounts.notifications import in_words
from accounts.outbox import react_once
from playbooks.actions import open_draft, save_graph, send_to_review
from playbooks.actions.flags import flag_step
from playbooks.graph import Kind, Node, Way
from playbooks.models import Flag, Version
from playbooks.queries.graphs import graph_of
from playbooks.queries.reviews import review_page, waiting
from tests.factories import a_member

from .making import a_draft, a_playbook

pytestmark = pytest.mark.django_db
URL = "/playbooks/reviews/"


@pytest.fixture
def sent(ana, lee) -> Version:
    return send_to_review(actor=ana, draft=a_draft(ana), change="material", summary="New", reviewer=lee)


def test_it_waits_for_who_was_asked(client, sent, ana, lee, mo, zed, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    found = {
        member.name: [(row.is_asked, row.may_answer) for row in waiting(member, "all")]
        for member in (ana, lee, mo, ben, zed)
    }
    assert found == {
        "Ana": [(False, False)],
        "Lee": [(True, True)],
        "Mo": [(False, True)],
        "Ben": [],
        "Zed": [],
    }
    assert waiting(ana, "mine") == []

    client.force_login(lee.user)
    assert "Duplicate charge" in client.get(URL).content.decode()
    client.force_login(ana.user)
    assert "Nothing waits for a review" in client.get(URL).content.decode()
    assert "Duplicate charge" in client.get(f"{URL}?whose=all").content.decode()


def test_a_reviewer_reads_what_changed(client, ana, lee):
    playbook = a_playbook(ana, lee)
    draft = open_draft(actor=ana, playbook=playbook)
    graph = graph_of(draft).change(
        Node("find", Kind.ACTION, "Find both payments", "In the bank.", exits=(Way(to="say"),))
    )
    save_graph(
        actor=ana,
        draft=draft,
        graph=graph.remove("void").change(Node("both", Kind.ACTION, "Look", exits=(Way(to="refund"),))),
    )
    sent = send_to_review(actor=ana, draft=draft, change="material")

    page = review_page(lee, sent)
    assert (len(page.changes.changed), len(page.changes.new), len(page.changes.removed)) == (2, 0, 1)
    client.force_login(lee.user)
    shown = client.get(f"{URL}{sent.id}/").content.decode()
    for words in (
        "Version 2, in review",
        "2 changed, 0 new, 1 removed",
        "<del>",
        "Void the pending payment",
        "Approve and publish",
    ):
        assert words in shown
    client.force_login(ana.user)
    shown = client.get(f"{URL}{sent.id}/").content.decode()
    assert "Approve and publish" not in shown
    assert "You wrote on this version" in shown


def test_a_second_person_publishes(client, sent, ana, lee):
    client.force_login(ana.user)
    assert client.post(f"{URL}{sent.id}/publication/").status_code == 403
    client.force_login(lee.user)
    answer = client.post(f"{URL}{sent.id}/publication/")

    assert (answer.status_code, answer["Location"]) == (302, f"/playbooks/{sent.playbook_id}/")
    sent.refresh_from_db()
    assert (sent.state, sent.approver) == ("published", lee)
    assert client.post(f"{URL}{sent.id}/publication/").status_code == 404
    assert client.get(f"{URL}{sent.id}/")["Location"] == f"/playbooks/{sent.playbook_id}/"


def test_it_is_sent_back_with_words(client, sent, lee):
    client.force_login(lee.user)
    for nothing in ("", "  ", "x" * 5001, "a\0b"):
        answer = client.post(f"{URL}{sent.id}/sending-back/", {"answer": nothing})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["answer"])
    assert client.post(f"{URL}{sent.id}/sending-back/", {"answer": "Name the amount"}).status_code == 302

    sent.refresh_from_db()
    assert (sent.state, sent.answer) == ("draft", "Name the amount")
    assert client.get(f"{URL}{sent.id}/").status_code == 403, "a draft is for those who write it"


def test_others_do_not_find_it(client, sent, harbour, lee, zed):
    for member in (a_member(harbour, "Ben", manager=lee), zed):
        client.force_login(member.user)
        assert client.get(f"{URL}{sent.id}/").status_code == 404
        assert client.post(f"{URL}{sent.id}/publication/").status_code == 404


def test_a_new_version_answers_flags(client, ana, lee, mo, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    playbook = a_playbook(ana, lee)
    first = playbook.versions.get()
    said = {
        step: flag_step(actor=ben, version=first, step=step, text=f"Not {step}")
        for step in ("find", "say", "void")
    }
    draft = open_draft(actor=ana, playbook=playbook)
    graph = graph_of(draft)
    changed = replace(graph["find"], body="In the bank.")
    both = replace(graph["both"], kind=Kind.ACTION, exits=(Way(to="refund"),))
    save_graph(actor=ana, draft=draft, graph=graph.change(changed).remove("void").change(both))
    sent = send_to_review(actor=ana, draft=draft, change="material")

    assert [(each.step, each.is_changed) for each in review_page(lee, sent).flags] == [
        ("Find both payments", True),
        ("Say what you see", False),
        ("Void the pending payment", True),
    ]
    client.force_login(lee.user)
    shown = client.get(f"{URL}{sent.id}/").content.decode()
    for step, is_ticked in (("find", True), ("say", False), ("void", True)):
        assert (f'value="{said[step].id}" checked' in " ".join(shown.split())) == is_ticked
    ticked = [said["find"].id, said["void"].id, "x", "9" * 40, 10**17]
    client.post(f"{URL}{sent.id}/publication/", {"flags": ticked})

    rows = {
        flag.step_key: (flag.answer, flag.answered_by) for flag in Flag.objects.select_related("answered_by")
    }
    answered = ("Version 2 answers this.", lee)
    assert rows == {"find": answered, "void": answered, "say": ("", None)}
    by = Activity.objects.filter(verb="playbook.flag_answered").values_list("detail__by", flat=True)
    assert list(by) == [2, 2]
    for _twice in range(2):
        while react_once():
            pass
    told = list(Notification.objects.filter(verb="playbook.flag_answered").order_by("id"))
    assert [row.member for row in told] == [ben, ben]
    words = in_words(ben, told)[0].words
    assert words.title.endswith("answered what you said of a step")
    assert words.about == "Duplicate charge: Version 2 answers this."

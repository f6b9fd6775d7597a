"""One small POST for each edit, and nothing that was written gets lost."""

import json

import pytest

from accounts.actions import save_draft
from accounts.models import Member, Team
from playbooks.actions import open_draft, save_graph
from playbooks.graph import Way
from playbooks.queries.graphs import graph_of

from .editing import form_of, page_of, url
from .making import a_graph, a_playbook

pytestmark = pytest.mark.django_db


def test_it_saves_the_open_step(at_desk, draft):
    sent = form_of(draft, "find", title="Find them", body="First line\r\nSecond", is_required="")
    sent.pop("find-is_required")

    answer = at_desk.post(url(draft, "step", "find"), sent)

    assert answer.status_code == 302 and answer["location"].endswith("?step=find#open")
    saved = graph_of(draft)["find"]
    assert (saved.title, saved.body, saved.is_required) == ("Find them", "First line\nSecond", False)
    assert saved.exits == a_graph()["find"].exits


def test_it_counts_no_edit_where_nothing_changed(at_desk, draft):
    at_desk.post(url(draft, "step", "say"), form_of(draft, "say"))

    before = draft.edits
    draft.refresh_from_db()
    assert draft.edits == before


def test_it_adds_a_step_on_the_way_and_keeps_what_was_written(at_desk, draft):
    sent = form_of(draft, "find", title="Find them") | {"after": "find"}

    at_desk.post(url(draft, "steps"), sent)

    graph = graph_of(draft)
    new = graph.nodes[2]
    assert graph["find"].title == "Find them"
    assert graph["find"].exits == (Way(to=new.key),)
    assert (new.title, new.exits) == ("", (Way(to="say"),))


def test_it_branches_to_a_step_that_it_makes(at_desk, draft):
    sent = form_of(draft, "both") | {"both-exit-2-label": "Bank shows one", "both-exit-2-to": "new step"}

    at_desk.post(url(draft, "step", "both"), sent)

    graph = graph_of(draft)
    assert graph["both"].exits[2].label == "Bank shows one"
    assert graph.number(graph["both"].exits[2].to) == graph.number("both") + 1


def test_it_adds_and_removes_exits(at_desk, draft):
    at_desk.post(url(draft, "step_exits", "both"), form_of(draft, "both"))
    assert graph_of(draft)["both"].exits[2] == Way()
    page = at_desk.get(page_of(draft, "both")).content.decode()
    assert "This exit leads nowhere" in page

    at_desk.post(url(draft, "step_exit_removal", "both", 2), form_of(draft, "both"))
    assert graph_of(draft)["both"].exits == a_graph()["both"].exits


def test_it_moves_a_step_and_where_it_leads_stays(at_desk, draft):
    at_desk.post(url(draft, "step_position", "say"), {"by": "up"})
    assert [node.key for node in graph_of(draft).nodes][:3] == ["s", "say", "find"]

    at_desk.post(url(draft, "step_position", "s"), {"by": "up"})
    assert graph_of(draft).nodes[0].key == "s"
    assert graph_of(draft)["find"].exits == (Way(to="say"),)


def test_it_brings_back_what_was_removed(at_desk, draft):
    at_desk.post(url(draft, "step_removal", "say"), {})
    assert "say" not in graph_of(draft)
    assert graph_of(draft)["find"].exits == (Way(),)
    assert "Bring back" in at_desk.get(page_of(draft)).content.decode()

    at_desk.post(url(draft, "step_return", "say"), {})
    assert graph_of(draft) == a_graph()
    assert "Bring back" not in at_desk.get(page_of(draft)).content.decode()


def test_it_brings_back_what_somebody_else_removed_from_the_version_in_use(at_desk, ana, lee):
    draft = open_draft(actor=ana, playbook=a_playbook(ana, lee))
    save_graph(actor=lee, draft=draft, graph=a_graph().remove("refund"))

    at_desk.post(url(draft, "step_return", "refund"), {})

    assert graph_of(draft) == a_graph()


def test_it_takes_no_kept_step_apart_that_was_tampered_with(at_desk, draft, zed):
    team = Team.objects.create(company=zed.company, name="Theirs")
    ana = Member.objects.get(name="Ana")
    for text in ("[]", "nonsense", '[{"node": 1}]', "[[]]"):
        save_draft(actor=ana, place=f"playbook:{draft.id}:removed", content={"steps": text})
        assert at_desk.get(page_of(draft)).status_code == 200
    node = {"key": "x", "kind": "action", "title": "X", "body": "", "say": "", "is_required": True}
    kept = json.dumps([{"node": node | {"team": team.id, "exits": []}, "at": 0, "leads": []}])
    save_draft(actor=ana, place=f"playbook:{draft.id}:removed", content={"steps": kept})

    at_desk.post(url(draft, "step_return", "x"), {})

    assert graph_of(draft)["x"].team is None


def test_it_answers_a_pause_with_the_parts_only(at_desk, draft):
    headers = {"HX-Request": "true"}
    sent = form_of(draft, "find", title="Find them")

    answer = at_desk.post(url(draft, "step", "find") + "?quiet=1", sent, headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 200 and answer["HX-Reswap"] == "none"
    assert 'name="find-title"' not in page
    assert 'id="pb-saved"' in page and 'id="pb-flow"' in page
    draft.refresh_from_db()
    assert f'name="edits"\n         value="{draft.edits}"' in page


def test_it_says_where_the_focus_goes(at_desk, draft):
    answer = at_desk.post(url(draft, "steps"), {"after": "find"}, headers={"HX-Request": "true"})

    key = graph_of(draft).nodes[2].key
    assert f'data-focus="title-{key}"' in answer.content.decode()
    assert answer["HX-Replace-Url"].endswith(f"?step={key}")


def test_it_leads_back_who_had_to_sign_in_in_the_middle(at_desk, draft):
    answer = at_desk.get(url(draft, "step", "find"))

    assert answer.status_code == 302 and "step=find" in answer["location"]

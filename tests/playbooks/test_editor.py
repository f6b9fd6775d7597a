"""The page of the editor: what is edited, what is in use, what is wrong."""

import pytest
from django.urls import reverse

from playbooks.actions import open_draft, save_graph
from playbooks.graph import Graph, Kind, Node, Way

from .editing import page_of, url
from .making import a_graph, a_playbook

pytestmark = pytest.mark.django_db


def test_it_shows_what_is_edited_what_is_in_use_and_what_is_wrong(at_desk, ana, lee):
    playbook = a_playbook(ana, lee)
    draft = open_draft(actor=ana, playbook=playbook)
    save_graph(actor=ana, draft=draft, graph=a_graph().remove("void"))

    page = at_desk.get(page_of(draft)).content.decode()

    assert "Version 2, draft" in page
    assert "Version 1, verified to" in page
    assert "1 problem" in page and "step=both#open" in page
    assert "Solve the problem in step 4 first" in page
    assert "0 new, 1 removed" in page
    assert "Bring back" in page


def test_it_opens_a_step_as_a_form(at_desk, draft):
    page = at_desk.get(page_of(draft, "both")).content.decode()

    assert 'name="both-title"' in page
    assert 'value="Yes, both settled"' in page
    assert '<option value="refund" selected>5 Refund the second payment</option>' in page
    assert "Add an exit" in page


def test_it_says_when_there_is_no_draft_and_begins_one(at_desk, ana, lee):
    playbook = a_playbook(ana, lee)
    address = reverse("playbooks:draft", args=[playbook.id])

    assert "Begin a draft" in at_desk.get(address).content.decode()
    assert at_desk.post(address).status_code == 302
    assert playbook.versions.get(number=2).state == "draft"


def test_it_is_not_there_for_another_company(client, draft, zed):
    client.force_login(zed.user)

    assert client.get(page_of(draft)).status_code == 404
    assert client.post(url(draft, "steps"), {"after": "find"}).status_code == 404


def test_it_asks_no_more_for_more_steps(at_desk, ana, draft, django_assert_max_num_queries):
    nodes = [Node(f"n{at}", Kind.ACTION, f"Step {at}", exits=(Way(to="end"),)) for at in range(60)]
    save_graph(actor=ana, draft=draft, graph=Graph((*nodes, Node("end", Kind.END, "End"))))

    with django_assert_max_num_queries(22):
        assert at_desk.get(page_of(draft, "n5")).status_code == 200

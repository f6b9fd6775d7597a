"""From the editor to review and back, and a draft that is thrown away."""

import pytest

from playbooks.actions import open_draft, save_graph, send_back, send_to_review
from playbooks.graph import problems
from playbooks.models import Version
from playbooks.queries.graphs import graph_of

from .editing import page_of, url
from .making import a_graph, a_playbook

pytestmark = pytest.mark.django_db


def test_it_is_sent_to_somebody_who_did_not_write_it(at_desk, draft, ana, lee):
    sent = {"change": "material", "reviewer": str(lee.id), "summary": "First version"}

    assert at_desk.post(url(draft, "review"), sent | {"reviewer": str(ana.id)}).status_code == 422
    assert at_desk.post(url(draft, "review"), sent | {"summary": " "}).status_code == 422
    assert at_desk.post(url(draft, "review"), sent).status_code == 302

    draft.refresh_from_db()
    assert (draft.state, draft.reviewer, draft.summary) == ("in_review", lee, "First version")
    page = at_desk.get(page_of(draft)).content.decode()
    assert "Take it back" in page and "steps-form" not in page


def test_it_is_not_sent_while_something_is_wrong(at_desk, draft, ana, lee):
    save_graph(actor=ana, draft=draft, graph=a_graph().remove("void"))
    assert problems(graph_of(draft))

    answer = at_desk.post(
        url(draft, "review"), {"change": "material", "reviewer": str(lee.id), "summary": "Kept words"}
    )

    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()


def test_it_is_taken_back_by_who_wrote_it_only(client, draft, ana, lee):
    send_to_review(actor=ana, draft=draft, change="material", summary="First", reviewer=lee)
    client.force_login(lee.user)
    assert client.post(url(draft, "withdrawal")).status_code == 403

    client.force_login(ana.user)
    assert client.post(url(draft, "withdrawal")).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_it_shows_what_the_reviewer_asks_for(at_desk, draft, ana, lee):
    sent = send_to_review(actor=ana, draft=draft, change="material", summary="First", reviewer=lee)
    send_back(actor=lee, version=sent, answer="Name the ledger.")

    page = at_desk.get(page_of(draft)).content.decode()

    assert "Name the ledger." in page
    assert f'<option value="{lee.id}" selected>' in page


def test_it_is_thrown_away_after_a_question(at_desk, ana, lee):
    playbook = a_playbook(ana, lee)
    draft = open_draft(actor=ana, playbook=playbook)

    assert "stays in use" in at_desk.get(url(draft, "discard")).content.decode()
    at_desk.post(url(draft, "discard"))

    assert not Version.objects.filter(id=draft.id).exists()
    assert playbook.versions.get().state == "published"

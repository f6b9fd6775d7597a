"""Two editors at once: nobody writes over what somebody else has just written without being asked."""

from dataclasses import replace

import pytest

from playbooks.actions import save_graph, send_to_review
from playbooks.graph import Way
from playbooks.queries.graphs import graph_of
from playbooks.queries.removed import mark_of

from .editing import form_of, url
from .making import a_graph

pytestmark = pytest.mark.django_db


def test_it_keeps_what_two_write_at_two_steps(at_desk, draft, lee):
    mine = form_of(draft, "find", title="Mine")
    save_graph(actor=lee, draft=draft, graph=a_graph().change(replace(a_graph()["say"], title="Theirs")))

    assert at_desk.post(url(draft, "step", "find"), mine).status_code == 302

    assert (graph_of(draft)["find"].title, graph_of(draft)["say"].title) == ("Mine", "Theirs")


def test_it_asks_before_it_writes_over_somebody_elses_step(at_desk, draft, lee):
    mine = form_of(draft, "find", title="Mine")
    save_graph(actor=lee, draft=draft, graph=a_graph().change(replace(a_graph()["find"], title="Theirs")))

    answer = at_desk.post(url(draft, "step", "find"), mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lee" in page and "Theirs" in page and 'value="Mine"' in page
    assert graph_of(draft)["find"].title == "Theirs"
    # Sent once more without an answer it asks again; with one it is saved.
    assert at_desk.post(url(draft, "step", "find"), mine).status_code == 409
    draft.refresh_from_db()
    assert at_desk.post(url(draft, "step", "find"), mine | {"over": str(draft.edits)}).status_code == 302
    assert graph_of(draft)["find"].title == "Mine"


def test_it_asks_when_somebody_else_removed_the_open_step(at_desk, draft, lee):
    mine = form_of(draft, "find", title="Mine")
    save_graph(actor=lee, draft=draft, graph=a_graph().remove("find"))

    answer = at_desk.post(url(draft, "step", "find"), mine)

    assert answer.status_code == 409
    assert "removed this step" in answer.content.decode() and 'value="Mine"' in answer.content.decode()
    draft.refresh_from_db()
    at_desk.post(url(draft, "step", "find"), mine | {"over": str(draft.edits)})
    assert graph_of(draft)["find"].title == "Mine"


def test_it_leads_nowhere_where_somebody_else_removed_the_next_step(at_desk, draft, lee):
    mine = form_of(draft, "find", title="Mine")
    save_graph(actor=lee, draft=draft, graph=a_graph().remove("say"))

    answer = at_desk.post(url(draft, "step", "find"), mine)

    # Where it led was taken away from the step, so it is asked first.
    assert answer.status_code == 409
    draft.refresh_from_db()
    at_desk.post(url(draft, "step", "find"), mine | {"over": str(draft.edits)})
    assert graph_of(draft)["find"] == replace(a_graph()["find"], title="Mine", exits=(Way(),))


def test_it_asks_before_it_removes_what_somebody_else_just_wrote(at_desk, draft, lee):
    sent = {"edits": str(draft.edits), "removed": mark_of(a_graph()["find"])}
    save_graph(actor=lee, draft=draft, graph=a_graph().change(replace(a_graph()["find"], title="Theirs")))

    assert at_desk.post(url(draft, "step_removal", "find"), sent).status_code == 409
    assert "find" in graph_of(draft)


def test_it_refuses_edits_of_what_is_in_review(at_desk, ana, draft):
    sent = form_of(draft, "find", title="Late")
    send_to_review(actor=ana, draft=draft, change="material", summary="First")

    answer = at_desk.post(url(draft, "step", "find"), sent)

    assert answer.status_code == 422
    assert "not a draft any more" in answer.content.decode()
    assert graph_of(draft)["find"].title == "Find both payments"

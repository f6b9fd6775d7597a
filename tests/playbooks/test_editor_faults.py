"""What cannot be saved is refused in words, and the text is kept."""

import pytest

from playbooks.actions import save_graph
from playbooks.graph import MOST_STEPS, Graph, Kind, Node
from playbooks.queries.graphs import graph_of

from .editing import form_of, page_of, url
from .making import a_graph

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }} =cmd() \u202e end'


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": "x" * 201}, "at most 200"),
        ({"kind": "bogus"}, "cannot be saved"),
        ({"body": "x" * 100_001}, "at most 100000"),
        ({"exit-0-to": "nobody"}, "There is no step nobody"),
        ({"exit-0-label": "x" * 121}, "at most 120 letters"),
        ({"team": "999999"}, "cannot be saved"),
    ],
)
def test_it_refuses_what_is_no_step_and_keeps_the_text(at_desk, draft, said, words):
    sent = form_of(draft, "find", say="My words", **said)

    answer = at_desk.post(url(draft, "step", "find"), sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and "My words" in page
    assert graph_of(draft) == a_graph()


def test_it_refuses_fifty_exits(at_desk, draft):
    sent = form_of(draft, "both")
    for at in range(50):
        sent |= {f"both-exit-{at}-label": f"Way {at}", f"both-exit-{at}-to": "end"}

    answer = at_desk.post(url(draft, "step", "both"), sent)

    assert answer.status_code == 422 and "At most 12 exits" in answer.content.decode()
    assert graph_of(draft) == a_graph()


def test_it_refuses_the_step_after_the_last_that_there_may_be(at_desk, ana, draft):
    nodes = tuple(Node(f"n{at}", Kind.END, f"End {at}") for at in range(MOST_STEPS))
    save_graph(actor=ana, draft=draft, graph=Graph(nodes))

    answer = at_desk.post(url(draft, "steps"), {"after": "n5"})

    assert answer.status_code == 422 and "part the playbook" in answer.content.decode()
    assert len(graph_of(draft)) == MOST_STEPS


def test_it_shows_hostile_text_as_text(at_desk, draft):
    answer = at_desk.post(
        url(draft, "step", "find"), form_of(draft, "find", title=HOSTILE, say=HOSTILE + "\0")
    )
    assert answer.status_code == 302

    page = at_desk.get(page_of(draft, "find")).content.decode()
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert graph_of(draft)["find"].say == HOSTILE


@pytest.mark.parametrize("name", ["step", "step_position", "step_removal", "step_exits", "step_return"])
def test_it_says_so_when_a_step_is_not_there(at_desk, draft, name):
    answer = at_desk.post(url(draft, name, "nowhere"), {"by": "up"})

    assert answer.status_code == 302 if name == "step" else answer.status_code == 422

"""The editor: one small POST for each edit, and nothing that was written gets lost."""

import json
from dataclasses import replace

import pytest
from django.urls import reverse

from playbooks.actions import open_draft, save_graph, send_back, send_to_review
from playbooks.graph import MOST_STEPS, Graph, Kind, Node, Way, problems
from playbooks.models import Version
from playbooks.queries.graphs import graph_of

from .making import a_draft, a_graph, a_playbook

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }} =cmd() \u202e end'


@pytest.fixture
def draft(ana) -> Version:
    return a_draft(ana)


@pytest.fixture
def at_desk(client, ana):
    client.force_login(ana.user)
    return client


def page_of(draft: Version, step: str = "") -> str:
    page = reverse("playbooks:draft", args=[draft.playbook_id])
    return f"{page}?step={step}" if step else page


def url(draft: Version, name: str, *args) -> str:
    return reverse(f"playbooks:draft_{name}", args=[draft.playbook_id, *args])


def form_of(draft: Version, key: str, **said) -> dict[str, str]:
    """What the page would send with a step open: what stands, but for what is said otherwise."""
    from playbooks.queries.removed import mark_of

    draft.refresh_from_db()
    node = graph_of(draft)[key]
    sent = {
        "open": key,
        "edits": str(draft.edits),
        "mark": mark_of(node),
        f"{key}-title": node.title,
        f"{key}-kind": node.kind.value,
        f"{key}-body": node.body,
        f"{key}-say": node.say,
        f"{key}-team": str(node.team or ""),
    }
    if node.is_required:
        sent[f"{key}-is_required"] = "on"
    for at, way in enumerate(node.exits):
        sent[f"{key}-exit-{at}-label"] = way.label
        sent[f"{key}-exit-{at}-to"] = way.to
    outer = ("then", "after", "by", "removed", "over", "edits", "mark")
    return sent | {name if name in outer else f"{key}-{name}": value for name, value in said.items()}


# --- The page -----------------------------------------------------------------------------------------------------


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


# --- Edits --------------------------------------------------------------------------------------------------------


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
    from accounts.actions import save_draft
    from accounts.models import Member, Team

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


# --- Bad input ----------------------------------------------------------------------------------------------------


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


# --- Two editors at once ------------------------------------------------------------------------------------------


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
    from playbooks.queries.removed import mark_of

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


# --- Review -------------------------------------------------------------------------------------------------------


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

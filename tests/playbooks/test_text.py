"""Playbooks as text: what is written is read back the same, and what cannot be read is refused at its line."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.graph import KEY, Graph, Kind, Node, Way
from playbooks.text import Unreadable, markdown, mermaid

from .making import a_draft, a_graph

KEYS = st.text("abcdefghij0123456789_-", min_size=1, max_size=12).filter(KEY.fullmatch)
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
LINE = st.text(LETTERS, max_size=40).map(lambda text: " ".join(text.split()))
TEXT = st.one_of(
    st.lists(st.text(LETTERS, max_size=20), max_size=5).map("\n".join),
    st.sampled_from(
        ["# no", "> quote\n\\> more", "- yes → 3", "→ ?", "\\", "*Action*", "-> #s", "## 2. x {#y}"]
    ),
).map(str.strip)
TEAMS = {7: "Billing", 9: "On duty, nights"}


@st.composite
def graphs(draw, plain=False):
    keys = draw(st.lists(KEYS, min_size=1, max_size=8, unique=True))
    nodes = []
    for key in keys:
        ways = st.builds(Way, LINE, st.sampled_from([*keys, ""]))
        rest = (
            ()
            if plain
            else (draw(TEXT), draw(TEXT), draw(st.booleans()), draw(st.sampled_from([None, 7, 9])))
        )
        exits = tuple(draw(st.lists(ways, max_size=4)))
        nodes.append(Node(key, draw(st.sampled_from(Kind)), draw(LINE), *rest, exits=exits))
    return Graph(tuple(nodes))


@given(graphs(), LINE, TEXT)
@settings(max_examples=80, deadline=None)
def test_it_reads_back_the_markdown_it_wrote(graph, title, about):
    text = markdown.write(graph, title, about, TEAMS)
    read = markdown.read(text, {name: id_ for id_, name in TEAMS.items()})

    assert (read.title, read.about, read.graph) == (title, about, graph)


@given(graphs(plain=True))
@settings(max_examples=80, deadline=None)
def test_it_reads_back_the_chart_it_drew(graph):
    assert mermaid.read(mermaid.write(graph)) == graph


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_it_answers_any_text_with_steps_or_with_words(text):
    for read in (markdown.read, mermaid.read):
        for said in (text, f"flowchart TD\n{text}", f"# a\n## 1. b\n*Action*\n{text}"):
            try:
                read(said)
            except Unreadable as refused:
                assert refused.faults and all(fault.text for fault in refused.faults)


def test_it_is_markdown_that_people_read():
    text = markdown.write(a_graph(), "Duplicate charge", "Two payments for one invoice.")

    assert text.startswith("# Duplicate charge\n\nTwo payments for one invoice.\n\n## 1. A customer says")
    assert "## 4. Are both payments settled? {#both}\n*Decision*\n\n- Yes, both settled → 5\n" in text
    assert "*Action, optional*" in text
    assert "> I can see two payments." in text


def test_it_keeps_what_a_chart_cannot_have():
    graph = a_graph()

    assert mermaid.onto(mermaid.read(mermaid.write(graph)), graph) == graph


def test_it_reads_charts_of_others():
    text = """%% made elsewhere
graph LR
    A([Customer calls]) --> B{Is it<br/>urgent?}
    B -- yes, now --> C[Call back]
    B -->|"no &amp; later"| D
    subgraph Later
    D(Put it in the queue)
    end
    C --> E((Done)); 
    D -.-> E
    classDef red fill:#f00
    class C red
    click C "javascript:alert(1)"
"""
    graph = mermaid.read(text)

    assert [(node.key, node.kind.value, node.title) for node in graph.nodes] == [
        ("A", "start", "Customer calls"),
        ("B", "decision", "Is it urgent?"),
        ("C", "action", "Call back"),
        ("D", "action", "Put it in the queue"),
        ("E", "end", "Done"),
    ]
    assert graph["B"].exits == (Way("yes, now", "C"), Way("no & later", "D"))


STEP = "## 1. One {#a}\n*Action*\n"
BAD_MARKDOWN = {
    "": "0",
    "just words": "0",
    "## 1. One\n*Thing*\n→ 1": "2",
    "## 1. One\nNo kind": "2",
    "## 1. One": "1",
    f"{STEP}→ 9": "3",
    f"{STEP}\n## 2. Two {{#a}}\n*End*": "4",
    f"{STEP}\n## 1. Two\n*End*": "4",
    f"{STEP}### Deep": "3",
    "## 1. One {#a key}\n*End*\n\n## 1. x {#way-too-long-a-key}\n*End*": "4",
    f"{STEP}\0": "3",
    "## 1. One\n*Handoff, to Nobody*": "2",
    "## 1. One\n*Action, perhaps*": "2",
    f"## 1. {'x' * 201}\n*End*": "1",
    STEP + "- a → 1\n" * 50: "1",
    "".join(f"## {n}. Step\n*Action*\n" for n in range(1, 501)): "999",
    "x" * 100_001: "0",
}
BAD_CHARTS = {
    "": "0",
    "pie title Pets": "1",
    "flowchart TD": "0",
    "flowchart TD\n a[One": "2",
    'flowchart TD\n a["One] --> b': "2",
    "flowchart TD\n a --> ": "2",
    "flowchart TD\n a & b --> c": "2",
    "flowchart TD\n a -->|label b": "2",
    "flowchart TD\n a b": "2",
    "flowchart TD\n a\0 --> b": "2",
    "flowchart TD\n" + "".join(f" a{n}\n" for n in range(500)): "501",
    "flowchart TD\n a\n" + " a --> a\n" * 50: "2",
    "flowchart TD\n" + "a-->" * 20_000: "2",
    "flowchart TD\n a[" + "x" * 201 + "]": "2",
    "x" * 100_001: "0",
}


@pytest.mark.parametrize(("text", "line"), BAD_MARKDOWN.items(), ids=range(len(BAD_MARKDOWN)))
def test_it_refuses_markdown_at_its_line(text, line):
    with pytest.raises(Unreadable) as refused:
        markdown.read(text)
    assert str(refused.value.faults[0].line) == line


@pytest.mark.parametrize(("text", "line"), BAD_CHARTS.items(), ids=range(len(BAD_CHARTS)))
def test_it_refuses_charts_at_their_line(text, line):
    with pytest.raises(Unreadable) as refused:
        mermaid.read(text)
    assert str(refused.value.faults[0].line) == line


@pytest.mark.parametrize(
    "piece", [" ", "-", "- ", "→", "->", "> ", "\\", "a -- ", "[", "|", "{#", "*", "&#1", "<br"]
)
def test_it_reads_hostile_text_quickly(piece):
    text = piece * (90_000 // len(piece.encode()))
    began = time.perf_counter()
    for said in (text, f"flowchart TD\n{text}", f"flowchart TD\na -- {text[:4000]}", f"{STEP}{text}"):
        for read in (markdown.read, mermaid.read):
            try:
                read(said)
            except Unreadable:
                continue

    assert time.perf_counter() - began < 5


# --- Taken over by the page ---------------------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"
CIRCLE = "# a\n## 1. Start {#s}\n*Start*\n→ 2\n## 2. Round {#r}\n*Action*\n→ 3\n## 3. And round {#t}\n*Action*\n→ 2\n"
# What is sent, whether it becomes the draft, and what the page says of it then.
SENT = {
    "a circle": (CIRCLE, True, "the steps go round in a circle"),
    "500 steps": ("".join(f"## {n}. Step\n*Action*\n" for n in range(1, 501)), False, "At most 100 steps"),
    "50 exits": (STEP + "- a → 1\n" * 50, False, "At most 12 exits"),
    "HTML": (
        f"# {SCRIPT}\n## 1. {SCRIPT} {{#s}}\n*Start*\n{SCRIPT}\n> {SCRIPT}\n",
        True,
        "&lt;script&gt;alert",
    ),
    "a chart with HTML": (
        f'flowchart TD\n a["{SCRIPT}"] -- "<img src=x onerror=alert(1)>" --> b\n click a "javascript:alert(1)"',
        True,
        "alert(1)",
    ),
    "half a chart": ('flowchart TD\n a["One', False, "Line 2"),
    "a template": ("## 1. {{ 7*7 }} {% now %}\n*End*\n", True, "{{ 7*7 }} {% now %}"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "is_taken", "words"), SENT.values(), ids=SENT)
def test_a_page_takes_over_what_is_a_graph_and_shows_it_as_text(client, ana, text, is_taken, words):
    playbook = a_draft(ana).playbook
    client.force_login(ana.user)
    address = f"/playbooks/{playbook.id}/draft/"
    seen = client.post(f"{address}import/", {"text": text, "deed": "preview"})
    taken = client.post(f"{address}import/", {"text": text, "deed": "take"})

    assert (seen.status_code, taken.status_code) == ((200, 302) if is_taken else (422, 422))
    pages = [answer.content.decode() for answer in (seen, client.get(address))]
    assert words in pages[1 if is_taken else 0]
    for page in pages:
        assert SCRIPT not in page and "<img src=x" not in page and 'href="javascript' not in page
    if text == CIRCLE:
        sent = {"change": "material", "summary": "Round"}
        refused = client.post(f"{address}review/", sent)
        assert refused.status_code == 422 and playbook.versions.get().state == "draft"

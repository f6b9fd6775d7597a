"""The flowchart: everything in the picture, nothing upon another, and the same as a list."""

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.flowchart import draw, outline
from playbooks.flowchart.layers import backward
from playbooks.flowchart.lines import laid
from playbooks.flowchart.places import plan
from playbooks.graph import Graph, Kind, Node, Way, problems
from playbooks.starters import starters

from .making import a_graph


@st.composite
def graphs(draw_):
    count = draw_(st.integers(1, 12))
    keys = [f"k{n}" for n in range(count)]
    ways = st.builds(
        Way,
        st.sampled_from(["", "Yes", "A rather long name of an exit, as people write"]),
        st.sampled_from([*keys, ""]),
    )
    return Graph(
        tuple(
            Node(
                key,
                draw_(st.sampled_from(Kind)),
                draw_(st.text(max_size=80)),
                exits=tuple(draw_(st.lists(ways, max_size=4))),
            )
            for key in keys
        )
    )


def boxes(graph):
    made = plan(graph)
    laid(made)
    return [
        (thing.x - thing.left, thing.y, thing.x + thing.right, thing.y + thing.height)
        for layer in made.layers
        for thing in layer
        if thing.kind != "point"
    ], made


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_it_draws_any_graph_with_nothing_upon_another(graph):
    found, made = boxes(graph)
    for at, (left, top, right, bottom) in enumerate(found):
        assert left >= 0 and top >= 0 and right <= made.width and bottom <= made.height
        for other_left, other_top, other_right, other_bottom in found[at + 1 :]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
    picture = ElementTree.fromstring(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", draw(graph)))
    assert len(picture.findall("g")) == len(graph)


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_it_lists_each_step_once_and_each_exit(graph):
    def walk(steps):
        for step in steps:
            yield step
            for way in step.ways:
                yield from walk(way.steps)

    listed = list(walk(outline(graph)))
    assert sorted(step.key for step in listed) == sorted(node.key for node in graph.nodes)
    reached = graph.reached(graph.start.key) if graph.start else set()
    assert {step.key for step in listed if step.is_reached} == reached
    assert all(len(step.ways) in (0, len(graph[step.key].exits)) for step in listed)


def test_it_says_what_is_to_be_known():
    graph = a_graph().change(
        Node("both", Kind.DECISION, "Settled?", exits=(Way("Yes", "refund"), Way("Bank shows <one>", "")))
    )
    picture = draw(graph, problems=problems(graph), changed={"say"}, new={"void"}, now="both")

    for words in ("Leads nowhere", "Bank shows &lt;one&gt;", "Changed", "New", "Problem", "flow__node--now"):
        assert words in picture
    assert "style" not in picture
    assert draw(Graph()) == ""


def test_it_escapes_what_people_wrote():
    picture = draw(Graph((Node("a", Kind.ACTION, '<script>"&', exits=(Way("<b>", ""),)),)))

    assert "<script" not in picture and "<b>" not in picture


def test_it_turns_ways_that_lead_back():
    graph = a_graph().change(
        Node("both", Kind.DECISION, "Settled?", exits=(Way("Again", "find"), Way("Yes", "refund")))
    )

    assert backward(graph) == {("both", "find")}
    (step,) = [step for step in outline(graph) if step.key == "both"]
    assert [(way.label, way.then) for way in step.ways][0] == ("Again", 2)


def test_it_nests_what_follows_and_goes_on_where_exits_meet():
    steps = outline(a_graph())

    assert [step.number for step in steps] == [1, 2, 3, 4, 7]
    assert [[step.number for step in way.steps] for way in steps[3].ways] == [[5], [6]]


@pytest.mark.parametrize("exits", [3, 12])
def test_it_is_quick_with_a_hundred_steps(exits):
    def way(number, at):
        return Way(f"Exit {at}", str((number * 7 + at * 13 + 1) % 100))

    graph = Graph(
        tuple(
            Node(str(n), Kind.DECISION, f"Question {n}", exits=tuple(way(n, at) for at in range(exits)))
            for n in range(100)
        )
    )
    began = time.perf_counter()
    draw(graph)
    outline(graph)

    assert time.perf_counter() - began < 5
    deep = Graph(
        tuple(
            Node(str(n), Kind.DECISION, "?", exits=(Way("Yes", str(n + 1)), Way("No", "99")))
            for n in range(99)
        )
    )
    assert outline(deep)


def test_it_draws_every_template():
    for starter in starters().values():
        assert draw(starter.graph)

"""The rules of a graph, checked a second way: what has no problem can be run to an end, whatever is chosen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.graph import EXITS, Graph, Kind, Node, Way, problems
from playbooks.running import Entry, Position, follow

from .making import a_graph

START = Node("s", Kind.START, "Start", exits=(Way(to="k0"),))
END = Node("end", Kind.END, "End")


@st.composite
def graphs(draw):
    """Mostly sound ones: a start, an end, and steps between that lead anywhere, also back and nowhere."""
    keys = [f"k{number}" for number in range(draw(st.integers(1, 6)))]
    places = st.sampled_from([*keys, "end", "end", *draw(st.sampled_from([(), ("", "s")]))])
    nodes = []
    for key in keys:
        kind = draw(st.sampled_from([Kind.ACTION, Kind.CHECK, Kind.DECISION]))
        fewest, most = EXITS[kind]
        ways = draw(st.lists(places, min_size=fewest, max_size=min(most, 3)))
        nodes.append(Node(key, kind, "Step", exits=tuple(Way(f"Way {at}", to) for at, to in enumerate(ways))))
    return Graph((START, *nodes, END))


def wrong(graph: Graph) -> bool:
    """Whether a rule is broken, by walking matrices of ways instead of the graph itself."""
    at = {node.key: number for number, node in enumerate(graph.nodes)}
    leads = [[node.key == key for key in at] for node in graph.nodes]
    for node in graph.nodes:
        for way in node.exits:
            if way.to not in at or way.to == node.key:
                return True
            leads[at[node.key]][at[way.to]] = True
    for via in range(len(at)):
        for here in range(len(at)):
            if leads[here][via]:
                leads[here] = [a or b for a, b in zip(leads[here], leads[via], strict=True)]
    return not all(leads[at["s"]]) or not all(row[at["end"]] for row in leads)


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_has_no_problem_is_run_to_its_end_and_no_other(graph, dice):
    found = problems(graph)
    assert bool(found) == wrong(graph), found
    if found:
        return
    position = follow(graph, Position(), Entry("started", "s", actor=1))
    for _step in range(10_000):
        node = graph[position.step]
        if node.kind == Kind.END:
            break
        exit = dice.randrange(len(node.exits))
        position = follow(graph, position, Entry("chosen", node.key, exit))
    assert follow(graph, position, Entry("completed", position.step)).state == "completed"


CIRCLE = "From here no end can be reached: the steps go round in a circle."
NOWHERE = "Nothing leads here, so no rep would ever see it."


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"find": Node("find", Kind.ACTION, "Find", exits=(Way(to="say"),)), "both": None},
            [
                (
                    "say",
                    "This exit leads nowhere, so a rep would be stuck here. Choose a step, or remove the exit.",
                )
            ],
        ),
        (
            {"both": Node("both", Kind.DECISION, "?", exits=(Way("Again", "find"), Way("More", "say")))},
            [("s", CIRCLE), ("find", CIRCLE), ("say", CIRCLE), ("both", CIRCLE), ("end", NOWHERE)],
        ),
        (
            {"refund": Node("refund", Kind.ACTION, "Refund", exits=(Way(to="refund"),))},
            [("refund", "This exit leads back to its own step."), ("refund", CIRCLE)],
        ),
        (
            {"both": Node("both", Kind.DECISION, "?", exits=(Way("Yes", "refund"),))},
            [("both", "A decision needs two exits or more."), ("void", NOWHERE)],
        ),
        (
            {"both": Node("both", Kind.DECISION, "?", exits=(Way("Yes", "refund"), Way(" yes ", "void")))},
            [("both", "Two exits have this name.")],
        ),
        (
            {"void": Node("void", Kind.START, "Void", exits=(Way(to="end"),))},
            [("void", "There is a start already; a playbook has one.")],
        ),
        (
            {"void": Node("void", Kind.SCRIPT, " ", exits=())},
            [
                ("void", "Give the step a title."),
                ("void", "A script needs the words to say."),
                ("void", "Say what comes next, or make it an end."),
            ],
        ),
        ({"s": None}, [("", "It needs a start: what has happened when a rep opens it.")]),
        ({"end": Node("end", Kind.ACTION, "End", exits=(Way(to="s"),))}, [("", "It needs an end.")]),
    ],
)
def test_it_tells_what_is_wrong_at_the_step(changed, told):
    graph = a_graph()
    for key, node in changed.items():
        graph = graph.change(node) if node else graph.remove(key)
    found = [(problem.key, problem.text) for problem in problems(graph)]

    assert [each for each in told if each not in found] == []

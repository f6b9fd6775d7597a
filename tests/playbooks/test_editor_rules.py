"""Any sequence of edits either keeps every rule of the graph, or is refused with a message."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import EditConflict
from playbooks.actions.steps import (
    Seen,
    Written,
    add_exit,
    add_step,
    move_step,
    remove_exit,
    remove_step,
    return_step,
    write_step,
)
from playbooks.graph import MOST_EXITS, MOST_STEPS, Kind, Node, Refused, Way, problems
from playbooks.models import Exit, Step, Version
from playbooks.queries.graphs import graph_of
from playbooks.queries.removed import removed_of

from .making import a_draft

pytestmark = pytest.mark.django_db
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["add", "write", "move", "remove", "return", "exit", "unexit", "branch"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from(list(Kind)),
        WORDS,
        st.booleans(),
    ),
    max_size=14,
)


def do(ana, lee, draft: Version, deed) -> None:
    name, first, second, kind, words, is_other = deed
    actor = lee if is_other else ana
    graph = graph_of(draft)
    keys = [node.key for node in graph.nodes] + ["missing"]
    key, to = keys[first % len(keys)], keys[second % len(keys)]
    edits = Version.objects.get(id=draft.id).edits - (second % 2)
    if name == "add":
        add_step(actor=actor, draft=draft, after=key, kind=kind)
    elif name == "move":
        move_step(actor=actor, draft=draft, key=key, by=second - 4)
    elif name == "remove":
        remove_step(actor=actor, draft=draft, key=key)
    elif name == "return":
        kept = removed_of(actor, draft)
        return_step(actor=actor, draft=draft, key=kept[-1].node.key if kept else key)
    elif name == "exit":
        add_exit(actor=actor, draft=draft, key=key)
    elif name == "unexit":
        remove_exit(actor=actor, draft=draft, key=key, place=second)
    else:
        ways = (Way(words, to),) * (second + 1 if words else 1)
        branches = (0,) if name == "branch" else ()
        written = Written(Node(key, kind, words, words, words, is_other, None, ways), "", branches)
        write_step(actor=actor, draft=draft, seen=Seen(edits, written))


def check(draft: Version) -> None:
    graph = graph_of(draft)
    keys = [node.key for node in graph.nodes]
    rows = Step.objects.filter(of=draft)

    assert len(set(keys)) == len(keys) <= MOST_STEPS
    assert sorted(rows.values_list("position", flat=True)) == list(range(1, len(keys) + 1))
    assert all(way.to in ("", *keys) for node in graph.nodes for way in node.exits)
    assert all(len(node.exits) <= MOST_EXITS for node in graph.nodes)
    assert Exit.objects.filter(step__of=draft).count() == sum(len(node.exits) for node in graph.nodes)
    # Whatever stands, its problems can be told, each at a step that is there.
    assert all(each.key in ("", *keys) and each.text for each in problems(graph))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(deeds=DEEDS)
def test_it_keeps_every_rule_or_refuses_with_a_message(ana, lee, deeds):
    with transaction.atomic():
        draft = a_draft(ana)
        for deed in deeds:
            before = graph_of(draft)
            try:
                do(ana, lee, draft, deed)
            except EditConflict:
                assert graph_of(draft) == before
            except (Refused, ValidationError) as refused:
                assert str(refused)
                assert graph_of(draft) == before
            check(draft)
        transaction.set_rollback(True)

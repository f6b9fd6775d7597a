"""Versions: written by one, approved by another, and then never changed, by nobody and no statement."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from customers.actions.conflict import EditConflict
from playbooks.actions import (
    change_playbook,
    discard_draft,
    open_draft,
    publish,
    save_graph,
    send_back,
    send_to_review,
    verify,
)
from playbooks.actions.runs import start_run
from playbooks.graph import Graph, Kind, Node, Refused, problems
from playbooks.models import Run, Version
from playbooks.models.playbook import Trust
from playbooks.queries.graphs import graph_of

from .making import a_draft, a_graph, a_playbook

pytestmark = pytest.mark.django_db


def test_it_is_published_by_a_second_person(ana, lee, mo):
    draft = a_draft(ana)
    save_graph(actor=mo, draft=draft, graph=a_graph())
    sent = send_to_review(actor=ana, draft=draft, change="material", reviewer=lee)

    for author in (ana, mo):  # whoever changed a word is an author, too
        with pytest.raises(ValidationError):
            publish(actor=author, version=sent)
    playbook = publish(actor=lee, version=sent).playbook

    today = ana.company.today()
    assert (playbook.verified_on, playbook.verified_by) == (today, lee)
    assert playbook.verified_until == today + timedelta(days=90)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(id=a_draft(ana, "Other").id).update(approver=ana)


def test_it_keeps_what_was_published(ana, lee):
    playbook = a_playbook(ana, lee)
    first = playbook.versions.get()
    draft = open_draft(actor=ana, playbook=playbook)
    assert graph_of(draft) == a_graph()
    assert open_draft(actor=lee, playbook=playbook) == draft

    shorter = graph_of(draft).remove("find").change(Node("s", Kind.START, "Charged twice", exits=()))
    save_graph(actor=ana, draft=draft, graph=shorter)
    with pytest.raises(ValidationError):
        send_to_review(actor=ana, draft=draft, change="material")
    assert [problem.key for problem in problems(shorter)][0] == "s"
    save_graph(actor=ana, draft=draft, graph=a_graph())
    publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change="editorial"))

    first.refresh_from_db()
    assert first.state == Version.State.SUPERSEDED
    assert graph_of(first) == a_graph()


CHANGED, DELETED, STEPS = "never changed", "never deleted", "in a draft only"
ITS_FIRST = "(SELECT min(id) FROM playbooks_version WHERE state = 'published')"
# What is tried by SQL, and what the database answers.
STATEMENTS = {
    "UPDATE playbooks_step SET title = 'x'": STEPS,
    "DELETE FROM playbooks_step": STEPS,
    "INSERT INTO playbooks_step (company_id, of_id, key, position, kind, title, body, say, is_required)"
    " SELECT company_id, id, 'more', 99, 'action', '', '', '', true FROM playbooks_version": STEPS,
    f"UPDATE playbooks_step SET of_id = {ITS_FIRST}, key = 'mine', position = 99"
    " WHERE key = 'find' AND of_id = (SELECT max(id) FROM playbooks_version)": STEPS,
    "UPDATE playbooks_exit SET label = 'x'": STEPS,
    "DELETE FROM playbooks_exit": STEPS,
    f"UPDATE playbooks_exit SET position = 99, step_id = (SELECT id FROM playbooks_step WHERE key = 'end'"
    f" AND of_id = {ITS_FIRST}) WHERE id = (SELECT max(id) FROM playbooks_exit)": STEPS,
    "UPDATE playbooks_version SET summary = 'x'": CHANGED,
    "UPDATE playbooks_version SET state = 'draft', published_at = NULL WHERE state = 'published'": CHANGED,
    "UPDATE playbooks_version SET state = 'superseded', superseded_at = now(), number = 7"
    " WHERE state = 'published'": CHANGED,
    "DELETE FROM playbooks_version": DELETED,
    "SET LOCAL cs.removing = '1'; DELETE FROM playbooks_version": DELETED,
    "DELETE FROM playbooks_playbook": "foreign key",
    "TRUNCATE playbooks_version CASCADE": "permission denied",
    "ALTER TABLE playbooks_step DISABLE TRIGGER ALL": "must be owner",
    "DROP TRIGGER playbooks_version_stays ON playbooks_version": "must be owner",
    "SET LOCAL session_replication_role = 'replica'": "permission denied",
}


@pytest.mark.parametrize(("statement", "words"), STATEMENTS.items(), ids=range(len(STATEMENTS)))
def test_the_database_refuses_to_change_it(ana, lee, as_the_application, statement, words):
    playbook = a_playbook(ana, lee)
    a_draft(ana, "Other")
    with pytest.raises(DatabaseError, match=words), as_the_application() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert graph_of(playbook.versions.get()) == a_graph()


def test_two_editors_do_not_lose_each_others_steps(ana, lee):
    draft = a_draft(ana)
    seen = draft.edits
    save_graph(actor=lee, draft=draft, graph=a_graph().move("void", 2), edits=seen)

    with pytest.raises(EditConflict) as conflict:
        save_graph(actor=ana, draft=draft, graph=a_graph().remove("void"), edits=seen)
    assert "void" in graph_of(conflict.value.current)


def test_it_is_sent_back_with_words(ana, lee):
    sent = send_to_review(actor=ana, draft=a_draft(ana), change="material")
    with pytest.raises(ValidationError):
        send_back(actor=lee, version=sent, answer=" ")
    with pytest.raises(ValidationError):
        save_graph(actor=ana, draft=sent, graph=a_graph())
    draft = send_back(actor=lee, version=sent, answer="Step 3 is missing the amount")

    assert (draft.state, draft.answer) == ("draft", "Step 3 is missing the amount")


def test_another_verifier_does_not_move_the_date(ana, lee, mo):
    playbook = a_playbook(ana, lee)
    until = playbook.verified_until
    changed = change_playbook(actor=lee, playbook=playbook, verifier=mo, interval_days=30)

    assert changed.verified_until == until
    assert changed.trust(until) == Trust.DUE
    assert changed.trust(until + timedelta(days=1)) == Trust.EXPIRED
    assert verify(actor=mo, playbook=changed).verified_until == ana.company.today() + timedelta(days=30)


def test_a_trial_goes_with_its_draft(ana, lee):
    playbook = a_playbook(ana, lee)
    real = start_run(actor=ana, version=playbook.versions.get())
    draft = open_draft(actor=ana, playbook=playbook)
    start_run(actor=ana, version=draft, is_trial=True)
    discard_draft(actor=ana, draft=draft)

    assert list(Run.objects.all()) == [real]
    with pytest.raises(DatabaseError), transaction.atomic():
        real.events.all().delete()


def test_a_graph_has_limits(ana):
    draft = a_draft(ana)
    many = Graph(tuple(Node(f"k{n}", Kind.ACTION, "x") for n in range(101)))
    with pytest.raises(Refused):
        save_graph(actor=ana, draft=draft, graph=many)
    with pytest.raises(Refused):
        save_graph(actor=ana, draft=draft, graph=Graph((Node("a", Kind.END, "x"), Node("a", Kind.END, "y"))))

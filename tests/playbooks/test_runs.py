"""Runs: step by step through one version, by one or by several people, with everything in the log."""

import threading
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction

from accounts.models import Activity, Notification, Team
from accounts.outbox import react_once
from cs_platform.lib import clock
from customers.actions import EditConflict
from customers.models import Note
from customers.models.rules import LONGEST_TEXT
from customers.queries.stream import stream_of
from playbooks.actions import archive_playbook, open_draft, publish, save_graph, send_to_review
from playbooks.actions.runs import (
    abandon_run,
    complete_run,
    hand_over,
    move_on,
    note_in_run,
    skip_step,
    start_run,
    take_over,
    undo_move,
)
from playbooks.graph import Graph, Kind, Node, Refused, Way
from playbooks.models import Run, RunEvent
from playbooks.queries.graphs import graph_of
from playbooks.queries.runs import log_of, position_of
from tests.factories import a_customer, a_member, a_ticket

from .making import a_draft, a_graph, a_playbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook(ana, lee):
    return a_playbook(ana, lee)


@pytest.fixture
def ticket(ana):
    return a_ticket(ana, customer=a_customer(ana))


@pytest.fixture
def run(ana, playbook, ticket):
    return start_run(actor=ana, version=playbook.versions.get(), ticket=ticket)


def to_decision(member, run):
    for _step in ("s", "find", "say"):
        run = move_on(actor=member, run=run)
    return run


def told(member, ticket):
    return [entry.text for _day, entries in stream_of(member, ticket).days for entry in entries]


def test_it_goes_from_the_start_to_an_end(ana, run, ticket):
    run = to_decision(ana, run)
    with pytest.raises(Refused):
        move_on(actor=ana, run=run)
    with pytest.raises(Refused):
        complete_run(actor=ana, run=run)
    run = move_on(actor=ana, run=run, exit=0)
    assert run.step_key == "refund"
    run = complete_run(actor=ana, run=move_on(actor=ana, run=run))

    assert (run.state, run.step_key, run.moves) == (Run.State.COMPLETED, "end", 7)
    moves = ["started", "done", "done", "done", "chosen", "done", "completed"]
    assert [row.move for row in log_of(run)] == moves
    assert "started the playbook Duplicate charge, version 1" in told(ana, ticket)
    assert "completed the playbook Duplicate charge, version 1" in told(ana, ticket)


def test_a_required_step_is_skipped_with_a_reason_only(ana, run):
    with pytest.raises(Refused):
        skip_step(actor=ana, run=run, reason="  ")
    run = skip_step(actor=ana, run=run, reason="Known already")
    run = move_on(actor=ana, run=move_on(actor=ana, run=run))
    with pytest.raises(Refused):
        skip_step(actor=ana, run=run, reason="No time")
    assert skip_step(actor=ana, run=run, reason="No time", exit=1).step_key == "void"


def test_a_step_that_is_not_required_needs_no_reason(ana, run):
    run = move_on(actor=ana, run=to_decision(ana, run), exit=1)
    assert skip_step(actor=ana, run=run, reason="").step_key == "end"


def test_it_is_undone_step_by_step_and_opened_again(ana, run, ticket):
    run = move_on(actor=ana, run=to_decision(ana, run), exit=1)
    assert undo_move(actor=ana, run=run).step_key == "both"
    run = move_on(actor=ana, run=run, exit=0)
    run = complete_run(actor=ana, run=move_on(actor=ana, run=run))
    run = undo_move(actor=ana, run=run)

    assert (run.state, run.step_key, run.ended_at) == (Run.State.ACTIVE, "end", None)
    assert "went on with the playbook Duplicate charge, version 1" in told(ana, ticket)
    for _step in range(5):
        run = undo_move(actor=ana, run=run)
    with pytest.raises(Refused):
        undo_move(actor=ana, run=run)


def test_it_is_handed_over_and_taken(ana, lee, run):
    with pytest.raises(ValidationError):
        gone = a_member(ana.company, "Gone")
        gone.is_active = False
        hand_over(actor=ana, run=run, receiver=gone)
    run = hand_over(actor=ana, run=run, receiver=lee, text="Their bank is on the line")
    while react_once():
        pass

    assert run.holder == lee
    notice = Notification.objects.get(member=lee, verb="run.handed")
    assert notice.url == f"/playbooks/runs/{run.id}/"
    assert take_over(actor=ana, run=run).holder == ana


def test_a_note_stands_in_the_run_and_on_the_timeline(ana, run, ticket):
    with pytest.raises(ValidationError):
        note_in_run(actor=ana, run=run, text=" ")
    run = note_in_run(actor=ana, run=run, text="Two payments found")

    assert run.step_key == "s"
    assert Note.objects.get(ticket=ticket).body == "Two payments found"
    assert log_of(run)[-1].text == "Two payments found"


def test_it_stops_with_a_reason(ana, run, ticket):
    with pytest.raises(ValidationError):
        abandon_run(actor=ana, run=run, reason="")
    run = abandon_run(actor=ana, run=run, reason="It was another bank")

    assert run.state == Run.State.ABANDONED
    with pytest.raises(Refused):
        move_on(actor=ana, run=run)
    assert "stopped the playbook Duplicate charge, version 1, before its end" in told(ana, ticket)


def test_it_measures_each_step_and_no_idle_time(ana, run, set_clock):
    set_clock(clock.now() + timedelta(seconds=90))
    run = move_on(actor=ana, run=run)
    set_clock(clock.now() + timedelta(seconds=20))
    note_in_run(actor=ana, run=run, text="x")
    set_clock(clock.now() + timedelta(seconds=20))
    run = move_on(actor=ana, run=run)
    set_clock(clock.now() + timedelta(hours=9))
    run = move_on(actor=ana, run=run)

    seconds = list(RunEvent.objects.filter(run=run).values_list("seconds", flat=True))
    assert seconds[0] is None and seconds[2] is None
    assert seconds[1] in (90, 91) and seconds[3] in (40, 41) and seconds[4] == 30 * 60


def test_it_stays_on_its_version(ana, lee, playbook, run):
    draft = open_draft(actor=ana, playbook=playbook)
    other = graph_of(draft).change(Node("find", Kind.ACTION, "Find all payments", exits=(Way("", "end"),)))
    save_graph(
        actor=ana, draft=draft, graph=Graph(tuple(n for n in other.nodes if n.key in ("s", "find", "end")))
    )
    publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change="material"))
    archive_playbook(actor=lee, playbook=playbook)

    run = move_on(actor=ana, run=move_on(actor=ana, run=run))
    assert run.version.number == 1
    assert run.step_key == "say"


def test_it_starts_only_what_is_published_but_for_a_trial(ana, ticket):
    draft = a_draft(ana, "Other")
    with pytest.raises(ValidationError):
        start_run(actor=ana, version=draft)
    trial = start_run(actor=ana, version=draft, ticket=ticket, is_trial=True)
    assert trial.is_trial
    assert not Activity.objects.filter(verb="ticket.playbook_started").exists()

    trial = move_on(actor=ana, run=trial)
    save_graph(actor=ana, draft=draft, graph=a_graph().remove("find"))
    with pytest.raises(Refused):
        move_on(actor=ana, run=trial)
    assert abandon_run(actor=ana, run=trial, reason="Changed").state == Run.State.ABANDONED


def test_a_second_start_on_a_ticket_goes_on_with_the_first(ana, lee, playbook, ticket, run):
    assert start_run(actor=lee, version=playbook.versions.get(), ticket=ticket) == run
    complete = abandon_run(actor=ana, run=run, reason="x")
    assert start_run(actor=lee, version=playbook.versions.get(), ticket=ticket) != complete


def test_whoever_has_not_seen_the_last_move_is_told(ana, lee, run):
    seen = run.moves
    move_on(actor=lee, run=run, moves=seen)
    with pytest.raises(EditConflict) as conflict:
        move_on(actor=ana, run=run, moves=seen)
    assert conflict.value.current.step_key == "find"
    assert RunEvent.objects.filter(run=run).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_on_at_once_one_is_told(ana, lee, run, client):
    client.force_login(ana.user)
    others = type(client)()
    others.force_login(lee.user)
    answers, together = [], threading.Barrier(2)

    def press(browser):
        together.wait()
        sent = {"moves": run.moves}
        answers.append(browser.post(f"/playbooks/runs/{run.id}/step/", sent).status_code)
        connections.close_all()

    threads = [threading.Thread(target=press, args=(browser,)) for browser in (client, others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [302, 409]
    assert list(RunEvent.objects.filter(run=run).values_list("number", flat=True)) == [1, 2]


def test_its_log_gives_its_state_whatever_was_tried(ana, lee, run):
    """Every kind of move at every place, allowed or not: what is stored is what the log comes to."""
    tries = 0
    for seed in range(60):
        for move in _moves(seed, ana, lee):
            with suppress(Refused, ValidationError):
                move(run)
            tries += 1
        stored = Run.objects.get(id=run.id)
        at = position_of(stored, graph_of(stored.version))
        assert (stored.state, stored.step_key, stored.holder_id) == (at.state, at.step, at.holder)
        assert stored.moves == RunEvent.objects.filter(run=run).count()
        assert stored.version_id == run.version_id
        assert (stored.ended_at is None) == (stored.state == "active")
    assert tries == 240


def _moves(seed, ana, lee):
    draw = Random(seed)
    every = [
        lambda run: move_on(actor=ana, run=run),
        lambda run: move_on(actor=lee, run=run, exit=draw.randrange(-1, 4)),
        lambda run: skip_step(
            actor=ana, run=run, reason=draw.choice(["", "why"]), exit=draw.choice([None, 0, 1])
        ),
        lambda run: hand_over(actor=ana, run=run, receiver=lee),
        lambda run: take_over(actor=ana, run=run),
        lambda run: note_in_run(actor=ana, run=run, text="x"),
        lambda run: undo_move(actor=lee, run=run),
        lambda run: complete_run(actor=ana, run=run),
        lambda run: abandon_run(actor=ana, run=run, reason="x"),
    ]
    weights = [6, 6, 3, 1, 1, 1, 3, 3, 1]
    return draw.choices(every, weights, k=4)


def test_the_database_keeps_the_log(run):
    for statement in ("UPDATE playbooks_runevent SET text = 'x'", "DELETE FROM playbooks_runevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- The page -----------------------------------------------------------------------------------------------------

HTMX = {"HX-Request": "true"}


def test_its_page_shows_the_next_step_the_path_and_what_is_ahead(ana, run, client):
    client.force_login(ana.user)
    to_decision(ana, run)
    page = client.get(f"/playbooks/runs/{run.id}/").content.decode()

    assert "step 4 of 6 or more" in page
    assert 'data-key="2"' in page and "No, one is pending" in page
    assert (
        page.index("Say what you see")
        < page.index("Are both payments settled?")
        < page.index("Confirm in writing")
    )


def test_its_page_is_headed_by_what_it_stands_on(ana, playbook, ticket, run, client):
    client.force_login(ana.user)
    version, shop = playbook.versions.get(), a_customer(ana, name="Corner <b>shop</b>")
    at_shop = start_run(actor=ana, version=version, customer=shop)
    alone = start_run(actor=ana, version=version)
    for begun, heading in (
        (run, f'<a href="/tickets/{ticket.id}/">{ticket.subject}</a>'),
        (at_shop, f'<a href="/customers/{shop.id}/">Corner &lt;b&gt;shop&lt;/b&gt;</a>'),
        (alone, playbook.scenario.name),
    ):
        page = client.get(f"/playbooks/runs/{begun.id}/").content.decode()
        assert heading in page[page.index("<h1>") : page.index("</h1>")]


def test_it_is_run_without_a_script(ana, lee, run, client):
    client.force_login(ana.user)
    url = f"/playbooks/runs/{run.id}/"
    for deed, sent in [
        ("step", {}),
        ("skip", {"text": "Known already"}),
        ("note", {"text": "Two found"}),
        ("step", {}),
        ("step", {"exit": "1"}),
        ("handover", {"receiver": str(lee.id)}),
        ("takeover", {}),
        ("undo", {}),
        ("step", {"exit": "0"}),
        ("step", {}),
        ("completion", {}),
    ]:
        moves = Run.objects.get(id=run.id).moves
        answer = client.post(f"{url}{deed}/", {"moves": moves, **sent})
        assert (answer.status_code, answer["Location"]) == (302, url), deed
    page = client.get(url).content.decode()
    assert "Completed" in page and "skipped: Known already" in page and "Two found" in page


@pytest.mark.parametrize(
    ("deed", "sent", "words"),
    [
        ("skip", {"text": ""}, "Say why this step is skipped."),
        ("step", {"exit": "7"}, "This step has no such exit."),
        ("step", {"exit": "x"}, "Enter a whole number."),
        ("note", {"text": ""}, "Note: "),
        ("note", {"text": "a\0b"}, "Note: "),
        ("note", {"text": "x" * (LONGEST_TEXT + 1)}, "Note: "),
        ("stop", {"text": " "}, "Why it stops here: "),
        ("handover", {"receiver": "0"}, "To: "),
        ("completion", {}, "There are steps to go before the end."),
        ("undo", {}, "This is the first step."),
        ("step", {"moves": "-1"}, "greater than or equal to 0"),
    ],
)
def test_it_says_why_not_and_keeps_what_was_typed(ana, run, client, deed, sent, words):
    client.force_login(ana.user)
    for headers in ({}, HTMX):
        answer = client.post(f"/playbooks/runs/{run.id}/{deed}/", sent, headers=headers)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Run.objects.get(id=run.id).moves == 1


def test_a_note_is_not_lost_when_somebody_else_moves(ana, lee, run, client):
    client.force_login(ana.user)
    move_on(actor=lee, run=run)
    sent = {"moves": "1", "text": "They <b>paid</b> twice"}
    answer = client.post(f"/playbooks/runs/{run.id}/note/", sent, headers=HTMX)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody has moved on meanwhile" in page
    assert "They &lt;b&gt;paid&lt;/b&gt; twice</textarea>" in page
    assert "Find both payments" in page


def test_an_open_page_hears_of_moves_and_of_who_is_there(ana, lee, run, client):
    client.force_login(ana.user)
    url = f"/playbooks/runs/{run.id}/"
    assert client.get(f"{url}?seen=1", headers=HTMX).status_code == 204
    client.post(f"{url}presence/")
    move_on(actor=lee, run=run)
    answer = client.get(f"{url}?seen=1", headers=HTMX)
    assert answer.status_code == 200
    assert "Lee: done" in answer.content.decode()

    client.force_login(lee.user)
    assert "Ana" in client.post(f"{url}presence/").content.decode()


def test_whoever_may_not_read_the_playbook_does_not_find_its_run(ana, lee, mo, zed, client):
    night = Team.objects.create(company=ana.company, name="Night")
    run = start_run(actor=lee, version=a_playbook(mo, lee, audience=night).versions.get())
    for member, status in ((ana, 404), (zed, 404), (lee, 200)):
        client.force_login(member.user)
        assert client.get(f"/playbooks/runs/{run.id}/").status_code == status
    hand_over(actor=lee, run=run, receiver=ana)
    client.force_login(ana.user)
    assert client.get(f"/playbooks/runs/{run.id}/").status_code == 200

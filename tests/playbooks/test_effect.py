"""What a playbook comes to: runs step by step, tickets with and without it; never a cause."""

import csv
import io

import pytest
from django.test import Client

from customers.actions import answer_survey, resolve_ticket
from metrics import rollup, timers
from playbooks.actions import map_category
from playbooks.models import Flag, Run, RunEvent
from playbooks.queries.effect import effect
from tests.factories import a_category, a_ticket, at

from .making import a_playbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook(harbour, ana, lee, set_clock):
    """Published on the 10th of March. 12 tickets before it, then 12 with a run and 3 without; one run is a trial."""
    set_clock("2026-03-01T09:00")
    billing = a_category(harbour)
    _tickets(ana, lee, billing, 12, 30, 3)
    set_clock("2026-03-10T09:00")
    found = a_playbook(ana, lee)
    map_category(actor=lee, scenario=found.scenario, category=billing)
    version = found.versions.get()
    set_clock("2026-03-11T09:00")
    for number, ticket in enumerate(_tickets(ana, lee, billing, 12, 10, 5)):
        run = Run.objects.create(
            company=harbour,
            version=version,
            ticket=ticket,
            state="completed" if number < 9 else "abandoned",
            step_key="end",
            ended_at=at("2026-03-11T10:00"),
            starter=ana,
        )
        _event(run, 1, "done", "s", seconds=10 + number)
        _event(run, 2, "skipped" if number < 3 else "done", "find", text="No ledger" if number < 3 else "")
    _tickets(ana, lee, billing, 3, 20, 4)
    Run.objects.create(company=harbour, version=version, step_key="s", is_trial=True, starter=ana)
    Flag.objects.create(company=harbour, version=version, step_key="find", author=ana)
    set_clock("2026-03-20T09:00")
    timers.fire_due()
    rollup.drain(harbour.id)
    return found


def _tickets(ana, lee, category, n, minutes, score) -> list:
    made = []
    for _ in range(n):
        ticket = a_ticket(ana, category=category, assignee=ana)
        resolve_ticket(actor=ana, ticket=ticket, seconds=60 * minutes)
        answer_survey(actor=lee, company_id=lee.company_id, kind="csat", score=score, ticket=ticket)
        made.append(ticket)
    return made


def _event(run, number, move, step, **fields):
    RunEvent.objects.create(
        company_id=run.company_id, run=run, number=number, move=move, step_key=step, **fields
    )


def test_it_counts_runs_and_steps(playbook):
    found = effect(playbook)
    assert (found.runs.begun, found.runs.completed, found.runs.abandoned) == (12, 9, 3)
    first, second, *rest = found.steps
    assert (first.taken, first.timed, first.seconds) == (12, 12, 15.5)
    assert (second.taken, second.skipped, second.share_skipped) == (9, 3, 0.25)
    assert (second.reasons, second.flags) == (["No ledger"], 1)
    assert not any(each.taken or each.flags for each in rest)


def test_it_compares_tickets_with_and_without_a_run(playbook):
    fcr, csat, handle = effect(playbook).by_run
    assert (csat.first.n, csat.first.value) == (12, 1.0)
    assert (csat.second.n, csat.second.numerator) == (15, 3)  # those before it, and three since
    assert (handle.first.median, handle.second.median) == (600, 1800)
    assert (handle.first.n, fcr.first.n) == (12, 12)
    assert csat.verdict == "80 points more"


def test_it_compares_after_and_before_a_version_and_tells_no_small_numbers(playbook, set_clock):
    _fcr, csat, handle = effect(playbook).by_version
    assert (csat.first.n, csat.second.n) == (15, 12)
    assert handle.texts[0][0] == "10 min" and handle.texts[0][1]

    set_clock("2026-06-05T09:00")  # only those of the 10th on are 90 days back
    _fcr, csat, _handle = effect(playbook).by_run
    assert csat.second.n == 3
    assert csat.texts[1] == ("–", "", "3 answers, too few to tell")
    assert csat.verdict == "Too few to compare"


def test_its_page_warns_and_its_tables_are_files(ana, zed, playbook):
    client = Client()
    client.force_login(ana.user)
    page = client.get(f"/playbooks/{playbook.id}/effect/").content.decode()
    assert "does not show that the playbook is the cause" in page
    assert "“No ledger”" in page and "75 %" in page
    for table, rows in (("steps", 7), ("tickets", 12)):
        sent = client.get(f"/playbooks/{playbook.id}/effect/?csv={table}")
        text = b"".join(sent.streaming_content).decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(text)))) == rows
    assert client.get(f"/playbooks/{playbook.id}/effect/?version=99999999999").status_code == 200
    client.force_login(zed.user)
    assert client.get(f"/playbooks/{playbook.id}/effect/").status_code == 404

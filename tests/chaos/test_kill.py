"""The worst hour, shortened: workers are killed with -9 while everybody writes, and importers half-way.

When it is quiet again, nothing is wrong and nothing is missing. CHAOS_KILLS and CHAOS_SECONDS lengthen it.
"""

import csv
import gzip
import os
import random
import time
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Role
from customers.imports.engine import import_file
from customers.models import ImportRun, Survey, Ticket, TicketEvent
from metrics.models import Fact, OrgDay
from metrics.queries import pending_since
from metrics.reconcile import reconcile
from tests.factories import a_category, a_company, a_customer, a_member
from tests.metrics.compare import stored_company_days, stored_rep_days, stored_team_days
from tests.metrics.importing import import_folder, settle, write_files

from .processes import clock_of, environment, running, wait_for, worker_of

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]
KILLS = int(os.environ.get("CHAOS_KILLS", "10"))
SECONDS = float(os.environ.get("CHAOS_SECONDS", "14"))
DATA = Path(__file__).resolve().parent.parent / "data"


# ---- the worst hour ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path):
    company = a_company("chaos", "Europe/Berlin")
    leads = [a_member(company, f"Lead{n}", Role.MANAGER) for n in range(2)]
    reps = [a_member(company, f"Rep{n}", manager=leads[n % 2]) for n in range(4)]
    for _ in range(3):
        a_customer(reps[0])
    a_category(company)
    write_files(tmp_path, {"tickets": redelivered()})
    return company


def redelivered() -> list[dict]:
    """A file that every writer imports again and again; its tickets are repeat contacts of the live ones."""
    return [
        {
            "external_id": f"F{n}",
            "opened_at": f"2026-01-{n % 20 + 1:02}T10:00:00Z",
            "requester_email": f"asker{n % 3}@x.example",
            "resolved_at": f"2026-01-{n % 20 + 2:02}T10:00:00Z",
        }
        for n in range(30)
    ]


def test_it_is_exact_after_workers_were_killed_while_everybody_wrote(desk, tmp_path):
    file = str(tmp_path / "tickets.csv")
    with running(environment(), tmp_path / "log") as start:
        clock_of(start, tmp_path)
        workers = [worker_of(start), worker_of(start)]
        writer = ("-m", "tests.chaos.writer", str(desk.id))
        writers = [start(*writer, str(seed), str(SECONDS), file) for seed in range(3)]
        kill_now_and_then(start, workers, KILLS, SECONDS, random.Random(KILLS))
        for process in writers:
            assert process.wait(60) == 0, process.said()
        for worker in workers:
            worker.end()
        last = worker_of(start)
        wait_for(lambda: pending_since(desk.id) is None, 60, "the figures never came to rest", last)
        told = [process.said() for process in writers]
        assert [said for said in told if "'broken'" in said or "'done'" not in said] == []
    assert_nothing_is_wrong(desk)


def kill_now_and_then(start, workers: list, kills: int, seconds: float, rng: random.Random) -> None:
    """Mostly children, which their worker replaces; every third time a whole worker, which we replace."""
    for number in range(kills):
        time.sleep(seconds / kills)
        worker = rng.choice(workers)
        children = worker.children()
        if number % 3 == 2:
            worker.kill()
            workers.remove(worker)
            workers.append(worker_of(start))
        elif children:
            rng.choice(children).kill()


def assert_nothing_is_wrong(company) -> None:
    found = [finding for finding in reconcile(company.id) if finding.differences]
    assert [(finding.level, finding.name, finding.sample) for finding in found] == []
    tickets = Ticket.objects.filter(company=company).counted()
    sums = totals(company)
    assert sums["created_n"] == tickets.count() > 30
    assert sums["res_n"] == tickets.filter(resolved_at__isnull=False).count() > 0
    answers = Survey.objects.filter(company=company)
    for kind in ("csat", "nps", "ces"):
        assert sums[f"{kind}_n"] == answers.filter(kind=kind).count()
    assert sums["backlog_delta"] == tickets.unresolved().count()


def totals(company) -> dict[str, int]:
    rows = OrgDay.objects.filter(company=company, level=0)
    names = ("created_n", "res_n", "csat_n", "nps_n", "ces_n", "backlog_delta")
    return {name: sum(getattr(row, name) for row in rows) for name in names}


# ---- an import, killed half-way ------------------------------------------------------------------------------------


def slice_of_incidents(folder: Path, tickets: int) -> Path:
    """The first tickets of the service desk with all their events, and its people and customers."""
    folder.mkdir()
    for name in ("people.csv", "customers.csv"):
        (folder / name).write_text((DATA / "incidents" / name).read_text())
    wanted = _copy(folder, "tickets", "external_id", limit=tickets)
    _copy(folder, "ticket_events", "ticket_external_id", only=wanted)
    return folder


def _copy(folder: Path, kind: str, key: str, limit: int = 0, only: frozenset = frozenset()) -> frozenset:
    kept = set()
    with (
        gzip.open(DATA / "incidents" / f"{kind}.csv.gz", "rt", newline="") as source,
        (folder / f"{kind}.csv").open("w", newline="") as target,
    ):
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        for number, row in enumerate(reader):
            if (limit and number < limit) or row[key] in only:
                writer.writerow(row)
                kept.add(row[key])
    return frozenset(kept)


def rows_read(company, kind: str) -> int:
    found = ImportRun.objects.filter(company=company, kind=kind).values_list("rows_read", flat=True).first()
    return found or 0


def is_inside_batch(company, kind: str) -> bool:
    """The importer is in the middle of a transaction of this kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state LIKE '%active%' AND xact_start < clock_timestamp() - interval '100 milliseconds'"
        )
        inside = cursor.fetchone()[0] > 0
    return inside and ImportRun.objects.filter(company=company, kind=kind, state="running").exists()


def test_an_import_killed_twice_neither_repeats_nor_skips(tmp_path):
    folder = slice_of_incidents(tmp_path / "records", 1_500)
    killed, clean = a_company("killed"), a_company("clean")
    command = ("manage.py", "import_records", "--company", killed.slug, str(folder))
    with running(environment(), tmp_path / "log") as start:
        first = start(*command)
        wait_for(lambda: is_inside_batch(killed, "tickets"), 60, "the tickets never began", first)
        first.kill()
        assert not Ticket.objects.filter(company=killed).exists()
        second = start(*command)
        wait_for(lambda: rows_read(killed, "ticket_events"), 60, "the events never began", second)
        second.kill()
        assert 0 < TicketEvent.objects.filter(company=killed).count() < events_in(folder)
        third = start(*command)
        assert third.wait(90) == 0, third.said()
    import_folder(clean, folder)
    for company in (killed, clean):
        settle(company)
        assert [finding.sample for finding in reconcile(company.id) if finding.differences] == []
    for model in (Ticket, TicketEvent, Fact):
        counts = [model.objects.filter(company=company).count() for company in (killed, clean)]
        assert counts[0] == counts[1] > 0
    for figures in (stored_rep_days, stored_team_days, stored_company_days):
        assert figures(killed) == figures(clean)
    runs = ImportRun.objects.filter(company=killed, kind="tickets").order_by("id")
    assert [run.rows_added for run in runs] == [1_500, 0]
    assert import_file(killed, folder / "ticket_events.csv", "ticket_events").added == 0


def events_in(folder: Path) -> int:
    with (folder / "ticket_events.csv").open(newline="") as file:
        return sum(1 for _ in csv.DictReader(file))

"""An import from the browser with real workers: killed half-way, it goes on, and neither repeats nor skips."""

import csv
import io
import os
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import ImportRun, Ticket, Upload
from metrics.facts import WRITERS
from tests.accounts.other import holding, somebody_waits
from tests.chaos.processes import clock_of, environment, nudged, running, wait_for, worker_of

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]
# By default what beat would send comes at once, and the half-minute after which an import counts as left is skipped;
# CHAOS_DEMO=1 waits for beat.
WHOLE = bool(os.environ.get("CHAOS_DEMO"))
ROWS = 12_000
LONG = 240  # seconds


@pytest.fixture
def upload(client, rae) -> Upload:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["external_id", "opened_at", "subject"])
    for number in range(ROWS):
        writer.writerow([f"T{number}", "never" if number % 100 == 0 else "2026-03-01T10:00Z", "Hi"])
    client.force_login(rae.user)
    client.post("/imports/new/", {"file": SimpleUploadedFile("tickets.csv", text.getvalue().encode())})
    return Upload.objects.get()


def test_it_goes_on_after_a_worker_was_killed(upload, client, clock_file, set_clock, tmp_path):
    address = f"/imports/{upload.id}/"
    env = environment() | {"VAR": str(configured.VAR)}

    def by_beat(condition):
        return condition if WHOLE else nudged(condition, "customers.tasks.continue_uploads", env)

    def pass_on(seconds: int) -> None:
        if not WHOLE:
            clock_file.write_text(f"+{seconds}")

    def state() -> str:
        return Upload.objects.get(id=upload.id).state

    with running(env, tmp_path / "log") as start:
        first = worker_of(start)
        if WHOLE:
            clock_of(start, tmp_path)
        columns = {"column_0": "external_id", "column_1": "opened_at", "column_2": "subject"}
        # The messages of this process go to another queue than the workers listen at, so beat must find the work.
        client.post(address, {"kind": "tickets", "program": "", **columns})
        pass_on(60)
        wait_for(by_beat(lambda: state() == "checked"), LONG, "the trial was never done", first)
        # Held before its first batch, let go for one, held again: half-way on a machine of any speed.
        with holding(WRITERS, upload.company_id) as holder:
            client.post(f"{address}start/")
            pass_on(120)
            wait_for(by_beat(somebody_waits), LONG, "the import never began", first)
            holder.let_one_through()
            wait_for(somebody_waits, LONG, "there was no second batch", first)
            first.end()
            cut = Ticket.objects.count()
            assert 0 < cut < ROWS * 0.99
            assert state() == "running"

        second = worker_of(start)
        pass_on(240)
        wait_for(by_beat(lambda: state() == "done"), LONG, "nobody went on", second)

    upload.refresh_from_db()
    assert (upload.run.rows_read, upload.run.rows_refused, upload.rows_done) == (ROWS, ROWS // 100, ROWS)
    assert Ticket.objects.count() == ROWS - ROWS // 100
    assert ImportRun.objects.count() == 1
    lines = list(csv.DictReader(Path(upload.run.error_file).read_text(encoding="utf-8").splitlines()))
    assert [int(line["line"]) for line in lines] == list(range(2, ROWS + 2, 100))
    assert "Imported." in client.get(address).content.decode()

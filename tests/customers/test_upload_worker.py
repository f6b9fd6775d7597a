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
from tests.chaos.processes import clock_of, environment, running, wait_for, worker_of

pytestmark = [
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("chaos"),
    # Most of it is waiting for beat. The suite kills an import in tests/chaos; this one is run by `make chaos`.
    pytest.mark.skipif(not os.environ.get("CHAOS_DEMO"), reason="at full length: make chaos"),
]
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


def test_it_goes_on_after_a_worker_was_killed(upload, client, tmp_path):
    address = f"/imports/{upload.id}/"
    env = environment() | {"VAR": str(configured.VAR)}

    def state() -> str:
        return Upload.objects.get(id=upload.id).state

    with running(env, tmp_path / "log") as start:
        first = worker_of(start)
        clock_of(start, tmp_path)
        columns = {"column_0": "external_id", "column_1": "opened_at", "column_2": "subject"}
        # The messages of this process go to another queue than the workers listen at, so beat must find the work.
        client.post(address, {"kind": "tickets", "program": "", **columns})
        wait_for(lambda: state() == "checked", LONG, "the trial was never done", first)
        # Held before its first batch, let go for one, held again: half-way on a machine of any speed.
        with holding(WRITERS, upload.company_id) as holder:
            client.post(f"{address}start/")
            wait_for(somebody_waits, LONG, "the import never began", first)
            holder.let_one_through()
            wait_for(somebody_waits, LONG, "there was no second batch", first)
            first.end()
            cut = Ticket.objects.count()
            assert 0 < cut < ROWS * 0.99
            assert state() == "running"

        second = worker_of(start)
        wait_for(lambda: state() == "done", LONG, "nobody went on", second)

    upload.refresh_from_db()
    assert (upload.run.rows_read, upload.run.rows_refused, upload.rows_done) == (ROWS, ROWS // 100, ROWS)
    assert Ticket.objects.count() == ROWS - ROWS // 100
    assert ImportRun.objects.count() == 1
    lines = list(csv.DictReader(Path(upload.run.error_file).read_text(encoding="utf-8").splitlines()))
    assert [int(line["line"]) for line in lines] == list(range(2, ROWS + 2, 100))
    assert "Imported." in client.get(address).content.decode()

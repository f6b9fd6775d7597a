"""Killed half-way and started again; two at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from accounts.models import Company
from customers.imports.engine import import_file, one_at_a_time
from customers.imports.kinds import KINDS
from customers.models import ImportRun, ImportSeen, Survey, Ticket
from tests.factories import a_company

from .conftest import refusals, write

ROOT = Path(__file__).resolve().parents[2]


class Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


@pytest.fixture
def small_batches(monkeypatch):
    for kind in KINDS.values():
        monkeypatch.setattr(kind, "batch", 10)


@contextmanager
def killed_after(kind: str, batches: int):
    """After a number of batches every write of a kind ends the import."""
    whole = KINDS[kind].write

    def write_some(self, rows):
        if self.run.rows_read >= batches * self.batch:
            raise Killed
        return whole(self, rows)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(KINDS[kind], "write", write_some)
        yield


def surveys(number: int) -> str:
    """Every seventh is refused; of each two neighbours the values are equal."""
    lines = [
        f"nps,{11 if n % 7 == 0 else n // 2 % 11},2026-03-{n // 2 % 19 + 1:02}T10:00Z" for n in range(number)
    ]
    return "kind,score,answered_at\n" + "\n".join(lines) + "\n"


@pytest.mark.django_db
def test_it_goes_on_behind_the_last_batch(load, small_batches):
    with killed_after("surveys", 3):
        load("surveys.csv", surveys(70))
    cut = ImportRun.objects.get()
    assert (cut.state, cut.rows_read, Survey.objects.count()) == ("running", 30, 25)

    report = load("surveys.csv")

    assert ImportRun.objects.get().id == cut.id
    assert (report.read, report.added, report.refused) == (70, 60, 10)
    assert Survey.objects.count() == 60
    assert [line for line, _, _ in refusals(report)] == [2 + n for n in range(0, 70, 7)]
    assert ImportSeen.objects.count() == 0


@pytest.mark.django_db
def test_it_drops_refusals_of_a_batch_that_never_was(load, small_batches, settings):
    with killed_after("surveys", 3):
        load("surveys.csv", surveys(70))
    [file] = (settings.VAR / "imports").iterdir()
    with file.open("a") as errors:
        errors.write('37,score,of a batch that was rolled back,"{}"\r\n44,score,"cut in the mid')

    report = load("surveys.csv")

    assert [line for line, _, _ in refusals(report)] == [2 + n for n in range(0, 70, 7)]
    assert {reason for _, _, reason in refusals(report)} == {"“11” is not on the scale of 0 to 10."}


@pytest.mark.django_db
def test_it_begins_anew_with_another_file(load, small_batches):
    with killed_after("surveys", 3):
        load("surveys.csv", surveys(70))
    report = load("surveys-2.csv", surveys(72))

    assert (report.read, Survey.objects.count()) == (72, 61)
    assert ImportRun.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_it_lets_a_second_import_of_the_company_wait(load, harbour, folder):
    write(folder / "tickets.csv", "external_id,opened_at\nT1,2026-03-01T10:00Z\n")
    reports = []

    def second():
        reports.append(import_file(Company.objects.get(id=harbour.id), folder / "tickets.csv", "tickets"))
        connection.close()

    thread = threading.Thread(target=second)
    with one_at_a_time(harbour.id):
        thread.start()
        wait_until(somebody_waits)
        assert Ticket.objects.count() == 0
        # Another company has a queue of its own.
        elsewhere = a_company("elsewhere")
        assert import_file(elsewhere, folder / "tickets.csv", "tickets").added == 1
    thread.join(20)

    assert [report.added for report in reports] == [1]


@pytest.mark.django_db(transaction=True)
def test_it_neither_repeats_nor_skips_after_a_kill_9(load, harbour, folder, settings):
    rows = "".join(f"T{n},2026-03-01T10:00Z,{'never' if n % 100 == 0 else ''}\n" for n in range(6_000))
    file = write(folder / "tickets.csv", f"external_id,opened_at,resolved_at\n{rows}")
    command = [sys.executable, "manage.py", "import_records", "--company", harbour.slug, str(file)]
    env = {**os.environ, "VAR": str(settings.VAR), "DATABASE_URL": _of_this_test(os.environ["DATABASE_URL"])}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: Ticket.objects.exists() or process.poll() is not None)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    cut = ImportRun.objects.get()
    assert cut.state == "running"

    report = load("tickets.csv")

    assert (report.read, report.added, report.refused) == (6_000, 5_940, 60)
    assert (ImportRun.objects.count(), Ticket.objects.count()) == (1, 5_940)
    assert [line for line, _, _ in refusals(report)] == list(range(2, 6_002, 100))


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0] > 0


def wait_until(happened) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def _of_this_test(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}"))

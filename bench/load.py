"""How old marks get while people work: 50 tickets a second, a real worker and a real beat.

Every tenth of a second the oldest mark is looked at; the p99 of its age is told against 10 seconds. That is
harder than the p99 of the age of all marks, for the oldest one is the worst of each moment. Writers that do
not keep the rate prove nothing: then the aim counts as missed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.data import Made
from bench.place import ROOT
from bench.timing import Result, percentile

RATE = 50
WRITERS = 2
ALLOWED = 10.0
_OLDEST = (
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(marked_at)), 0) FROM {} WHERE company_id = %s"
)


def run(company: Made, var: Path, seconds: float) -> list[Result]:
    with _started(_services(var), var), _started(_writers(company, seconds), var) as writers:
        ages, lags = _watch(company, writers, seconds)
        written = _written(writers)
        settled = _settle(company)
    rate = written / seconds
    return [
        Result(
            f"age of the oldest mark, p99, at {RATE} tickets a second / {ALLOWED:.0f} s",
            percentile(ages, 0.99) / ALLOWED,
            1,
            len(ages),
            f"p50 {percentile(ages, 0.5):.1f} s, p99 {percentile(ages, 0.99):.1f} s, highest {max(ages):.1f} s; "
            f"{rate:.0f} tickets a second were written; histograms p99 {percentile(lags, 0.99):.1f} s; "
            f"all counted {settled:.1f} s after the last ticket",
            is_valid=rate > 0.95 * RATE,
        )
    ]


def _services(var: Path) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "-A", "cs_platform"]
    schedule = str(var / "run" / "beat")
    return {
        "worker": [*celery, "worker", "--concurrency", "2", "-l", "WARNING"],
        "beat": [*celery, "beat", "-s", schedule, "--pidfile", "", "-l", "WARNING"],
    }


def _writers(company: Made, seconds: float) -> dict[str, list[str]]:
    command = [sys.executable, "-m", "bench.writing", company.slug, str(RATE / WRITERS), str(seconds)]
    return {f"writer-{number}": [*command, str(number)] for number in range(WRITERS)}


@contextlib.contextmanager
def _started(commands: dict[str, list[str]], var: Path) -> Iterator[dict[str, subprocess.Popen]]:
    """The processes, each in a group of its own, for as long as the block runs; then ended with all their children."""
    running = {}
    try:
        for name, command in commands.items():
            with (var / "log" / f"{name}.log").open("ab") as log:
                running[name] = subprocess.Popen(
                    command,
                    stdout=subprocess.PIPE if name.startswith("writer") else log,
                    stderr=log,
                    cwd=ROOT,
                    start_new_session=True,
                )
        if "worker" in running:
            _await_worker(running)
        yield running
    finally:
        for process in running.values():
            _end(process)


def _await_worker(running: dict[str, subprocess.Popen]) -> None:
    from django.core.cache import cache

    from accounts.tasks import HEARTBEAT

    cache.delete(HEARTBEAT)
    deadline = time.monotonic() + 60
    while not cache.get(HEARTBEAT):
        dead = [name for name, process in running.items() if process.poll() is not None]
        if dead or time.monotonic() > deadline:
            raise RuntimeError(f"No worker takes tasks; see the logs of {', '.join(dead or running)}.")
        time.sleep(0.2)


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
    # Whatever it left behind is in its group; that number is its own, for it led a session.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _watch(company: Made, writers: dict[str, subprocess.Popen], seconds: float) -> tuple[list, list]:
    """Ages of the oldest mark and of the oldest day whose histogram waits, from the first ticket on."""
    from django.db import connection

    ages, lags = [], []
    for process in writers.values():
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise RuntimeError("A writer does not start; see its log.")
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(_OLDEST.format("metrics_dirty"), [company.id])
            ages.append(float(cursor.fetchone()[0]))
            cursor.execute(_OLDEST.format("metrics_hist_dirty"), [company.id])
            lags.append(float(cursor.fetchone()[0]))
            time.sleep(0.1)
    return ages, lags


def _written(writers: dict[str, subprocess.Popen]) -> int:
    return sum(int(process.communicate(timeout=60)[0]) for process in writers.values())


def _settle(company: Made) -> float:
    """Seconds until nothing of the company waits any more."""
    from metrics.queries import pending_since

    begun = time.monotonic()
    while pending_since(company.id) and time.monotonic() - begun < 60:
        time.sleep(0.1)
    return time.monotonic() - begun

"""Real processes against the test's database: workers, a clock, writers, importers. Each ends with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
from celery import current_app
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def environment() -> dict[str, str]:
    """That of this run, pointed at the test's own database, with a queue and a cache of its own."""
    name = uuid4().hex[:12]
    return {
        **os.environ,
        "DATABASE_URL": _test_database(),
        "CELERY_QUEUE": f"chaos-{name}",
        "CACHE_PREFIX": f"chaos-{name}",
        "TEST_CLOCK": settings.TEST_CLOCK,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def _test_database() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


class Process:
    """A process with a group of its own, so that its children end with it."""

    def __init__(self, env: dict[str, str], log: Path, *arguments: str):
        self._path, self._log = log, log.open("ab")
        command = [sys.executable, *arguments]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        self.pid = self._process.pid

    def children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children()
        except psutil.NoSuchProcess:
            return []

    def said(self) -> str:
        """The end of what it printed."""
        return self._path.read_text(errors="replace")[-4000:]

    def wait(self, seconds: float) -> int:
        return self._process.wait(seconds)

    def kill(self) -> None:
        """kill -9 of this process alone; its children find out by themselves."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """The whole group; by its number, which is ours as long as we have not waited for the leader."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


@contextmanager
def running(env: dict[str, str], logs: Path) -> Iterator[Callable[..., Process]]:
    """Starts processes that are all gone when the block ends; each has a log in the folder."""
    logs.mkdir()
    started: list[Process] = []

    def start(*arguments: str) -> Process:
        started.append(Process(env, logs / str(len(started)), *arguments))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.end()


CELERY = ("-m", "celery", "-A", "cs_platform")


def worker_of(start: Callable[..., Process]) -> Process:
    """A worker with two children, as `make run` starts it."""
    return start(*CELERY, "worker", "--concurrency", "2", "-l", "WARNING", "-n", f"{uuid4().hex[:8]}@chaos")


def clock_of(start: Callable[..., Process], folder: Path) -> Process:
    return start(*CELERY, "beat", "-l", "WARNING", "-s", str(folder / "beat"), "--pidfile", "")


def nudged(condition: Callable[[], object], task: str, env: dict[str, str]) -> Callable[[], object]:
    """The condition, and every other second the task that beat sends by the half-minute: where a test has no beat."""
    sent = 0.0

    def ask() -> object:
        nonlocal sent
        if time.monotonic() - sent > 2:
            sent = time.monotonic()
            current_app.send_task(task, queue=env["CELERY_QUEUE"])
        return condition()

    return ask


def wait_for(condition: Callable[[], object], seconds: float, complaint: str, process: Process) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{complaint}\n{process.said()}"
        time.sleep(0.05)

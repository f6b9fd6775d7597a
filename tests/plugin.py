"""Gives every test run its PostgreSQL and Valkey before Django's settings are read.

Loaded by `-p tests.plugin`. A run takes the first free state folder of `var/test`, `var/test-2` and so on, so
that two runs in one checkout do not drop each other's databases. With DATABASE_URL set nothing is started.
"""

import atexit
import fcntl
import itertools
import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from cs_platform import embedded

ROOT = Path(__file__).resolve().parent.parent
_held = ExitStack()


# A wrapper, because it must come before pytest-django reads the settings in the same hook.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    # Workers of xdist inherit the environment of the process that started them, and so start nothing.
    if not os.environ.get("DATABASE_URL"):
        _start()
    # Workers share one Valkey and one state folder; each has keys and files of its own.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["CACHE_PREFIX"] = f"test-{worker}"
    os.environ["CELERY_QUEUE"] = f"test-{worker}"
    folder = Path(os.environ.get("VAR") or ROOT / "var" / "test") / "workers" / worker
    folder.mkdir(parents=True, exist_ok=True)
    if worker != "main":
        os.environ["VAR"] = str(folder)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _held.close()


def _start() -> None:
    # Also when pytest gives up before it is configured (a wrong option).
    atexit.register(_held.close)
    var = _free_folder()
    found = _held.enter_context(embedded.using(var, durable=False))
    os.environ.update(
        # Tests create databases, so they work as the owner; the application's role has its own tests.
        DATABASE_URL=found.owner_database_url,
        DATABASE_OWNER_URL=found.owner_database_url,
        APP_DATABASE_URL=found.database_url,
        VAR=str(var),
        SECRET_KEY="test",
    )
    os.environ.setdefault("REDIS_URL", found.redis_url)


def _free_folder() -> Path:
    base = ROOT / "var"
    base.mkdir(exist_ok=True)
    for number in itertools.count(1):
        folder = base / ("test" if number == 1 else f"test-{number}")
        folder.mkdir(exist_ok=True)
        handle: IO[str] = _held.enter_context((folder / "run.lock").open("a"))
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return folder
    raise AssertionError("unreachable")

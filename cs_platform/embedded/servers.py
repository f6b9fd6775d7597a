"""Both servers of one state folder (VAR), together.

`VAR/embedded.json` remembers the process numbers, the socket folder, and whether somebody asked for the
servers to stay. `VAR/embedded.lock` lets one process at a time change anything; everybody who needs the
servers for a while holds a shared lock on `VAR/embedded.users`, and the last one out stops them.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from cs_platform.embedded import postgres, processes, valkey
from cs_platform.embedded.errors import EmbeddedError
from cs_platform.embedded.places import (
    SOCKET_BASES,
    Account,
    account,
    data_folder,
    is_private,
    locked,
    mark,
    programs,
    socket_folder,
)
from cs_platform.embedded.postgres import Postgres


@dataclass(frozen=True)
class Addresses:
    """URLs: of the application's role, of the role that owns the tables and migrates, and of Valkey."""

    database_url: str
    owner_database_url: str
    redis_url: str


def ensure(var: Path, *, durable: bool = True, stays: bool = True) -> Addresses:
    """Start what is not running for this state folder; both servers then stay until `stop`.

    With `stays=False` the last one in `using` stops them, unless somebody asked for them to stay before.
    `durable=False` trades safety in a power cut for speed (tests). Safe to call from two processes at once.
    Raises EmbeddedError.
    """
    var = Path(var).resolve()
    _make(var)
    with locked(var / "embedded.lock"):
        found = addresses(var) or _addresses(_start(var, durable))
        state = _read(var)
        _write(var, state | {"stays": state.get("stays", False) or stays})
        return found


def addresses(var: Path) -> Addresses | None:
    """The addresses if both servers run, else None; starts nothing."""
    var = Path(var).resolve()
    state = _read(var)
    if not state:
        return None
    sockets = Path(state["sockets"])
    lines = postgres.pid_file(var / "postgres")
    process = processes.ours(state.get("postgres"), str((var / "postgres").resolve()))
    if not (
        process and lines and lines[0] == str(process.pid) and valkey.running(state.get("valkey"), sockets)
    ):
        return None
    return _addresses(sockets)


def stop(var: Path) -> None:
    """Stop both servers of this state folder, if they run. Raises EmbeddedError if one does not end."""
    var = Path(var).resolve()
    if var.exists():
        with locked(var / "embedded.lock"):
            _stop(var)


@contextmanager
def using(var: Path, *, durable: bool = True) -> Iterator[Addresses]:
    """The servers for as long as the block runs.

    They are left as they were found: if nobody asked for them to stay, the last user stops them.
    """
    var = Path(var).resolve()
    _make(var)
    with (var / "embedded.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield ensure(var, durable=durable, stays=False)
        finally:
            with locked(var / "embedded.lock"):
                if not _read(var).get("stays") and _alone(users):
                    _stop(var)


def _start(var: Path, durable: bool) -> Path:
    user = account(var)
    where = programs(user)
    cluster = Postgres(data_folder(var, user), where.postgres, user, var / "log" / "postgres.log")
    running, state = cluster.running(), _read(var)
    sockets = _sockets(var, user, running[1] if running else state.get("sockets"))
    broker = valkey.running(state.get("valkey"), sockets)
    _end_strays(var, sockets, broker)
    pid = broker.pid if broker else valkey.start(where.valkey, sockets, user, var / "log" / "valkey.log")
    # Written at once: a kill -9 during PostgreSQL's start must not leave a Valkey that nobody knows.
    _write(var, state | {"sockets": str(sockets), "valkey": pid})
    if running:
        cluster.wait(running[0].pid)
    else:
        cluster.start(sockets, durable=durable)
    cluster.prepare(sockets)
    now = cluster.running()
    _write(var, state | {"sockets": str(sockets), "valkey": pid, "postgres": now[0].pid if now else None})
    return sockets


def _sockets(var: Path, user: Account, known: Path | str | None) -> Path:
    # The known folder first: programs that run already have its path in their environment, and must find a
    # server that was killed and started again. After a reboot anybody could have made that folder in /tmp.
    if known and Path(known).name.startswith(mark(var)) and is_private(Path(known), user):
        return Path(known)
    return socket_folder(var, user)


def _stop(var: Path) -> None:
    if (var / "postgres").exists():
        Postgres((var / "postgres").resolve(), Path(), Account(), var / "log" / "postgres.log").stop()
    _end_strays(var)
    (var / "embedded.json").unlink(missing_ok=True)


def _end_strays(var: Path, sockets: Path | None = None, broker: psutil.Process | None = None) -> None:
    """End every Valkey of this VAR but `broker`, and remove its socket folders but `sockets`."""
    for process in processes.find("valkey-server", f"/{mark(var)}-"):
        if process != broker:
            valkey.stop(process)
    for base in {Path(base) for base in SOCKET_BASES}:
        for path in base.glob(f"{mark(var)}-*"):
            if path != sockets and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)


def _alone(users: Any) -> bool:
    # Turning a shared lock into an exclusive one may let go of it for a moment. Whoever comes meanwhile waits
    # for `embedded.lock`, which we hold, and then finds the servers stopped and starts them again.
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _addresses(sockets: Path) -> Addresses:
    return Addresses(
        postgres.url(sockets, postgres.APP), postgres.url(sockets, postgres.OWNER), valkey.url(sockets)
    )


def _make(var: Path) -> None:
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"Cannot write to {var}: {error.strerror}. Choose another VAR.") from error


def _read(var: Path) -> dict[str, Any]:
    try:
        return json.loads((var / "embedded.json").read_text())
    except (OSError, ValueError):
        return {}


def _write(var: Path, state: dict[str, Any]) -> None:
    aside = var / "embedded.json.new"
    aside.write_text(json.dumps(state))
    os.replace(aside, var / "embedded.json")

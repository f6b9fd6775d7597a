"""The embedded Valkey: a broker and a cache that keep nothing on disk."""

import signal
import socket
from pathlib import Path

import psutil

from cs_platform.embedded import processes
from cs_platform.embedded.errors import EmbeddedError
from cs_platform.embedded.places import Account

START_SECONDS = 10.0
NAME = "valkey.sock"


def running(pid: int | None, sockets: Path) -> psutil.Process | None:
    """The server's process, known by its socket, which stands in its title."""
    return processes.ours(pid, str(sockets / NAME))


def start(program: Path, sockets: Path, user: Account, log: Path) -> int:
    """Start Valkey with its socket in `sockets`; returns the process number. Raises EmbeddedError."""
    (sockets / NAME).unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(sockets / NAME),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
    }
    options |= {"dir": str(sockets), "daemonize": "no", "maxmemory-policy": "noeviction"}
    command = [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]
    pid = processes.launch(command, user, log)
    if not processes.wait_until(
        lambda: answers(sockets), lambda: running(pid, sockets) is not None, START_SECONDS
    ):
        raise EmbeddedError(f"Valkey does not start; {log} ends with:\n{processes.tail(log)}")
    return pid


def stop(process: psutil.Process) -> None:
    """End it; there is nothing to save."""
    processes.end(process, (signal.SIGTERM, 5.0))


def answers(sockets: Path) -> bool:
    """Whether a PING comes back within a second."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            client.connect(str(sockets / NAME))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def url(sockets: Path) -> str:
    """The address in the form that redis-py and Django's cache read."""
    return f"unix://{sockets / NAME}"

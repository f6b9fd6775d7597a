"""Start a server apart from our terminal, know it again, end it."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from cs_platform.embedded.errors import EmbeddedError
from cs_platform.embedded.places import Account, plain_env

# Held so that a dead child of ours can be reaped, and none warns when its handle is collected.
_children: dict[int, subprocess.Popen[bytes]] = {}


def launch(command: list[str], user: Account, log: Path) -> int:
    """Start a server in a session of its own (Ctrl-C must not reach it), its output at the end of `log`."""
    # We open the log ourselves: the account may not be able to.
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=plain_env(),
            **user.as_user(),
        )
    _children[child.pid] = child
    # For an instant after exec the command line is empty, and a living server would be taken for a dead one.
    wait_until(lambda: ours(child.pid, "") is not None, lambda: child.poll() is None, 1.0)
    return child.pid


def ours(pid: int | None, sign: str) -> psutil.Process | None:
    """The living process `pid` if `sign` stands on its command line, else None."""
    if not pid:
        return None
    try:
        process = psutil.Process(pid)
        # Asked first, because asking clears away a child of ours that is dead.
        said = process.cmdline() if is_alive(process) else []
        return process if said and sign in "\0".join(said) else None
    except psutil.Error:
        return None


def find(program: str, sign: str) -> list[psutil.Process]:
    """Processes called `program` that have `sign` on their command line."""
    named = [process for process in psutil.process_iter(["name"]) if (process.info["name"] or "") == program]
    return [process for process in named if ours(process.pid, sign)]


def end(process: psutil.Process, *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, waiting its seconds, then KILL. Raises EmbeddedError if nothing helps."""
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        if wait_until(lambda: not is_alive(process), lambda: True, seconds):
            return
    raise EmbeddedError(f"Process {process.pid} does not end.")


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything: a dead one that its parent has not noticed yet does not."""
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        return False
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def wait_until(ready: Callable[[], bool], is_there: Callable[[], bool], seconds: float) -> bool:
    """True once `ready()`; False when the process is no longer there, or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if not is_there():
            return False
        time.sleep(0.02)
    return False


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""

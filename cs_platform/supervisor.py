"""Keeps a few processes running until told to stop, and leaves none behind.

Every process that is started here carries the state folder in its environment (`CS_SUPERVISED`). What an
earlier supervisor left behind when it was killed is found by that: also the children of a web server that is
dead itself, and never a stranger that got a recycled process number.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

MARK = "CS_SUPERVISED"
DELAYS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # seconds before each restart; the last one stays
SETTLED = 60.0  # seconds up after which the delays begin anew


@dataclass(frozen=True)
class Service:
    """A process to keep running; its output goes to `VAR/log/NAME.log`."""

    name: str
    command: Sequence[str]


@dataclass
class _Watched:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    failures: int = 0


@dataclass
class Supervisor:
    """Runs commands and services for one state folder until SIGINT, SIGTERM or SIGHUP.

    `say` gets lines for the person at the terminal. `grace` is how many seconds a process has between TERM
    and KILL; `delays` are the seconds before each restart, the last one repeated.
    """

    var: Path
    folder: Path
    say: Callable[[str], None] = print
    grace: float = 20.0
    delays: Sequence[float] = DELAYS
    stopping: bool = field(default=False, init=False)
    _hurry: bool = field(default=False, init=False)

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Within the block the three signals ask for a stop; a second one asks for it at once."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._ask_to_stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def once(self, command: Sequence[str], env: Mapping[str, str]) -> int:
        """Run a command to its end, its output on ours; asked to stop, end it. Returns its exit status."""
        process = self._start(command, env, None)
        while process.poll() is None and not self.stopping:
            time.sleep(0.02)
        self._end([process])
        return process.returncode

    def run(
        self,
        services: Sequence[Service],
        env: Mapping[str, str],
        every_second: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep the services running until told to stop, then end them and whatever they started."""
        watched = [_Watched(service) for service in services]
        next_round = 0.0
        try:
            while not self.stopping:
                for one in watched:
                    self._look_after(one, env)
                if time.monotonic() >= next_round:
                    every_second()
                    next_round = time.monotonic() + 1.0
                time.sleep(0.1)
        finally:
            self._end([one.process for one in watched if one.process])
            end_leftovers(self.var, grace=0.0)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._hurry = self.stopping
        self.stopping = True

    def _look_after(self, one: _Watched, env: Mapping[str, str]) -> None:
        now = time.monotonic()
        if one.process and one.process.poll() is not None:
            if now - one.started >= SETTLED:
                one.failures = 0
            delay = self.delays[min(one.failures, len(self.delays) - 1)]
            _signal_group(one.process, signal.SIGKILL)  # children of the dead one would hold its port
            self.say(
                f"{one.service.name} ended with {one.process.returncode}; starting it again in {delay:g} s "
                f"(see {self._log(one.service)})"
            )
            one.process, one.due, one.failures = None, now + delay, one.failures + 1
        if one.process is None and now >= one.due:
            self._log(one.service).parent.mkdir(parents=True, exist_ok=True)
            with self._log(one.service).open("ab") as log:
                one.process, one.started = self._start(one.service.command, env, log), now

    def _start(
        self, command: Sequence[str], env: Mapping[str, str], log: IO[bytes] | None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            # A group of its own: Ctrl-C reaches only us, and we end the whole group.
            start_new_session=True,
            env={**env, MARK: str(self.var)},
        )

    def _log(self, service: Service) -> Path:
        return self.var / "log" / f"{service.name}.log"

    def _end(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while time.monotonic() < deadline and not self._hurry:
            if all(process.poll() is not None for process in processes):
                break
            time.sleep(0.05)
        for process in processes:
            _signal_group(process, signal.SIGKILL)
            process.wait()


def leftovers(var: Path) -> list[psutil.Process]:
    """Living processes that a supervisor of this state folder started, this one or one that was killed."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            marked = process.environ().get(MARK) == str(var) and process.pid != os.getpid()
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end_leftovers(var: Path, grace: float = 5.0) -> int:
    """End them, TERM first unless `grace` (seconds) is 0; returns how many there were."""
    found = leftovers(var)
    if grace:
        _signal_all(found, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and leftovers(var):
            time.sleep(0.1)
    # Again and again, because a dying master may just have started one more child.
    deadline = time.monotonic() + 5.0
    while (stubborn := leftovers(var)) and time.monotonic() < deadline:
        _signal_all(stubborn, signal.SIGKILL)
        time.sleep(0.05)
    return len(found)


def _signal_all(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def _signal_group(leader: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader.pid, number)

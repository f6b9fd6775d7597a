"""Deeds in threads with connections of their own, stopped at a chosen statement: interleavings without luck."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE = 20.0


class Deed:
    """A function in a thread. It stops right before, or after, the nth statement that holds `stop_at`.

    As a context manager it always ends: what still waits is let go. `edit` changes its statements on their way.
    """

    def __init__(
        self,
        function: Callable,
        *args: Any,
        stop_at: str = "",
        times: int = 1,
        after: bool = False,
        edit: Callable[[str], str] | None = None,
        **kwargs: Any,
    ):
        self._call = lambda: function(*args, **kwargs)
        self._edit = edit or (lambda sql: sql)
        self._stop_at, self._left, self._after = stop_at, times, after
        self._reached, self._go, self._done = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.pid = 0
        self.result: Any = None
        self.error: BaseException | None = None

    def __enter__(self) -> "Deed":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._go.set()
        self._thread.join(PATIENCE)

    def stopped(self) -> "Deed":
        """Waits until it stands at its statement, or has ended before."""
        _wait(lambda: self._reached.is_set() or self._done.is_set(), "the deed never came to its statement")
        return self

    def stuck(self) -> "Deed":
        """Waits until it waits for a lock of another, or stands at its statement, or has ended."""
        _wait(
            lambda: self._done.is_set() or self._reached.is_set() or (self.pid and _waits_for_lock(self.pid)),
            "the deed neither ended nor waited",
        )
        return self

    def finish(self) -> Any:
        """Lets it go on to its end; gives its result or raises its error."""
        self._go.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the deed never ended"
        if self.error is not None:
            raise self.error
        return self.result

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._watch):
                self.result = self._call()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asks for the result
            self.error = error
        finally:
            connection.close()
            self._done.set()

    def _watch(self, execute, sql, params, many, context) -> Any:
        self._left -= bool(self._stop_at) and self._stop_at in sql
        stops = self._left == 0 and not self._reached.is_set()
        if stops and not self._after:
            self._stop()
        result = execute(self._edit(sql), params, many, context)
        if stops and self._after:
            self._stop()
        return result

    def _stop(self) -> None:
        self._reached.set()
        self._go.wait(PATIENCE)


def _waits_for_lock(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [pid])
        row = cursor.fetchone()
    return row is not None and row[0] == "Lock"


def _wait(condition: Callable[[], Any], complaint: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, complaint
        time.sleep(0.01)

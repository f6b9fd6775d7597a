"""Somebody else at work: a connection of its own that holds an advisory lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


class Holder:
    def __init__(self, cursor, key: tuple[int, ...]) -> None:
        self._cursor, self._key = cursor, list(key)
        self._places = ", ".join(["%s"] * len(key))

    def take(self) -> None:
        self._cursor.execute(f"SELECT pg_advisory_lock({self._places})", self._key)

    def let_go(self) -> None:
        self._cursor.execute(f"SELECT pg_advisory_unlock({self._places})", self._key)

    def let_one_through(self) -> None:
        """Whoever waits first gets the lock, and we have it again when they are done with it: waiters queue."""
        self.let_go()
        self.take()


@contextmanager
def holding(*key: int) -> Iterator[Holder]:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            holder = Holder(cursor, key)
            holder.take()
            try:
                yield holder
            finally:
                # A closed connection lets go only when its server process has ended, a moment later.
                holder.let_go()
    finally:
        other.close()


def somebody_waits() -> bool:
    """Whether anybody waits for an advisory lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return cursor.fetchone()[0]

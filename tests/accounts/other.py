"""Somebody else at work: a connection of its own that holds an advisory lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def holding(*key: int) -> Iterator[None]:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({', '.join(['%s'] * len(key))})", list(key))
        yield
    finally:
        other.close()

"""Where the benchmarks run: servers, database and cache of their own, thrown away and made anew each time."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from cs_platform import embedded

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "bench"


@contextmanager
def prepared(var: Path, *, keep: bool = False) -> Iterator[None]:
    """An empty, migrated database, with Django set up as in production: DEBUG off, the application's role.

    With `keep` the database of the last run, as that one left it.
    """
    with embedded.using(var) as found:
        _set_environment(var, found)
        if not keep:
            _make_anew(found.owner_database_url)
        import django

        django.setup()
        _empty_broker()
        yield


def loader() -> psycopg2.extensions.connection:
    """A connection that fills tables quickly: rows that are right by construction skip the foreign keys."""
    link = psycopg2.connect(os.environ["DATABASE_URL"].replace("cs_app@", "postgres@"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
    return link


def _make_anew(owner_url: str) -> None:
    link = psycopg2.connect(owner_url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    link.close()
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--noinput", "-v", "0"],
        env={**os.environ, "DATABASE_URL": _named(owner_url)},
        check=True,
    )


def _named(url: str) -> str:
    return url.replace("@/cs?", f"@/{DATABASE}?")


def _set_environment(var: Path, found: embedded.Addresses) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="cs_platform.settings",
        DATABASE_URL=_named(found.database_url),
        REDIS_URL=found.redis_url,
        VAR=str(var),
        SECRET_KEY=secrets.token_urlsafe(50),
        DEBUG="",
        LOG_LEVEL="WARNING",
        API_RATE="1000000000/min",  # counted as in production, but never reached
    )
    (var / "static").mkdir(exist_ok=True)
    (var / "run").mkdir(exist_ok=True)


def _empty_broker() -> None:
    import redis
    from django.conf import settings

    redis.from_url(settings.REDIS_URL).flushall()

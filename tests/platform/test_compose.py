"""docker-compose.yml: what it says, and each of its commands run here with the environment that it gives."""

import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2
import pytest
import yaml

from cs_platform.embedded import places, valkey
from cs_platform.embedded.postgres import Postgres
from tests.platform.compose import (
    FILE,
    FILLED,
    ROOT,
    MissingError,
    compose_program,
    plain_env,
    read,
    services,
    write_env,
)

OURS = ("migrate", "web", "worker", "beat")
RUNNING = OURS[1:]
SECRETS = (
    "SECRET_KEY",
    "POSTGRES_PASSWORD",
    "OWNER_PASSWORD",
    "APP_PASSWORD",
    "VALKEY_PASSWORD",
    "SITE_HOST",
)
HOST = {"Host": FILLED["SITE_HOST"]}
SECURE = HOST | {"X-Forwarded-Proto": "https"}
HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


# --- What it says -------------------------------------------------------------------------------------------------


def test_it_has_every_service_and_nothing_that_stays_down():
    found = services()
    assert set(found) == {"postgres", "valkey", "proxy", *OURS}
    for name, service in found.items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
        assert name == "migrate" or service["healthcheck"]["test"], name
        assert "image" in service, name
        assert ":" in service["image"], f"{name}: a tag is missing"


def test_it_starts_nothing_before_what_it_needs():
    found = services()
    for name in RUNNING:
        assert found[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in OURS:
        for needed in ("postgres", "valkey"):
            assert found[name]["depends_on"][needed] == {"condition": "service_healthy"}
    assert found["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", SECRETS)
def test_it_has_no_default_for_a_secret(name):
    with pytest.raises(MissingError, match=name):
        read({**FILLED, name: ""})


def test_only_the_proxy_is_open_to_the_world():
    assert [name for name, service in services().items() if service.get("ports")] == ["proxy"]
    whole = read(FILLED)
    assert whole["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey"):
        assert whole["services"][name]["networks"] == ["inside"]


def test_the_application_may_do_nothing_beyond_its_work():
    for name in OURS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["data:/data"]
        knows_owner = FILLED["OWNER_PASSWORD"] in json.dumps(service)
        assert knows_owner == (name == "migrate"), name
        assert FILLED["POSTGRES_PASSWORD"] not in json.dumps(service)


def test_the_proxy_lets_through_a_little_more_than_the_product_takes():
    web, proxy = services()["web"]["environment"], services()["proxy"]["environment"]
    taken, let_through = (
        int(web["UPLOAD_MAX_BYTES"]),
        int(proxy["UPLOAD_MAX_BODY"].removesuffix("MB")) * 10**6,
    )
    assert taken < let_through < 1.1 * taken
    assert "max_size {$UPLOAD_MAX_BODY:220MB}" in (ROOT / "deploy/Caddyfile").read_text()
    assert services({**FILLED, "SETUP_TOKEN": "s"})["web"]["environment"]["SETUP_TOKEN"] == "s"


def test_the_example_names_every_variable():
    said = (ROOT / ".env.example").read_text()
    for name in {*FILLED, "EMAIL_URL", "METRICS_TOKEN", "WEB_WORKERS", "WORKER_PROCESSES", "HTTPS_PORT",
                 "SETUP_TOKEN", "API_RATE", "UPLOAD_MAX_BYTES", "UPLOAD_MAX_BODY"}:  # fmt: skip
        assert f"{name}=" in said


def test_compose_reads_it_as_we_do(tmp_path):
    env_file = write_env(tmp_path / "env", FILLED)
    command = [*compose_program(), "-f", str(FILE), "--env-file", str(env_file), "config"]
    done = subprocess.run(command, capture_output=True, text=True, env=plain_env(), check=False)
    assert done.returncode == 0, done.stderr
    theirs = yaml.safe_load(done.stdout)["services"]
    for name, service in services().items():
        wanted = {key: str(value) for key, value in service.get("environment", {}).items()}
        assert {key: str(value) for key, value in theirs[name].get("environment", {}).items()} == wanted
        if isinstance(service.get("command"), str):
            assert shlex.split(theirs[name]["command"]) == shlex.split(service["command"])

    write_env(env_file, {**FILLED, "SECRET_KEY": ""})
    refused = subprocess.run(command, capture_output=True, text=True, env=plain_env(), check=False)
    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr


# --- What it does -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place():
    """PostgreSQL as its container would set it up, Valkey, and our services, one after the other as asked for."""
    with ExitStack() as stack:
        yield Place(stack)


class Place:
    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.port, self.started = stack, _free_port(), {}
        self.var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="compose-", dir="/tmp")))
        self.var.chmod(0o755)
        (self.var / "log").mkdir()
        (self.var / "static").mkdir()
        user = places.account(self.var)
        programs = places.programs(user)
        self.sockets = places.socket_folder(self.var, user)
        stack.callback(shutil.rmtree, self.sockets, ignore_errors=True)
        log = self.var / "log"
        cluster = Postgres(places.data_folder(self.var, user), programs.postgres, user, log / "postgres.log")
        stack.callback(shutil.rmtree, cluster.data, ignore_errors=True)
        stack.callback(cluster.stop)
        cluster.start(self.sockets, durable=False)
        broker = valkey.start(programs.valkey, self.sockets, user, log / "valkey.log")
        stack.callback(lambda: valkey.stop(psutil.Process(broker)))
        for _ in range(2):  # the second time changes nothing
            self.make_roles(programs.postgres)

    def make_roles(self, programs: Path) -> None:
        """What the first start of the container runs."""
        given = services()["postgres"]["environment"]
        env = plain_env() | given | {"PGHOST": str(self.sockets)}
        env["PATH"] = f"{programs}:{env['PATH']}"
        subprocess.run(["sh", str(ROOT / "deploy/postgres/10-roles.sh")], env=env, check=True)

    def env(self, name: str) -> dict[str, str]:
        """What Compose gives the service; only where servers listen and files are differs."""
        found = plain_env() | {key: str(value) for key, value in services()[name]["environment"].items()}
        for key in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            if key in found:
                found[key] = found[key].replace("@postgres:5432/cs", f"@/cs?host={quote(str(self.sockets))}")
        assert "@valkey:6379" in found["REDIS_URL"]
        found["REDIS_URL"] = valkey.url(self.sockets)
        found["PATH"] = f"{Path(sys.executable).parent}:{found['PATH']}"
        return found | {
            "VAR": str(self.var),
            "STATIC_ROOT": str(self.var / "static"),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, name: str) -> subprocess.Popen:
        command = services()[name]["command"]
        command = command.replace("/data", str(self.var)).replace("0.0.0.0:8000", f"127.0.0.1:{self.port}")
        with (self.var / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                shlex.split(command),
                env=self.env(name),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started[name] = process
        self.stack.callback(_kill, process)
        return process

    def run(self, name: str, command: str) -> None:
        """What `docker compose run --rm NAME python manage.py COMMAND` does."""
        env = self.env(name)
        subprocess.run(["python", "manage.py", *shlex.split(command)], env=env, cwd=ROOT, check=True)

    def said(self, name: str) -> str:
        return (self.var / "log" / f"{name}.log").read_text()[-3000:]

    def get(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, names, answer.read().decode()

    def is_healthy(self, name: str) -> bool:
        """By the container's own health check."""
        _, _python, *check = services()[name]["healthcheck"]["test"]
        port = [str(self.port)] if name == "web" else []
        done = subprocess.run(
            [sys.executable, *check, *port], env=self.env(name), cwd=ROOT, capture_output=True, timeout=30
        )
        return done.returncode == 0


def _kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(question, seconds: float = 40):
    """The first answer that is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := question():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come to that")


@pytest.mark.worker
def test_every_service_starts_works_and_ends(place):
    assert place.start("migrate").wait(timeout=180) == 0, place.said("migrate")
    link = psycopg2.connect(place.env("web")["DATABASE_URL"])
    with link, link.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE tableowner = 'cs_owner') FROM pg_tables"
                       " WHERE schemaname = 'public'")  # fmt: skip
        tables, of_the_owner = cursor.fetchone()
        assert tables == of_the_owner > 20
        cursor.execute("SELECT has_table_privilege('customers_ticket', 'SELECT, INSERT, UPDATE, DELETE')")
        assert cursor.fetchone() == (True,)
    link.close()

    assert not place.is_healthy("web")
    for name in RUNNING:
        place.start(name)
    until(lambda: place.get("/healthz", HOST)[0] == 200)
    for name in RUNNING:
        until(lambda name=name: place.is_healthy(name), seconds=60)

    health = json.loads(place.get("/healthz", HOST)[2])
    assert health | {"rollup_lag_seconds": 0} == {
        "status": "ok", "database": "ok", "broker": "ok", "workers": "ok", "rollup_lag_seconds": 0,
    }  # fmt: skip
    # Nobody is there yet: whoever knows the token sets the installation up, or a command does.
    assert place.get("/accounts/login/", SECURE)[1]["location"] == "/setup/"
    place.run("migrate", "create_company acme --name Acme --zone Europe/Riga --admin you@acme.example")
    status, headers, page = place.get("/accounts/login/", SECURE)
    assert status == 200
    assert "<h1" in page
    for header, value in HEADERS.items():
        assert value in headers[header], header
    assert "Secure" in headers["set-cookie"]
    status, headers, _ = place.get("/accounts/login/", HOST)
    assert (status, headers["location"]) == (301, "https://cs.example.com/accounts/login/")
    assert place.get("/accounts/login/", {"Host": "evil.example"})[0] == 400

    for name in RUNNING:
        place.started[name].terminate()
    for name in RUNNING:
        assert place.started[name].wait(timeout=30) == 0, place.said(name)
        assert "Traceback" not in place.said(name), place.said(name)

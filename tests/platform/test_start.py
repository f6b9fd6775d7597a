"""The one-command start, in a small tree with the real supervisor and servers and stubs for the rest."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from cs_platform import embedded
from cs_platform.embedded.processes import is_alive
from cs_platform.supervisor import Service, Supervisor, end_leftovers, leftovers

ROOT = Path(__file__).resolve().parents[2]
STUBS = {
    "manage.py": """
import os, sys
line = " ".join(sys.argv[1:]) + " | " + os.environ["DATABASE_URL"].split("@")[0]
open(os.environ["VAR"] + "/calls", "a").write(line + "\\n")
sys.exit(3 if "fail" in sys.argv else 0)
""",
    "cs_platform/__init__.py": "",
    "cs_platform/wsgi.py": """
def application(environ, start_response):
    import os, pathlib
    path, var = environ["PATH_INFO"], pathlib.Path(os.environ["VAR"])
    if path == "/accounts/login/" and (var / "empty").exists():
        (var / "setup_token").write_text("first-token")
        start_response("302 Found", [("Location", "/setup/")])
        return []
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"leader@demo.example rep@demo.example leader@forum.example" if path == "/accounts/login/" else b"well"]
""",
    "cs_platform/celery.py": """
import os
from celery import Celery
app = Celery("cs_platform", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://"))
""",
}

started: list[subprocess.Popen] = []


@pytest.fixture
def tree():
    """A checkout with a space in its path; whatever was started in it is ended."""
    folder = Path(tempfile.mkdtemp(prefix="test start ", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "cs_platform").mkdir()
    for name, text in STUBS.items():
        (folder / name).write_text(text)
    for name in ("start.py", "supervisor.py", "listening.py"):
        shutil.copy(ROOT / "cs_platform" / name, folder / "cs_platform")
    shutil.copytree(ROOT / "cs_platform/embedded", folder / "cs_platform/embedded")
    yield folder
    # The supervisors first: a living one would bring back whatever is ended.
    for process in started:
        process.kill()
        process.wait()
    started.clear()
    end_leftovers(folder / "var", grace=0.0)
    embedded.stop(folder / "var")
    shutil.rmtree(folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(tree, *arguments, port=None):
    """Starts `python -m cs_platform.start` in the tree, its output in `tree/out`."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (tree / "out").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "cs_platform.start", *arguments],
            cwd=tree,
            env=env | {"PORT": str(port or free_port())},
            stdout=out,
            stderr=out,
        )
    started.append(process)
    return process


def wait_for(condition, seconds=30.0, what="it"):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if found := condition():
                return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


def output(tree):
    return (tree / "out").read_text()


def wait_until_ready(tree):
    try:
        wait_for(lambda: "Ready: " in output(tree))
    except AssertionError:
        raise AssertionError(output(tree)) from None


def test_it_starts_everything_and_sigterm_leaves_nothing(tree):
    port = free_port()
    process = start(tree, port=port)
    wait_until_ready(tree)
    assert f"http://127.0.0.1:{port}/accounts/login/" in output(tree)
    for mail in ("leader@demo.example", "rep@demo.example", "leader@forum.example"):
        assert mail in output(tree)
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/").read() == b"well"
    assert (tree / "var/calls").read_text().splitlines() == [
        "migrate --noinput -v 0 | postgres://cs_owner",
        "collectstatic --noinput -v 0 | postgres://cs_app",
        "seed_demo | postgres://cs_app",
    ]
    assert (tree / "var/secret_key").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in (tree / "var/log").iterdir()} >= {"web.log", "worker.log", "beat.log"}

    # A second one on the same state says so in one line; a command works beside it and leaves all as it is.
    second = start(tree, port=port)
    assert second.wait(10) == 1
    assert output(tree).splitlines()[-1].startswith(f"Already running at http://127.0.0.1:{port}")
    assert start(tree, "manage", "check").wait(20) == 0
    assert embedded.addresses(tree / "var") is not None

    # A database that is killed comes back where it was.
    before = embedded.addresses(tree / "var")
    assert before is not None
    lines = (tree / "var/postgres/postmaster.pid").read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    wait_for(lambda: embedded.addresses(tree / "var") is None)
    wait_for(lambda: embedded.addresses(tree / "var") == before)

    there = leftovers((tree / "var").resolve())
    assert len(there) > 5
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert output(tree).splitlines()[-1] == "Stopped."
    assert not leftovers((tree / "var").resolve())
    assert embedded.addresses(tree / "var") is None
    assert not Path(before.redis_url.removeprefix("unix://")).parent.exists()


def test_an_empty_installation_is_led_to_its_set_up_with_the_token(tree):
    (tree / "var").mkdir()
    (tree / "var/empty").touch()
    process = start(tree, port=free_port())
    wait_until_ready(tree)
    wait_for(lambda: "Ctrl-C" in output(tree))
    said = output(tree)
    assert "/setup/ " in said
    assert "set-up token: first-token" in said
    assert "demo.example" not in said

    # Later the last company is removed: the worker makes another token.
    (tree / "var/setup_token").write_text("second-token")
    wait_for(lambda: "set-up token: second-token" in output(tree))
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_after_kill_9_the_next_start_clears_up(tree):
    port = free_port()
    first = start(tree, port=port)
    wait_until_ready(tree)
    first.kill()
    first.wait()
    orphans = leftovers((tree / "var").resolve())
    assert orphans
    (tree / "out").unlink()
    second = start(tree, port=port)
    wait_until_ready(tree)
    assert "that an earlier start left behind" in output(tree)
    assert not [process for process in orphans if is_alive(process)]
    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0
    assert not leftovers((tree / "var").resolve())
    assert embedded.addresses(tree / "var") is None


def test_a_busy_port_is_told_in_one_line_before_anything_starts(tree):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        assert start(tree, port=port).wait(20) == 1
    assert len(output(tree).splitlines()) == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in output(tree)
    assert not (tree / "var/postgres").exists()


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_told_in_one_line(tree, port):
    assert start(tree, port=port).wait(20) == 1
    assert output(tree) == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_a_command_starts_the_servers_and_stops_them_again(tree):
    assert start(tree, "manage", "fail", "now").wait(30) == 3
    assert embedded.addresses(tree / "var") is None
    embedded.ensure(tree / "var", durable=False)
    assert start(tree, "manage", "migrate", "--plan").wait(30) == 0
    assert embedded.addresses(tree / "var") is not None
    assert (tree / "var/calls").read_text().splitlines() == [
        "migrate --noinput -v 0 | postgres://cs_owner",
        "fail now | postgres://cs_app",
        "migrate --plan | postgres://cs_owner",
    ]


def test_a_preparation_that_fails_stops_the_start(tree):
    (tree / "manage.py").write_text("import sys; sys.exit(sys.argv[1] == 'seed_demo')")
    assert start(tree).wait(30) == 1
    assert output(tree).splitlines()[-1].startswith("manage.py seed_demo failed")
    assert embedded.addresses(tree / "var") is None


SUPERVISE = """
import os, pathlib, sys
from cs_platform.supervisor import Service, Supervisor
var = pathlib.Path(sys.argv[1])
child = [sys.executable, "-c", sys.argv[2]]
supervisor = Supervisor(var, var, delays=(0.05, 0.1), grace=float(sys.argv[3]))
with supervisor.signals():
    supervisor.run([Service("child", child)], os.environ)
"""
CHILD = """
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open("pids", "a").write(f"{os.getpid()} {grandchild.pid}\\n")
time.sleep(60)
"""


@contextlib.contextmanager
def supervised(var, child, grace=5.0):
    process = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(var), child, str(grace)], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        end_leftovers(var, grace=0.0)


def pids(var, lines):
    """The process numbers that the children wrote down, once there are so many lines."""
    text = wait_for(lambda: (var / "pids").exists() and (var / "pids").read_text(), what="a child")
    found = [[int(number) for number in line.split()] for line in text.splitlines()]
    return found if len(found) >= lines else None


def test_a_child_that_dies_is_started_again_with_its_whole_family(tmp_path):
    with supervised(tmp_path, CHILD) as process:
        ((child, grandchild),) = wait_for(lambda: pids(tmp_path, 1))
        os.kill(child, signal.SIGKILL)
        (_, (child, second)) = wait_for(lambda: pids(tmp_path, 2))
        assert (
            not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE
        )
        assert len(leftovers(tmp_path)) == 2
        process.send_signal(signal.SIGHUP)
        assert process.wait(10) == 0
        assert not leftovers(tmp_path)


def test_a_child_that_does_not_listen_is_killed_after_the_grace(tmp_path):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + CHILD
    with supervised(tmp_path, deaf, grace=0.5) as process:
        wait_for(lambda: pids(tmp_path, 1))
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert 0.4 < time.monotonic() - begun < 5
        assert not leftovers(tmp_path)


def test_restarts_wait_longer_each_time(tmp_path):
    lines: list[str] = []
    supervisor = Supervisor(tmp_path, tmp_path, lines.append, delays=(0.1, 0.2, 0.4))

    def enough():
        supervisor.stopping = len(lines) >= 4

    supervisor.run([Service("brief", [sys.executable, "-c", "print('was here')"])], os.environ, enough)
    waits = [float(line.split(" again in ")[1].split()[0]) for line in lines]
    assert waits[:4] == [0.1, 0.2, 0.4, 0.4]
    assert "was here" in (tmp_path / "log" / "brief.log").read_text()
    assert "brief ended with 0" in lines[0]


def test_a_command_is_ended_when_asked_to_stop(tmp_path):
    supervisor = Supervisor(tmp_path, tmp_path, grace=2.0)
    assert supervisor.once([sys.executable, "-c", "raise SystemExit(7)"], os.environ) == 7
    supervisor.stopping = True
    assert supervisor.once(["sleep", "60"], os.environ) == -signal.SIGTERM

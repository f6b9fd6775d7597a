"""The real web server, and people who call it over HTTP."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

from bench.place import ROOT

PATIENCE = 60


@contextmanager
def web_server() -> Iterator[str]:
    """The address of gunicorn, as `make run` starts it."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site = f"http://127.0.0.1:{probe.getsockname()[1]}"
    options = [
        "--bind",
        site.removeprefix("http://"),
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
    ]
    command = [sys.executable, "-m", "gunicorn", "cs_platform.wsgi", "--log-level", "warning", *options]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _await(f"{site}/ping/", server)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=30)


def opener() -> urllib.request.OpenerDirector:
    """No proxy that the environment names is a way to ourselves."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _await(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            opener().open(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server does not start")

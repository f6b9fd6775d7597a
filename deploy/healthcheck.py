"""Whether a container does its work: `python deploy/healthcheck.py web [PORT]|worker|beat`, exit code 0 or 1.

Each looks at itself alone: a web server must not be restarted because a worker is gone. The whole is at /healthz.
"""

import http.client
import os
import socket
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Beat writes its schedule down every three minutes.
BEAT_SECONDS = 600


def web(port: str = "8000") -> bool:
    """The web server answers for the host that it is meant for. Without a database it is not to be restarted."""
    link = http.client.HTTPConnection("127.0.0.1", int(port), timeout=8)
    host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0]
    link.request("GET", "/ping/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return link.getresponse().status == 204


def worker() -> bool:
    """The worker of this container answers its broker."""
    sys.path.insert(0, str(ROOT))
    from cs_platform.celery import app

    return bool(app.control.inspect(destination=[f"celery@{socket.gethostname()}"], timeout=5).ping())


def beat() -> bool:
    """The clock has written down what it did."""
    written = [path.stat().st_mtime for path in Path(os.environ["VAR"]).glob("beat*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS


if __name__ == "__main__":
    looks = {"web": web, "worker": worker, "beat": beat}
    name, *arguments = sys.argv[1:] or [""]
    if name not in looks:
        sys.exit(f"usage: python deploy/healthcheck.py {'|'.join(looks)}")
    try:
        sys.exit(0 if looks[name](*arguments) else 1)
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"{type(error).__name__}: {error}")

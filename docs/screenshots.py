"""`make screenshots`: takes the README's pictures from the demo, as a browser shows it.

Starts the demo in a state folder of its own (VAR, by default var/screenshots) and stops it again; with SITE set to the
address of a demo that runs, it takes that one. Pictures go to docs/screenshots/.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
PASSWORD = "demo"
WIDE, PHONE = (1440, 900), (390, 844)
PATIENCE = 900  # seconds: the first start loads the demo's records
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Shot:
    """A picture: who looks at which address. first: a link of that page to follow, by its address."""

    name: str
    who: str
    address: str
    first: str = ""
    theme: str = "light"
    size: tuple[int, int] = WIDE


SHOTS = (
    Shot("company", "leader@demo.example", "/company/"),
    Shot("company-dark", "leader@demo.example", "/company/", theme="dark"),
    Shot("my-day", "rep@demo.example", "/my-day/"),
    Shot("queue", "rep@demo.example", "/tickets/"),
    Shot("ticket", "rep@demo.example", "/tickets/?reopened=yes&state=unresolved", first=r"/tickets/\d+/$"),
    Shot("customer", "rep@demo.example", "/my-day/", first=r"/customers/\d+/$"),
    Shot("phone", "rep@demo.example", "/my-day/", size=PHONE),
)


def main() -> int:
    TARGET.mkdir(parents=True, exist_ok=True)
    with _site() as site, sync_playwright() as playwright:
        path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            file = _take(browser, site, shot)
            sys.stdout.write(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB\n")
        browser.close()
    return 0


def _take(browser: Browser, site: str, shot: Shot) -> Path:
    width, height = shot.size
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        color_scheme=shot.theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    _sign_in(page, shot.who)
    page.goto(shot.address, wait_until="networkidle")
    if shot.first:
        page.goto(_link(page, shot.first), wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    file = TARGET / f"{shot.name}.png"
    page.screenshot(path=file, animations="disabled")
    context.close()
    return file


def _sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def _link(page: Page, pattern: str) -> str:
    """The first link of the page's content to such an address."""
    links = page.eval_on_selector_all("main a[href]", "all => all.map(each => each.pathname)")
    return next(link for link in links if re.search(pattern, link))


@contextmanager
def _site() -> Iterator[str]:
    """The address of a demo that is ready."""
    if site := os.environ.get("SITE"):
        yield site.rstrip("/")
        return
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PORT": str(port), "VAR": os.environ.get("VAR") or str(ROOT / "var" / "screenshots")}
    demo = subprocess.Popen([sys.executable, "-m", "cs_platform.start"], cwd=ROOT, env=env)
    try:
        _await(f"http://127.0.0.1:{port}", demo)
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=60)


def _await(site: str, demo: subprocess.Popen) -> None:
    """Until everything is counted."""
    sys.path.insert(0, str(ROOT))
    from cs_platform.listening import health

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and demo.poll() is None:
        status, words = health(site)
        if status == 200 and re.search(r'"rollup_lag_seconds": 0\b', words):
            return
        time.sleep(1)
    raise SystemExit("The demo did not become ready.")


if __name__ == "__main__":
    sys.exit(main())

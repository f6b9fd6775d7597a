"""A real browser: BROWSER_PATH, else an installed Chromium or Chrome, else the one of Playwright."""

import os
import shutil
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chaos.processes import clock_of, environment, running, wait_for, worker_of

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A busy machine may take its time; what is awaited is there much earlier.
expect.set_options(timeout=15_000)
# How a page is looked at in a state of its own. The walk through every page takes the other two: 1440 light, 360 dark.
SIZES = [(1440, "dark"), (360, "light")]
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def browser():
    # Playwright keeps an event loop in this thread, and Django would take every query for one made inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, INSTALLED)), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, live_server):
    """A page at the live server's address. Whatever the console complains of fails the test."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def failed(request) -> None:
        # What was still being asked for when the page was left is nothing to complain of.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"failed: {request.url}")

    page.on("requestfailed", failed)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def come_in(page: Page, client, live_server):
    """Signs a member in without the form."""

    def sign_in(member):
        client.force_login(member.user)
        cookie = client.cookies["sessionid"]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in


def axe_of(page: Page) -> None:
    """Fails on anything that axe finds wrong with the page as it is."""
    # A click may still be leading elsewhere: axe is put into the page that is there to stay.
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    # Its look at style sheets would add styles of its own, which the policy refuses.
    found = page.evaluate("axe.run({preload: false})")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []


@pytest.fixture
def check_access(page: Page):
    return lambda: axe_of(page)


@pytest.fixture
def window(browser: Browser, live_server):
    """Windows of members who are signed in, several at once; a lost connection is no complaint here."""
    opened = []

    def open_(member, width=1440, height=935, **options) -> Page:
        client = Client()  # one that had signed in somebody else would sign them out
        client.force_login(member.user)
        cookie = client.cookies["sessionid"]
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, **options
        )
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        opened.append(context)
        return context.new_page()

    yield open_
    for context in opened:
        context.close()


@pytest.fixture
def worker(tmp_path, db):
    """A worker and a clock that hear what the live server says."""
    ours = {
        "CELERY_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
    }
    # What earlier tests queued, and nobody took, is about rows that are gone.
    current_app.control.purge()
    with running(environment() | ours, tmp_path / "log") as start:
        clock_of(start, tmp_path)
        process = worker_of(start)
        wait_for(lambda: "ready" in process.said() or _beats(), 60, "no worker came up", process)
        yield process


def _beats() -> bool:
    from django.core.cache import cache

    from accounts.tasks import HEARTBEAT

    return bool(cache.get(HEARTBEAT))

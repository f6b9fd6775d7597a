"""A real browser: BROWSER_PATH, else an installed Chromium or Chrome, else the one of Playwright."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
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


@pytest.fixture
def check_access(page: Page):
    """Fails on anything that axe finds wrong with the page as it is."""

    def check():
        page.evaluate(AXE.read_text())
        # Its look at style sheets would add styles of its own, which the policy refuses.
        found = page.evaluate("axe.run({preload: false})")
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []

    return check

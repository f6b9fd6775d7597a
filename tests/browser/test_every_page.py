"""Every page that the site map has, in a real browser: axe, policy, console, headings, and that nothing sticks out.

The addresses are those of the access table, which fails by itself when a route is missing in it. The admin walks
all pages, the others those that only they may open, and the homes, which show each of them something else.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.outbox import react_once
from cs_platform.lib import clock
from customers.actions import (
    add_note,
    answer_survey,
    note_on_ticket,
    receive_reply,
    reply_to_ticket,
    resolve_ticket,
    set_revenue,
)
from customers.models import Customer, Ticket
from metrics import rollup
from tests import test_access
from tests.browser.conftest import AXE
from tests.factories import a_category, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

cast, ids = test_access.cast, test_access.ids

# Drawn by Swagger UI, whose markup is not ours: it keeps to the policy, and the console stays empty.
DRAWN_BY_OTHERS = {"/api/docs/"}
HOMES = ("/my-day/", "/team/", "/company/")
LOOK = """() => ({
    title: document.title.replace("·", "").trim(),
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    theme: document.documentElement.dataset.bsTheme,
    overflow: document.documentElement.scrollWidth - innerWidth,
})"""
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
# Its look at style sheets would add styles of its own, which the policy refuses.
ASK_AXE = """async () => (await axe.run({preload: false})).violations.map(
    rule => `${rule.id}: ${rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" | ")}`)"""
ENOUGH = 40  # findings that are told


@pytest.fixture
def everything(harbour, cast, ids):
    """The rows of the access table, with all that can hang on them, and a little beside them."""
    ana, lee, now = cast["ana"], cast["lee"], clock.now()
    customer, ticket = Customer.objects.get(id=ids["customer"]), Ticket.objects.get(id=ids["ticket"])
    Ticket.objects.filter(id=ticket.id).update(
        customer=customer, requester_email="priya@b.example", body="The export\nstops.", tags=["vip"]
    )
    ticket.refresh_from_db()
    reply_to_ticket(actor=ana, ticket=ticket, body="We are looking into it.", seconds=120)
    receive_reply(actor=ana, ticket=ticket, body="Any news?")
    note_on_ticket(actor=lee, ticket=ticket, body="Ask the export team.")
    add_note(
        actor=ana,
        ticket=ticket,
        type="promise",
        body="Call on Friday",
        due_on=(now + timedelta(days=2)).date(),
    )
    for number in range(3):
        done = a_ticket(
            ana, assignee=ana, customer=customer, category=a_category(harbour), subject=f"No {number}"
        )
        reply_to_ticket(actor=ana, ticket=done, body="Done", seconds=60)
        resolve_ticket(actor=ana, ticket=done)
        answer_survey(
            actor=ana, company_id=harbour.id, kind="csat", score=2 + number, ticket=done, customer=customer,
            comment="Thanks",
        )  # fmt: skip
        set_revenue(
            actor=lee,
            customer=customer,
            month=(now - timedelta(days=31 * number)).date(),
            amount=Decimal(900),
        )
    while react_once():
        pass
    rollup.drain(harbour.id)
    return ids


def pages_of(who: str, client: Client, ids: dict) -> list[str]:
    """Addresses that answer this reader with a whole page; but for the admin only what the admin does not see."""
    found = []
    for path, expected in test_access.PAGES.values():
        address, answers = path.format(**ids), dict(zip(test_access.CAST, expected, strict=True))
        if who != "rae" and answers["rae"] == 200 and address not in HOMES:
            continue
        answer = client.get(address)
        is_html = answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")
        if is_html and b"<html" in answer.content:
            found.append(address)
    return found


class Walk:
    """One reader's way through pages; what is wrong is collected, so that one run tells all."""

    def __init__(self, page: Page) -> None:
        self.page, self.at, self.findings = page, "", list[str]()
        page.on(
            "console", lambda said: self.complain(f"console: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: self.complain(f"script: {error}"))
        # What was on its way when the page is left is no failure.
        page.on("requestfailed", lambda request: None if request.failure == "net::ERR_ABORTED" else self.complain(
            f"failed: {request.url}: {request.failure}"))  # fmt: skip

    def complain(self, what: str) -> None:
        self.findings.append(f"{self.at}: {what}")

    def look(self, address: str) -> None:
        """At a desk by day; then narrower, and on a phone by night, as a window that follows."""
        self._resize(address, 1440, "light")
        self.page.goto(address, wait_until="load")
        is_ours = address not in DRAWN_BY_OTHERS
        if is_ours:
            self.page.evaluate(AXE.read_text())
            self._check("light")
        self._resize(address, 768, "light")
        if (overflow := self.page.evaluate(OVERFLOW)) > 0:
            self.complain(f"{overflow} px stick out")
        self._resize(address, 360, "dark")
        if is_ours:
            # The page hears of it a moment later.
            expect(self.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            self._check("dark")

    def _resize(self, address: str, width: int, theme: Literal["light", "dark"]) -> None:
        self.at = f"{address} at {width}, {theme}"
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=theme)

    def _check(self, theme: str) -> None:
        seen = self.page.evaluate(LOOK)
        if not seen["title"] or not seen["language"]:
            self.complain(f"title {seen['title']!r}, language {seen['language']!r}")
        if seen["headings"] != 1:
            self.complain(f"{seen['headings']} main headings")
        if seen["theme"] != theme:
            self.complain(f"is shown {seen['theme']}")
        if seen["overflow"] > 0:
            self.complain(f"{seen['overflow']} px stick out")
        for finding in self.page.evaluate(ASK_AXE):
            self.complain(finding)


@pytest.fixture
def walker(browser: Browser, live_server) -> Iterator:
    contexts: list[BrowserContext] = []

    def come_in(client: Client | None) -> Walk:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
        contexts.append(context)
        if client:
            cookie = client.cookies["sessionid"]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return Walk(context.new_page())

    yield come_in
    for context in contexts:
        context.close()


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def told(findings: list[str]) -> str:
    return "\n".join(dict.fromkeys(findings[:ENOUGH]))


def test_every_page_is_sound_for_the_admin(everything, cast, walker):
    """The longest way: about fifty pages, each in both themes."""
    client = signed_in(cast["rae"])
    walk = walker(client)
    pages = pages_of("rae", client, everything)
    for address in pages:
        walk.look(address)

    assert len(pages) > 30
    assert walk.findings == [], told(walk.findings)


@pytest.mark.parametrize("who", ["ana", "lee", "mo", "nobody"])
def test_what_others_see_is_sound_too(everything, cast, walker, who):
    client = signed_in(cast[who]) if cast[who] else Client()
    walk = walker(client if cast[who] else None)
    pages = pages_of(who, client, everything)
    for address in pages:
        walk.look(address)

    assert walk.findings == [], told(walk.findings)


def test_no_address_is_without_a_sample():
    known = {*test_access.PAGES, *test_access.ROUTES, *test_access.OF_FILES}

    assert set(test_access.patterns(get_resolver())) - known == set(), "add these to PAGES in test_access.py"

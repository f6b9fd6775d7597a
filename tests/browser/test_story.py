"""The main job from end to end, with a real worker: a ticket comes in, is worked on, and is counted within seconds."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from customers.models import Note, Ticket
from tests.factories import a_customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.django_db(transaction=True),
]
WITHIN = 5  # seconds from the deed to the figure


def sign_in(page: Page, member) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(member.email)
    page.locator("[name=password]").fill("password")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(my-day|team|company)/$"))


def resolved_today(page: Page) -> str:
    """The figure of this week, as the company's board shows it."""
    page.goto("/company/?period=week&metric=tickets_resolved")
    tile = page.locator("#tile-tickets_resolved").locator(".focus__value, .tile__value")
    # A company of which nothing is counted yet has no tiles.
    return tile.inner_text().strip() if tile.count() else "0"


def test_a_ticket_from_the_call_to_the_dashboard(page, worker, ana, lee, zed):
    a_customer(ana, name="Brightwater Foods")
    sign_in(page, ana)
    assert resolved_today(page) == "0"

    # By keyboard alone: log it, note a promise, reply and resolve.
    page.goto("/my-day/")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/new/")
    expect(page.get_by_role("combobox", name="Customer")).to_be_focused()
    page.keyboard.type("bright")
    expect(page.get_by_role("option", name=re.compile("Brightwater"))).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_label("Subject").focus()
    page.keyboard.type("Charged twice for October")
    page.keyboard.press("Tab")
    page.keyboard.type("Two payments of 4,180.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    assert Ticket.objects.count() == 1

    page.keyboard.press("n")
    note = page.locator("#panel-note")
    note.get_by_label("Kind").select_option("promise")
    note.get_by_label("Due").fill("2026-12-24")
    note.get_by_label("Note, never shown").fill("A written line for month-end")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("A written line for month-end").first).to_be_visible()
    assert Note.objects.get().due_on is not None

    page.keyboard.press("r")
    page.keyboard.type("One payment is on the account, the other drops off.")
    page.get_by_role("button", name="Log and resolve").click()
    expect(page.get_by_role("status").first).to_contain_text("resolved")
    began = time.monotonic()

    while resolved_today(page) != "1":
        assert time.monotonic() - began < WITHIN, worker.said()
    # Why the figure is what it is, and down to the ticket.
    page.get_by_role("link", name="Explain Tickets resolved").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("number of first resolutions")).to_be_visible()
    drawer.get_by_role("link", name="Open all").click()
    page.wait_for_url("**/rows/**")
    expect(page.get_by_role("link", name="Charged twice for October")).to_have_count(1)

    # The manager sees the same figure in the own team, and whose it is.
    sign_in(page, lee)
    page.goto("/team/?period=week")
    expect(page.locator("#tile-tickets_resolved")).to_contain_text("1")
    expect(page.get_by_role("rowheader", name=re.compile("Ana"))).to_be_visible()


def test_another_company_sees_nothing_of_it(browser, live_server, worker, ana, zed):
    """In a context of its own: the browser's console tells of the 404 that is wanted here."""
    customer = a_customer(ana, name="Brightwater Foods")
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page, zed)

    for path in (f"/customers/{customer.id}/", f"/dashboards/rep/{ana.id}/", f"/people/{ana.id}/"):
        assert page.goto(path).status == 404
    page.goto("/search/?q=brightwater")
    expect(page.get_by_role("link", name=re.compile("Brightwater"))).to_have_count(0)
    assert resolved_today(page) == "0"
    context.close()

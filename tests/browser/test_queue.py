"""The queue in a real browser: keys, ranges, the drawer, search as one types, back; wide and on a phone."""

import os
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cs_platform.lib import clock
from customers.actions import hold_ticket, pend_ticket, reply_to_ticket
from customers.models import Ticket
from tests.factories import a_category, a_customer, a_member, a_ticket

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [
    ("Refund promised, not on the statement", "Kopila Teas", "Refund", -22, "lee"),
    ("Charged twice for October", "Brightwater Foods", "Duplicate charge", 18, "ana"),
    ("Refund for 14 unused seats", "Northgate Logistics", "Seats", 34, "ana"),
    ("Where is our refund?", "Bergamo Tiles", "Refund", 59, "ana"),
    ("Two refunds for one return", "Sagar Hotels", "Refund", 70, None),
    ("Refund to a card that is closed", "Orchid Pharmacies", "Refund", 220, "lee"),
    ("Credit note shows the wrong tax", "Volga Print", "Invoice", 315, "lee"),
    ("Partial refund after the downgrade", "Alder Clinics", "Plan change", 3000, "ana"),
]


@pytest.fixture
def desk(harbour, ana, lee):
    now, people = clock.now(), {"ana": ana, "lee": lee, None: None}
    for subject, customer, category, minutes, who in ROWS:
        a_ticket(
            ana, subject=subject, customer=a_customer(ana, name=customer), category=a_category(harbour, category),
            resolution_due_at=now + timedelta(minutes=minutes), assignee=people[who],
            opened_at=now - timedelta(hours=len(subject)),
        )  # fmt: skip
    reply_to_ticket(
        actor=ana,
        ticket=Ticket.objects.get(subject__startswith="Credit"),
        body="If not, we would rather have the refund",
    )
    pend_ticket(actor=ana, ticket=a_ticket(ana, subject="Refund in rupees, charged in euro", assignee=lee))
    hold_ticket(
        actor=ana, ticket=a_ticket(ana, subject="Refund over the limit", priority="urgent", assignee=ana)
    )
    a_member(harbour, "Prem", manager=lee)


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_it_is_sound(page, come_in, ana, desk, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    come_in(ana)
    for name, path in {
        "queue": "/tickets/?q=refund&state=unresolved",
        "all": "/tickets/",
        "none": "/tickets/?priority=low",
        "bad": "/tickets/?state=opened",
        "filters": "/tickets/filters/?priority=high",
        "views": "/tickets/views/",
        "bulk": f"/tickets/bulk/?do=assign&ticket={Ticket.objects.first().id}",
        "search": "/search/?q=ref",
        "nothing": "/search/?q=zebra",
    }.items():
        page.goto(path)
        if name == "queue":
            page.locator("[data-pick]").nth(2).check()
        picture(page, f"{name}-{width}-{theme}")
        check_access()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_it_is_worked_by_keys(page, come_in, ana, desk):
    come_in(ana)
    page.goto("/tickets/")
    first = Ticket.objects.get(subject__startswith="Refund promised")
    bulk = page.locator("[data-bulk]")
    expect(bulk).to_be_hidden()

    page.keyboard.press("j")
    expect(page.locator(".q-s__a").first).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bulk).to_contain_text("2 selected")
    page.keyboard.press("Escape")
    expect(bulk).to_be_hidden()
    page.keyboard.press("k")
    page.keyboard.press("a")
    panel = page.get_by_role("dialog", name="Assign")
    expect(panel).to_contain_text("1 ticket is selected")
    panel.get_by_label("Assign to").select_option(label="Prem")
    panel.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("1 ticket is with Prem.")).to_be_visible()
    first.refresh_from_db()
    assert first.assignee.name == "Prem"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 ticket is as it was.")).to_be_visible()


def test_it_selects_a_range_with_shift(page, come_in, ana, desk):
    come_in(ana)
    page.goto("/tickets/")
    boxes = page.locator("[data-pick]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk]")).to_contain_text("4 selected")
    page.locator("[data-all]").click()
    expect(page.locator("[data-bulk]")).to_contain_text("10 selected")


def test_it_searches_while_one_types_and_goes_back(page, come_in, ana, desk):
    come_in(ana)
    page.goto("/tickets/")
    page.get_by_role("searchbox", name="Search subject").press_sequentially("credit no", delay=20)
    expect(page.locator(".q-row")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text("Credit")
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(page).to_have_url(re.compile("q=credit(\\+|%20)no"))
    page.get_by_role("link", name="Unassigned").click()
    expect(page.locator(".q-row")).to_have_count(1)
    expect(page.locator(".q-row")).to_contain_text("Two refunds")
    page.go_back()
    expect(page.locator(".q-row")).to_contain_text("Credit note")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_it_filters_in_a_drawer_and_saves_a_view(page, come_in, ana, desk):
    come_in(ana)
    page.goto("/tickets/")
    page.keyboard.press("f")
    panel = page.get_by_role("dialog", name="Filter tickets")
    panel.get_by_label("Category").select_option(label="Refund")
    panel.get_by_role("button", name="Show tickets").click()
    expect(page.locator(".q-row")).to_have_count(4)
    assert "priority" not in page.url
    page.get_by_role("link", name="Save view").click()
    panel = page.get_by_role("dialog", name="Save view")
    panel.get_by_label("Name of the view").fill("Refunds")
    panel.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="Refunds", exact=True)).to_have_attribute("aria-current", "page")


def test_it_works_without_script(browser, live_server, client, ana, desk):
    client.force_login(ana.user)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/tickets/")
    page.locator("[data-pick]").nth(0).check()
    page.locator("[data-pick]").nth(1).check()
    page.get_by_role("button", name="Assign").click()
    page.get_by_label("Assign to").select_option("me")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("2 tickets are with you.")).to_be_visible()
    context.close()


def test_it_finds_from_the_palette(page, come_in, ana, desk, check_access):
    come_in(ana)
    page.goto("/profile/")
    page.keyboard.press("/")
    page.keyboard.type("northg")
    expect(
        page.locator("#palette-found").get_by_role("link", name="Northgate Logistics").first
    ).to_be_visible()
    picture(page, "palette")
    check_access()

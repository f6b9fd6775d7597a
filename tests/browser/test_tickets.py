"""The ticket desk in a real browser: by keyboard, with a lost session, with somebody else at the same ticket."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.actions import change_ticket
from customers.models import Ticket
from tests.browser.conftest import AXE
from tests.factories import a_customer, a_ticket

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticket(ana) -> Ticket:
    customer = a_customer(ana, name="Brightwater Foods")
    a_customer(ana, name="Brisa Norte")
    return a_ticket(ana, subject="Charged twice for October", body="Hello", customer=customer, assignee=ana)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def sign_in(page: Page, email: str) -> None:
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill("password")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_the_desk_is_sound(page, come_in, ana, ticket, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)
    come_in(ana)

    for path in ("/tickets/new/", f"/tickets/{ticket.id}/", f"/tickets/{ticket.id}/merge/"):
        page.goto(path)
        check_access()
        assert fits(page), path
    page.goto(f"/tickets/{ticket.id}/")
    page.get_by_role("tab", name="Note").click()
    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_label("Subject")).to_be_focused()
    check_access()
    assert fits(page)


def test_a_ticket_is_logged_by_keyboard_alone(page, come_in, ana, ticket):
    come_in(ana)
    page.goto("/my-day/")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/new/")

    name = page.get_by_role("combobox", name="Customer")
    expect(name).to_be_focused()
    page.keyboard.type("bri")
    options = page.get_by_role("listbox", name="Customers").get_by_role("option")
    expect(options).to_have_count(3)
    expect(name).to_have_attribute("aria-expanded", "true")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(name).to_have_attribute("aria-activedescendant", "customer-option-2")
    page.keyboard.press("ArrowUp")
    # The highlighted customer is previewed.
    expect(page.locator("#peek")).to_contain_text("Charged twice for October")
    page.keyboard.press("Enter")
    expect(name).to_have_value("Brightwater Foods")
    expect(page.locator("#customer-list")).to_be_hidden()

    page.get_by_label("Subject").focus()
    page.keyboard.type("October, charged again")
    page.keyboard.press("Tab")
    expect(page.locator("#peek")).to_contain_text("Open already")
    page.keyboard.type("Two payments")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))

    logged = Ticket.objects.latest("id")
    assert (logged.subject, logged.body, logged.customer) == (
        "October, charged again",
        "Two payments",
        ticket.customer,
    )
    # What was taken is no draft any more.
    page.goto("/tickets/new/", wait_until="networkidle")
    expect(page.get_by_label("Subject")).to_have_value("")


def test_the_preview_follows_the_last_thing_typed(page, come_in, ana, ticket):
    """The first answer comes late; what is shown is what was asked last."""
    come_in(ana)
    page.goto("/tickets/new/")
    held = []
    page.route("**/tickets/new/peek/**", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_role("combobox", name="Customer").press_sequentially("bri")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_label("Subject").fill("October, charged again")
    page.keyboard.press("Tab")
    held[0].continue_()
    expect(page.locator("#peek")).to_contain_text("Open already")


def test_a_lost_session_loses_no_text(page, come_in, ana, ticket):
    come_in(ana)
    page.goto("/tickets/new/")
    page.get_by_label("Subject").fill("Kept subject")
    page.get_by_label("What happened").fill("Kept text")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Log ticket").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, ana.user.email)

    page.wait_for_url("**/tickets/new/")
    expect(page.get_by_label("Subject")).to_have_value("Kept subject")
    expect(page.get_by_label("What happened")).to_have_value("Kept text")
    assert Ticket.objects.count() == 1

    page.goto(f"/tickets/{ticket.id}/")
    page.keyboard.press("r")
    page.keyboard.type("Kept reply")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, ana.user.email)
    page.wait_for_url(f"**/tickets/{ticket.id}/")
    expect(page.get_by_label("Reply to the customer")).to_have_value("Kept reply")
    page.get_by_label("Reply to the customer").press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Logged.")
    assert ticket.events.filter(event="replied").count() == 1


def test_the_timer_fills_in_the_time_until_somebody_corrects_it(page, come_in, ana, ticket):
    come_in(ana)
    page.goto(f"/tickets/{ticket.id}/")
    shown = page.get_by_role("timer")
    expect(shown).to_have_text("00:02", timeout=6000)
    time = page.locator("#reply_time")
    expect(time).to_have_value(re.compile(r"00:0\d"))
    page.get_by_role("button", name="Pause").click()

    time.fill("7")
    expect(page.locator("#panel-reply [data-timer-source]")).to_have_text(", by hand")
    page.get_by_label("Reply to the customer").fill("Hello")
    page.get_by_role("button", name="Log and resolve").click()

    expect(page.get_by_role("status").first).to_contain_text("Logged, and resolved.")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.handle_seconds) == ("resolved", 420)


def test_two_people_edit_and_lose_nothing(browser, live_server, client, ana, lee, ticket):
    # A page of its own: the browser's console tells of every answer that is an error, as the 409 is.
    client.force_login(ana.user)
    context = browser.new_context(base_url=live_server.url)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/tickets/{ticket.id}/")
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Subject").fill("Mine")
    page.get_by_label("Priority", exact=True).select_option("urgent")
    change_ticket(actor=lee, ticket=ticket, subject="Theirs")
    with page.expect_response(lambda answer: answer.status == 409):
        page.get_by_role("button", name="Save properties").click()

    expect(page.get_by_role("alert")).to_contain_text("Lee changed this ticket while you did")
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run({preload: false})")["violations"] == []
    page.get_by_label("Theirs changed by them").check()
    page.get_by_role("button", name="Save as chosen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Theirs")
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.priority) == ("Theirs", "urgent")
    context.close()


def test_a_deleted_ticket_is_taken_back(page, come_in, ana, ticket):
    come_in(ana)
    page.goto(f"/tickets/{ticket.id}/")
    page.get_by_role("button", name="More to do with this ticket").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/tickets/")
    page.get_by_role("button", name="Undo").click()

    page.wait_for_url(f"**/tickets/{ticket.id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice for October")


def test_it_is_all_there_without_a_script(browser, live_server, client, ana, ticket):
    client.force_login(ana.user)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()

    page.goto("/tickets/new/")
    page.get_by_label("Customer", exact=True).fill("bright")
    page.get_by_label("Subject").fill("By hand")
    page.get_by_role("button", name="Log ticket").click()
    page.get_by_role("radio", name="Brightwater Foods").check()
    page.get_by_role("button", name="Log ticket").click()
    assert Ticket.objects.get(subject="By hand").customer == ticket.customer

    page.get_by_role("tab", name="Note").click()
    page.get_by_label("Note, never shown").fill("Noted by hand")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Noted by hand")).to_be_visible()
    context.close()

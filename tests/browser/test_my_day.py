"""My day and the notifications centre in a real browser: sound at every size, and done by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.outbox import react_once
from customers.actions import add_note, pend_ticket, receive_reply, reply_to_ticket
from tests.factories import a_customer, a_ticket

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(ana, lee, set_clock):
    """A day of Ana's with something in every part of it, and news."""
    now = set_clock("2026-03-05T09:28")
    northgate = a_customer(lee, name="Northgate Logistics", owner=ana)
    bergamo = a_customer(lee, name="Bergamo Tiles")

    def due(subject: str, hours: float, customer, **fields):
        return a_ticket(
            lee,
            assignee=ana,
            subject=subject,
            customer=customer,
            opened_at=now - timedelta(days=1),
            first_response_due_at=now + timedelta(hours=hours),
            **fields,
        )

    due("Refund for 14 unused seats", 0.6, northgate)
    due("Where is our refund?", 1.3, bergamo)
    due("Invoice sent twice, and the second one names a company that we have never heard of", -2.1, northgate)
    asked = due("The export stops at 10,000 rows", -20, bergamo)
    reply_to_ticket(actor=ana, ticket=asked, body="Looking", at=now - timedelta(hours=22))
    receive_reply(ticket=asked, body="And?", at=now - timedelta(hours=3))
    pend_ticket(actor=ana, ticket=due("Change of address", 2, bergamo))
    for days, body in [(0, "Call Priya Raman with the answer"), (5, "Written line for month-end")]:
        add_note(
            actor=ana, body=body, customer=northgate, type="promise", due_on=now.date() + timedelta(days=days)
        )
    while react_once():
        pass
    return ana


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_a_busy_day_is_sound(page, come_in, busy, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    come_in(busy)
    for path in ("/my-day/", "/notifications/"):
        page.goto(path)
        check_access()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("width", [1440, 360])
def test_an_empty_day_is_sound(page, come_in, ana, check_access, width):
    page.set_viewport_size({"width": width, "height": 900})
    come_in(ana)
    for path in ("/my-day/", "/notifications/"):
        page.goto(path)
        check_access()
        expect(page.locator(".state__title")).to_be_visible()


def test_all_is_read_and_unread_again_by_keyboard(page, come_in, busy):
    come_in(busy)
    page.goto("/notifications/")
    unread = page.locator(".notice--new")
    before = unread.count()
    assert before > 3

    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text(f"{before} marked as read.")
    expect(unread).to_have_count(0)
    page.wait_for_load_state()  # the keys are heard once the scripts have run
    page.keyboard.press("u")
    expect(unread).to_have_count(before)


def test_a_promise_is_kept_and_taken_back(page, come_in, busy):
    come_in(busy)
    page.goto("/my-day/")
    promise = page.get_by_role("button", name="Call Priya Raman with the answer")

    promise.click()
    expect(page.get_by_role("status")).to_contain_text("Promise kept.")
    expect(promise).to_have_count(0)


def test_the_day_reads_without_a_script(browser, live_server, client, busy):
    client.force_login(busy.user)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/my-day/")
    expect(page.get_by_role("heading", name="Before noon")).to_be_visible()
    page.goto("/notifications/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".notice--new")).to_have_count(0)
    context.close()

"""Keys: named as the platform has them, listed once, and never leading below a bar that stays."""

import pytest
from playwright.sync_api import expect

from tests.factories import a_customer, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whether the middle of what has the focus is covered by something else.
COVERED = """() => {
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
    return !top || !(focused.contains(top) || top.contains(focused));
}"""


@pytest.mark.parametrize(("platform", "said"), [("Win32", "Ctrl+Enter"), ("MacIntel", "⌘↵")])
def test_keys_are_named_as_the_platform_has_them_and_listed_once(page, come_in, ana, platform, said):
    page.add_init_script(
        f"Object.defineProperty(navigator, 'platform', {{get: () => '{platform}'}});"
        "Object.defineProperty(navigator, 'userAgentData', {get: () => undefined});"
    )
    come_in(ana)
    page.goto("/my-day/")
    page.keyboard.press("?")
    keys = [" ".join(key.split()) for key in page.locator(".keys-list dt").all_inner_texts()]

    assert said in keys
    assert "c" in keys
    assert len(keys) == len(set(keys))
    page.goto("/tickets/new/")
    expect(page.locator("[data-mac]").first).to_have_text(said)


def test_the_focused_row_is_never_below_a_bar(page, come_in, ana):
    for number in range(40):
        a_ticket(ana, subject=f"Ticket {number}")
        a_customer(ana, name=f"Customer {number}")
    come_in(ana)
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto("/tickets/?state=unresolved")
    for key in ("j", "k"):
        for _ in range(38):
            page.keyboard.press(key)
            assert not page.evaluate(COVERED), page.evaluate("document.activeElement.textContent")

    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/customers/")
    page.get_by_role("link", name="Customer 39").focus()
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        assert not page.evaluate(COVERED), page.evaluate("document.activeElement.textContent")


def test_the_phone_logs_a_ticket_from_every_page(page, come_in, ana):
    come_in(ana)
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/customers/")
    plus = page.locator(".topbar").get_by_role("link", name="Log a ticket")
    size = plus.bounding_box()
    assert min(size["width"], size["height"]) >= 44

    plus.click()
    expect(page).to_have_url("/tickets/new/")


def test_what_a_line_cuts_off_is_told_on_hover(page, come_in, ana):
    name = "Company of very many words " * 8
    customer = a_customer(ana, name="Short")
    a_ticket(ana, subject=name.strip(), customer=customer)
    come_in(ana)
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto(f"/customers/{customer.id}/")
    line = page.locator(".last__t").first
    line.hover()

    assert line.get_attribute("title").endswith(name.strip())

"""The frame and the pages around it, in a real browser: wide and on a phone, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from accounts.actions import enter_member
from tests.factories import a_company, a_member

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def set_up(page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_is_sound(page, come_in, rae, settings, tmp_path, check_access, width, theme):
    settings.EMAIL_URL, settings.EMAIL_FILE_PATH, settings.DEMO = "", str(tmp_path), True
    rae.company.demo_note = "Tickets are real. " * 20
    rae.company.save()
    set_up(page, width, theme)

    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"):
        page.goto(path)
        check_access()
        assert fits(page), path
    come_in(rae)
    for path in ("/", "/profile/", "/mail/", "/accounts/password/change/", "/accounts/logout/"):
        page.goto(path)
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        check_access()
        assert fits(page), path


def test_a_demo_sign_in_fills_in_the_form(page, rae, settings):
    settings.DEMO = True
    rep = a_member(a_company("demo", demo_note="Real"), "Rep")
    rep.user.set_password("demo")
    rep.user.save()

    page.goto("/accounts/login/")
    page.get_by_role("button", name="rep@demo.example").click()
    page.keyboard.press("Enter")

    page.wait_for_url("**/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_the_switch_between_light_and_dark_is_remembered(page, come_in, ana):
    set_up(page, 1440, "light")
    come_in(ana)
    page.goto("/profile/")
    shown = page.locator("html")

    page.get_by_role("button", name="Light or dark").click()
    expect(shown).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(shown).to_have_attribute("data-bs-theme", "dark")

    # What is chosen in the profile afterwards goes before the switch.
    page.get_by_role("combobox", name="Light or dark").select_option("light")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(shown).to_have_attribute("data-bs-theme", "light")


def test_a_phone_opens_the_menu_and_switches_company_without_script(browser, live_server, client, ana, zed):
    enter_member(actor=None, company=zed.company, email=ana.email, name=ana.name, user=ana.user)
    client.force_login(ana.user)
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    for company in (zed.company, ana.company):
        page.goto("/profile/")
        page.get_by_role("button", name="Menu").click()
        page.locator(".side__brand").click()
        page.locator(f"#companies [value='{company.id}']").click()
        page.wait_for_url("**/")
        page.get_by_role("button", name="Menu").click()
        expect(page.locator(".side__brand")).to_contain_text(company.name)
    context.close()


def test_the_keyboard_skips_to_the_content(page, come_in, ana):
    come_in(ana)
    page.goto("/profile/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()

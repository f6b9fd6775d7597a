"""The demo is asked for and removed in a real browser: wide and on a phone, light and dark."""

import pytest
from playwright.sync_api import expect

from accounts.models import Company, Removal, Role
from customers.imports.removal import remove_piece
from tests.browser.conftest import SIZES
from tests.browser.test_settings import fits, picture
from tests.factories import a_company, a_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_it_is_removed_and_the_page_leads_on_by_itself(
    page, come_in, check_access, settings, tmp_path, width, theme
):
    settings.VAR, settings.SETUP_IS_OPEN = tmp_path, True
    demo = a_company("demo", name="Northwind Service Desk", demo_note="Real records. " * 20)
    a_company("forum", name="Mail Forum", demo_note="Real records too")
    come_in(a_member(demo, "Admin", Role.ADMIN))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)

    page.goto("/settings/")
    check_access()
    picture(page, "settings-demo", width, theme)
    page.get_by_role("link", name="Remove the demo").click()
    page.wait_for_url("**/settings/demo/removal/")
    check_access()
    assert fits(page)
    picture(page, "demo-removal", width, theme)
    page.get_by_label("Type the name").fill("Northwind Service Desk")
    page.get_by_role("button", name="Remove the demo").click()

    expect(page.get_by_role("heading", name="The demo is being removed")).to_be_visible()
    check_access()
    assert fits(page)
    picture(page, "removal", width, theme)
    for removal in Removal.objects.all():
        assert remove_piece(removal)
    expect(page.get_by_role("heading", name="Set up your company")).to_be_visible(timeout=15_000)
    assert not Company.objects.exists()


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_it_is_asked_for(page, come_in, check_access, rae, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    come_in(rae)

    page.goto("/settings/")
    page.get_by_role("link", name="Demo").click()
    page.wait_for_url("**/settings/demo/")
    check_access()
    assert fits(page)
    picture(page, "demo-ask", width, theme)
    page.get_by_role("button", name="Load the demo").click()

    expect(page.get_by_role("heading", name="The demo is being loaded")).to_be_visible()
    check_access()

"""Boards in a real browser: drawn, explained, followed to the rows; wide and on a phone, light and dark."""

import pytest
from playwright.sync_api import expect

from tests.metrics.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = "period=custom&from=2026-02-01&to=2026-03-20"


@pytest.fixture
def work(harbour, ana, lee, mo, rae, set_clock):
    return desk(harbour, ana, lee, mo, rae, set_clock)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (768, "dark"), (360, "light")])
def test_boards_are_sound(page, come_in, work, mo, ana, lee, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    come_in(mo)
    for path in (
        f"/company/?{ASKED}",
        f"/dashboards/team/{lee.id}/?{ASKED}",
        f"/dashboards/rep/{ana.id}/?{ASKED}",
        "/figures/csat/?from=2026-02-01&to=2026-03-20",
        "/figures/csat/rows/?from=2026-02-01&to=2026-03-20",
        "/figures/csat/trend/?from=2026-02-01&to=2026-03-20",
        "/settings/focus/",
        "/team/",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        check_access()
        assert fits(page), path


def test_a_figure_is_explained_and_followed_to_its_rows(page, come_in, work, mo, check_access):
    page.set_viewport_size({"width": 1440, "height": 900})
    come_in(mo)
    page.goto(f"/company/?{ASKED}")
    page.locator("#tile-fcr .explain").click()
    drawer = page.locator("#explain")
    expect(drawer.get_by_role("heading", name="First contact resolution")).to_be_visible()
    expect(drawer.locator(".behind tbody tr")).to_have_count(5)
    check_access()
    drawer.get_by_role("link", name="Open all").click()

    page.wait_for_url("**/figures/fcr/rows/**")
    assert page.locator(".behind tbody tr").count() > 5
    page.go_back()
    expect(page.locator("#tile-fcr")).to_be_visible()


def test_the_trend_is_drawn_and_read_as_a_table(page, come_in, work, mo):
    page.set_viewport_size({"width": 1440, "height": 900})
    come_in(mo)
    page.goto(f"/company/?{ASKED}")
    expect(page.locator("[data-trend] svg")).to_be_visible()
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("#view-table .chart-table")).to_be_visible()
    rows = page.locator("#view-table tbody tr").count()
    page.get_by_role("combobox", name="Metric").select_option("tickets_opened")
    page.wait_for_url("**metric=tickets_opened**")

    expect(page.locator("#trend-title")).to_contain_text("Tickets opened")
    expect(page.locator("[data-trend] svg")).to_be_visible()
    assert rows == 26
    page.emulate_media(color_scheme="dark")
    expect(page.locator("[data-trend] svg")).to_be_visible()


def test_a_period_is_chosen_by_hand(page, come_in, work, mo):
    page.set_viewport_size({"width": 1440, "height": 900})
    come_in(mo)
    page.goto("/company/")
    page.locator(".stepper__value").click()
    page.get_by_label("Period", exact=True).select_option("month")
    page.get_by_label("Last day, as of").fill("2026-02-28")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.locator(".stepper__value")).to_contain_text("February 2026")
    page.get_by_role("link", name="Next period").click()
    expect(page.locator(".stepper__value")).to_contain_text("Mar 2026")

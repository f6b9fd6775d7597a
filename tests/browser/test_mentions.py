"""Naming a colleague in a note, by keys alone."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Activity
from tests.factories import a_customer, a_member, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def colleagues(harbour, ana):
    return [a_member(harbour, name=name) for name in ("Leonor", "Leander", "Mina")]


def options(page: Page):
    return page.locator("#mentions [role=option]")


def names(page: Page) -> list[str]:
    return options(page).locator("bdi").all_inner_texts()


def test_it_is_chosen_by_keys_and_told(page, come_in, check_access, ana, colleagues):
    come_in(ana)
    page.goto(f"/customers/{a_customer(ana).id}/")
    note = page.get_by_label("Note", exact=True)
    note.press_sequentially("Please, @Le")
    expect(options(page)).to_have_count(3)  # with Lee

    assert names(page) == ["Leander", "Lee", "Leonor"]
    assert note.get_attribute("aria-activedescendant") == "mention-1"
    check_access()

    note.press("ArrowUp")
    note.press("Enter")

    expect(note).to_have_value("Please, @Leonor ")
    expect(options(page)).to_have_count(0)
    note.press_sequentially("call them")
    note.press("Control+Enter")
    page.wait_for_url("**/customers/**")
    expect(page.locator(".notes__text").first).to_contain_text("@Leonor call them")
    assert Activity.objects.get(verb="note.added").detail["mentions"] == [colleagues[0].id]


def test_it_leaves_addresses_and_what_is_closed_alone(page, come_in, ana, colleagues):
    come_in(ana)
    page.goto(f"/tickets/{a_ticket(ana).id}/?write=note")
    note = page.locator("#note_body")
    note.press_sequentially("Write to priya@le")
    page.wait_for_timeout(400)
    expect(options(page)).to_have_count(0)

    note.press_sequentially(" or @mi")
    expect(options(page)).to_have_count(1)
    note.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(note).to_have_value("Write to priya@le or @mi")
    note.press("Backspace")
    options(page).filter(has_text="Mina").click()
    expect(note).to_have_value("Write to priya@le or @Mina ")

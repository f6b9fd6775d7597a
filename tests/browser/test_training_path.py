"""A path in a real browser: the trainee's day and the manager's word, on a phone and wide, light and dark."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.training.making import a_process, an_enrolment, items_of, passed
from training.actions.entries import ask_for, judge
from training.models import Entry

from .conftest import SIZES, axe_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def path(ana, lee, mo, set_clock):
    """Ana's path in its second week, with something of every kind."""
    set_clock("2026-11-02T09:00")
    a_process(lee, mo)
    enrolment = an_enrolment(lee, ana, starts_on=date(2026, 11, 2))
    set_clock("2026-11-10T09:00")
    items = items_of(enrolment)
    passed(enrolment, items[0], lee)
    said = {
        "words": "Twelve seconds, and no open question.",
        "next_step": "Again with a timer, then call me.",
    }
    judge(actor=lee, enrolment=enrolment, item=items[1], outcome="not_yet", **said)
    ask_for(actor=ana, enrolment=enrolment, item=items[-1], words="Look at my two tickets of today")
    return enrolment


def test_a_path_is_sound_at_every_size(window, path, ana, lee):
    item = items_of(path)[4]
    for width, scheme in SIZES:
        for member in (ana, lee):
            page = window(member, width, 800, color_scheme=scheme)
            for url in (
                "/training/",
                f"/training/paths/{path.id}/",
                f"/training/paths/{path.id}/items/{item.id}/",
            ):
                page.goto(url)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                axe_of(page)


def test_a_manager_says_not_yet_on_a_phone(window, path, lee):
    page = window(lee, 360, 760)
    page.goto(f"/training/paths/{path.id}/")
    sign = page.locator(".sign")
    expect(sign.get_by_text("Look at my two tickets of today")).to_be_visible()
    expect(sign.get_by_label("What to do next")).to_be_hidden()
    sign.get_by_role("radio", name="Not yet").check()
    sign.get_by_label("What you saw, or what is missing").fill("The second payment was pending")
    sign.get_by_label("What to do next").fill("One more ticket")
    sign.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: not yet.")).to_be_visible()
    assert Entry.objects.latest("id").next_step == "One more ticket"

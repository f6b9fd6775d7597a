"""A debrief with more scorecards than a page has room for: wide, on a phone and on paper."""

import pytest
from playwright.sync_api import expect

from hiring.models import PanelRole
from tests.factories import a_member
from tests.hiring.making import a_card, an_application, an_interview, scored

from .conftest import axe_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application(harbour, mo, ana):
    """Ana and five others on the panel, Ana and one more at the work sample."""
    application = an_application(mo, name="Lena Fischer")
    others = [a_member(harbour, f"Scorer{n}") for n in range(5)]
    for kind, people in (("panel", [ana, *others]), ("work_sample", [ana, others[0]])):
        interview = an_interview(mo, application, dict.fromkeys(people, PanelRole.SCORER), kind=kind)
        for member in people:
            scored(a_card(interview, member), words=f"WORDS OF {member.name}")
    return application


def test_attributes_stay_beside_columns_that_scroll(window, application, mo):
    page = window(mo)
    page.goto(f"/hiring/applications/{application.id}/debrief/")
    expect(page.get_by_role("columnheader", name="Work sample", exact=True)).to_be_visible()
    region, first = page.locator(".deb__scroll"), page.locator(".rates tbody th").first
    before = first.bounding_box()
    assert region.evaluate("each => each.scrollWidth > each.clientWidth")
    region.evaluate("each => { each.scrollLeft = 10000 }")
    assert first.bounding_box() == before
    last = page.locator(".rates tbody tr").first.locator("td").last.bounding_box()
    box = region.bounding_box()
    assert last["x"] + last["width"] <= box["x"] + box["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    axe_of(page)


def test_cells_stand_below_each_other_on_a_phone_and_paper_hides_nothing(window, application, mo):
    page = window(mo, 360, 760)
    page.goto(f"/hiring/applications/{application.id}/debrief/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    cells = page.locator(".rates tbody tr").first.locator("td")
    tops = [cells.nth(n).bounding_box()["y"] for n in range(cells.count())]
    assert tops == sorted(set(tops))
    label = "getComputedStyle(each, '::before').content"
    assert cells.last.evaluate(f"each => {label}") == '"Scorer0, Work sample"'
    axe_of(page)

    page.set_viewport_size({"width": 800, "height": 1000})
    page.emulate_media(media="print")
    for name in ("Ana", "Scorer4"):
        expect(page.locator(".rates__q", has_text=f"WORDS OF {name}").first).to_be_visible()
    region = page.locator(".deb__scroll")
    assert region.evaluate("each => each.scrollWidth <= each.clientWidth")

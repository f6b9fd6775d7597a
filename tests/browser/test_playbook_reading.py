"""Reading a playbook in a real browser: picture and list, a wrong step in two taps, a template looked at first."""

import pytest
from playwright.sync_api import expect

from playbooks.actions import create_playbook, publish, save_graph, send_to_review
from playbooks.models import Flag
from playbooks.starters import starters
from tests.playbooks.making import a_scenario

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def playbook(lee, mo):
    draft = create_playbook(actor=lee, scenario=a_scenario(lee, "Angry customer"), verifier=mo)
    draft = save_graph(actor=lee, draft=draft, graph=starters()["angry-customer"].graph)
    return publish(actor=mo, version=send_to_review(actor=lee, draft=draft, change="material")).playbook


def test_a_wrong_step_is_flagged_in_two_taps_on_a_phone(page, come_in, check_access, ana, playbook):
    come_in(ana)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/playbooks/{playbook.id}/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    check_access()

    page.get_by_text("This is wrong: Find out what you can really do").click()
    page.get_by_role("button", name="Flag it").locator("visible=true").click()
    expect(page.get_by_text("Says that this step is wrong.")).to_be_visible()
    assert Flag.objects.get().step_key == "s7"

    page.get_by_text("The same as a list").click()
    expect(page.locator(".flow-list").get_by_text("They threaten, insult")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("button", name="I have read it")).to_be_hidden()


def test_a_template_is_looked_at_before_it_is_taken(page, come_in, check_access, lee):
    come_in(lee)
    page.goto("/playbooks/new/")
    page.get_by_role("link", name="Refund").click()
    expect(page.get_by_role("img", name="Flowchart of 12 steps")).to_be_visible()
    check_access()
    page.get_by_label("Or a new scenario").fill("Money back")
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.get_by_role("heading", name="Money back")).to_be_visible()

"""A rep on a ticket finds a playbook by three letters and runs it there, by keys; a colleague sees each move."""

import os
from pathlib import Path

import pytest

from playbooks.actions import map_category
from playbooks.actions.runs import move_on, start_run
from playbooks.models import Run
from tests.factories import a_category, a_customer, a_ticket
from tests.playbooks.making import a_playbook, a_scenario

pytestmark = pytest.mark.django_db(transaction=True)
# Where pictures are put, to look at: SHOTS=folder.
SHOTS = os.environ.get("SHOTS", "")


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=page.viewport_size["width"] < 500)


@pytest.fixture
def playbook(ana, lee):
    scenario = a_scenario(lee)
    map_category(actor=lee, scenario=scenario, category=a_category(ana.company))
    a_playbook(ana, lee, "Refund after 30 days", scenario=scenario)
    return a_playbook(ana, lee, scenario=scenario)


@pytest.fixture
def ticket(ana):
    customer = a_customer(ana, name="Brightwater Foods")
    return a_ticket(
        ana,
        subject="Charged twice for October",
        body="We were charged twice.",
        customer=customer,
        category=a_category(ana.company),
        assignee=ana,
    )


def test_it_is_found_by_three_letters_and_run_on_the_ticket(
    page, come_in, check_access, ana, lee, playbook, ticket
):
    page.set_viewport_size({"width": 1440, "height": 900})
    come_in(ana)
    page.goto(f"/tickets/{ticket.id}/")
    page.get_by_role("button", name="Start Refund after 30 days").wait_for()
    page.get_by_role("searchbox", name="Find a playbook").press_sequentially("dup")
    found = page.locator("#at-hand-found").get_by_role("button", name="Start Duplicate charge")
    found.wait_for()
    shot(page, "at-hand")
    check_access()

    found.click()
    page.get_by_role("heading", name="A customer says they were charged twice").wait_for()
    page.locator("body").click(position={"x": 700, "y": 5})
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Find both payments").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Say what you see").wait_for()
    page.get_by_text("I can see two payments.").wait_for()
    page.get_by_role("button", name="Copy the words").wait_for()
    page.keyboard.press("s")
    page.keyboard.type("They know")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Are both payments settled?").wait_for()
    page.get_by_text("skipped: They know").wait_for()
    shot(page, "run-on-ticket")
    check_access()
    page.keyboard.press("2")
    page.get_by_role("heading", name="Void the pending payment").wait_for()
    page.keyboard.press("z")
    page.get_by_role("heading", name="Are both payments settled?").wait_for()

    page.keyboard.press("h")
    page.get_by_label("To", exact=True).select_option(label="Lee")
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_text("handed this over to").wait_for()
    run = Run.objects.get()
    assert (run.holder, run.ticket, run.step_key, run.moves) == (lee, ticket, "both", 7)
    page.reload()
    page.get_by_text("started the playbook Duplicate charge, version 1").wait_for()


def test_two_people_on_one_run_see_each_other(page, come_in, ana, lee, playbook):
    run = start_run(actor=ana, version=playbook.versions.get())
    come_in(ana)
    # A page of its own: the browser's console tells of every answer that is an error, as the 409 is.
    page = page.context.new_page()
    page.goto(f"/playbooks/runs/{run.id}/")
    page.get_by_role("heading", name="A customer says they were charged twice").wait_for()
    run = move_on(actor=lee, run=run)
    page.get_by_role("heading", name="Find both payments").wait_for(timeout=9_000)
    page.get_by_text("Lee: done").wait_for()

    # What is being typed stays, and whoever sends it is told.
    page.keyboard.press("t")
    page.keyboard.type("Two found")
    move_on(actor=lee, run=run)
    page.wait_for_timeout(6_000)
    assert page.get_by_role("textbox", name="Note").input_value() == "Two found"
    page.get_by_role("button", name="Save the note").click()
    page.get_by_text("Somebody has moved on meanwhile").wait_for()
    assert page.get_by_role("textbox", name="Note").input_value() == "Two found"
    page.get_by_role("button", name="Save the note").click()
    page.locator(".run-notes").get_by_text("Two found").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_on_a_phone(page, come_in, check_access, ana, lee, playbook, ticket, theme):
    run = start_run(actor=ana, version=playbook.versions.get(), ticket=ticket)
    for _step in range(3):
        run = move_on(actor=ana, run=run)
    ana.user.theme = theme
    ana.user.save(update_fields=["theme"])
    come_in(ana)
    addresses = {
        "run": f"/playbooks/runs/{run.id}/",
        "ticket": f"/tickets/{ticket.id}/",
        "search": "/playbooks/search/?q=dup",
    }
    for name, address in addresses.items():
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            page.locator("main").get_by_text("Duplicate charge").first.wait_for()
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            shot(page, f"{name}-{width}-{theme}")
            check_access()

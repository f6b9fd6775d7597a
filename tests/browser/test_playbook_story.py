"""A playbook from the list of what to write until it expires: by people at their browsers, with a real worker.

Ana writes, Lee reads and publishes, Ben runs it at a ticket, Cleo finishes what he began.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import Notification
from customers.actions import resolve_ticket
from metrics.models import Fact
from playbooks import tasks
from playbooks.actions import map_category
from playbooks.models import CoverageDay, Playbook, Run, RunEvent
from tests.chaos.processes import wait_for
from tests.factories import a_category, a_member, a_ticket
from tests.playbooks.making import a_scenario

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.django_db(transaction=True),
]
WITHIN = 60  # seconds from the publication to the figure


@pytest.fixture
def let_pass(clock_file: Path, set_clock):
    """Moves the clock of every process on to the morning of a later day; it goes on from there."""

    def to_morning_in(days: int) -> None:
        now = datetime.now(UTC)
        morning = now.replace(hour=9, minute=0, second=0) + timedelta(days=days + 1)
        clock_file.write_text(f"+{(morning - now).total_seconds():.0f}")

    to_morning_in(0)
    return to_morning_in


@pytest.fixture
def people(let_pass, harbour, ana, lee, worker):
    """Three tickets that Ana solved, of a scenario that nobody has written down, counted by the worker."""
    category = a_category(harbour)
    map_category(actor=lee, scenario=a_scenario(lee), category=category)
    for _ in range(3):
        ticket = a_ticket(ana, category=category, assignee=ana)
        resolve_ticket(actor=ana, ticket=ticket, seconds=1200)
    solved = Fact.objects.filter(company_id=harbour.id, kind=2)
    wait_for(lambda: solved.count() == 3, 30, "nothing was counted", worker)
    return ana, lee, a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cleo", manager=lee)


def test_a_playbook_from_the_list_to_its_expiry(
    page, come_in, check_access, client, key_of, people, worker, let_pass
):
    ana, lee, ben, cleo = people
    key = key_of(lee)

    def coverage() -> float | None:
        """Of the last 90 days, as the API tells it."""
        today = ana.company.today()
        asked = {"from": today - timedelta(days=89), "to": today}
        found = client.get("/api/v1/metrics/playbook_coverage/", asked, headers=key)
        return found.json()["points"][0]["value"]

    page.set_default_timeout(8_000)
    come_in(ana)
    begins_from_the_list(page)
    writes_two_decisions(page)
    tries_it_out(page)
    sends_it_to_review(page, "First version")
    check_access()
    assert coverage() == 0

    come_in(lee)
    sends_it_back(page, "Say by when the money is back.")
    come_in(ana)
    mends_it(page, worker)
    sends_it_to_review(page, "Says by when")
    come_in(lee)
    publishes(page)
    wait_for(lambda: coverage() == 1, WITHIN, "coverage has not risen", worker)
    kept = CoverageDay.objects.filter(company=ana.company, covered=3, tickets=3)
    wait_for(kept.exists, WITHIN, "the day's coverage was not kept", worker)

    ticket = a_ticket(ben, subject="Charged twice for October", category=a_category(ana.company))
    come_in(ben)
    runs_it_on(page, ticket)
    come_in(cleo)
    finishes(page, worker, ticket)

    let_pass(80)
    come_in(lee)
    says_that_it_still_holds(page)
    come_in(ana)
    changes_what_is_done(page)
    come_in(lee)
    publishes(page)
    come_in(ben)
    acknowledges(page)
    assert coverage() == 1

    let_pass(80 + 366)
    for _ in range(2):
        a_ticket(ben, category=a_category(ana.company))
    wait_for(lambda: coverage() == 0, WITHIN, "coverage has not fallen", worker)
    come_in(lee)
    page.goto("/playbooks/")
    expect(page.get_by_text("Verify the one that lapsed and it is 100 % again")).to_be_visible()
    is_told_of_once(Playbook.objects.get(), worker)


# --- Written ------------------------------------------------------------------------------------------------------


def begins_from_the_list(page: Page) -> None:
    page.goto("/playbooks/")
    page.get_by_role("link", name=re.compile("Write it")).click()
    expect(page.get_by_label("Scenario", exact=True)).to_have_value(re.compile(r"\d+"))
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.get_by_role("heading", name="Duplicate charge", level=1)).to_be_visible()


def writes_two_decisions(page: Page) -> None:
    """Are both settled? No: wait. Yes: is it a lot? Else the words to say."""
    adds_a_step_after(page, 1, "Are both payments settled?", "Decision")
    page.get_by_label("Exit 1", exact=True).fill("Yes, both")
    page.get_by_role("button", name="Add an exit").click()
    expect(page.get_by_label("Exit 2", exact=True)).to_be_focused()
    page.keyboard.type("No, one is pending")
    makes_a_step(page, 2)
    opens(page, 3)
    page.get_by_label("Title").fill("Wait until it drops off")
    leads_to_the_end(page, 1)

    opens(page, 2)
    makes_a_step(page, 1)
    opens(page, 3)
    page.get_by_label("Title").fill("Is it more than 500?")
    page.get_by_label("Kind").select_option("Decision")
    page.get_by_label("Exit 1", exact=True).fill("More")
    leads_to_the_end(page, 1)
    page.get_by_role("button", name="Add an exit").click()
    page.get_by_label("Exit 2", exact=True).fill("Up to 500")
    makes_a_step(page, 2)
    opens(page, 4)
    page.get_by_label("Title").fill("Say that it comes back")
    page.get_by_label("Kind").select_option("Script")
    page.get_by_label("Say").fill("The second payment comes back.")
    leads_to_the_end(page, 1)
    is_saved(page)
    expect(page.get_by_role("img", name="Flowchart of 6 steps")).to_be_visible()


def adds_a_step_after(page: Page, number: int, title: str, kind: str) -> None:
    page.get_by_label(f"More for step {number}", exact=True).click()
    page.get_by_role("button", name="Add a step after it").locator("visible=true").first.click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type(title)
    page.get_by_label("Kind").select_option(kind)


def makes_a_step(page: Page, exit: int) -> None:
    rows = page.locator(".ed__row")
    before = rows.count()
    page.get_by_label(f"Exit {exit} leads to").select_option("A new step")
    expect(rows).to_have_count(before + 1)


def opens(page: Page, number: int) -> None:
    step = page.get_by_role("button", name=re.compile(f"^Step {number},"))
    step.or_(page.get_by_role("link", name=re.compile(f"^Step {number},"))).click()
    expect(page.locator(f"li[aria-label='Step {number}']")).to_be_visible()


def leads_to_the_end(page: Page, exit: int) -> None:
    places = page.get_by_label(f"Exit {exit} leads to")
    end = places.locator("option", has_text="The customer knows what happens next")
    places.select_option(end.get_attribute("value"))


def is_saved(page: Page) -> None:
    expect(page.locator("#pb-saved")).to_contain_text("Draft saved")


def tries_it_out(page: Page) -> None:
    page.get_by_role("button", name="Try it out").click()
    page.wait_for_url("**/playbooks/runs/*/")
    expect(page.get_by_text("Trial of a draft")).to_be_visible()
    for key, step in (
        ("Enter", "Are both payments settled?"),
        ("2", "Wait until it drops off"),
        ("Enter", "The customer knows what happens next"),
        ("Enter", "Completed"),
    ):
        page.keyboard.press(key)
        is_at(page, step)
    page.get_by_role("link", name="Duplicate charge").click()
    page.get_by_role("link", name="Open the draft").first.click()


def is_at(page: Page, step: str) -> None:
    expect(page.get_by_role("heading", name=step, level=3)).to_be_visible()


# --- Read and published -------------------------------------------------------------------------------------------


def sends_it_to_review(page: Page, summary: str) -> None:
    page.get_by_label("Reviewer").select_option("Lee")
    page.get_by_label("What changed and why").fill(summary)
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


def sends_it_back(page: Page, words: str) -> None:
    page.goto("/my-day/")
    page.get_by_role("link", name=re.compile("^Review.*Duplicate charge")).click()
    page.get_by_text("Send back", exact=True).click()
    page.get_by_label("What should be changed").fill(words)
    page.get_by_role("button", name="Send back with these words").click()
    expect(page.get_by_text("Sent back. Who wrote it is told.")).to_be_visible()


def mends_it(page: Page, worker) -> None:
    hears(page, worker, "sent a playbook of yours back")
    expect(page.get_by_text("Say by when the money is back.")).to_be_visible()
    opens(page, 4)
    page.get_by_label("Say").fill("The second payment comes back within five days.")
    is_saved(page)


def hears(page: Page, worker, words: str) -> None:
    """Follows the notification as soon as the worker has written it."""
    told = page.get_by_role("link", name=re.compile(words))

    def is_there() -> bool:
        page.goto("/notifications/")
        return told.count() > 0

    wait_for(is_there, 30, f"nobody was told: {words}", worker)
    told.first.click()


def publishes(page: Page) -> None:
    page.goto("/my-day/")
    page.get_by_role("link", name=re.compile("^Review.*Duplicate charge")).click()
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("is published: reps read it from now on")).to_be_visible()
    expect(page.get_by_label("Version and trust").get_by_text("Verified until")).to_be_visible()


def says_that_it_still_holds(page: Page) -> None:
    page.goto("/playbooks/")
    page.get_by_role("link", name="Duplicate charge").first.click()
    expect(page.get_by_text("Due by")).to_be_visible()
    page.get_by_role("button", name=re.compile("It still holds")).click()
    expect(page.get_by_label("Version and trust").get_by_text("Verified until")).to_be_visible()


# --- Run ----------------------------------------------------------------------------------------------------------


def runs_it_on(page: Page, ticket) -> None:
    """Found by three letters; one step is skipped with a reason, and then it is handed over."""
    page.goto(f"/tickets/{ticket.id}/")
    page.keyboard.press("/")
    page.keyboard.type("dup")
    page.get_by_role("dialog").get_by_role("link", name=re.compile("Duplicate charge")).click()
    page.get_by_role("button", name=f"Run it on {ticket.external_id}").click()
    page.wait_for_url("**/playbooks/runs/*/")
    is_at(page, "Duplicate charge")
    for key, step in (
        ("Enter", "Are both payments settled?"),
        ("1", "Is it more than 500?"),
        ("2", "Say that it comes back"),
    ):
        page.keyboard.press(key)
        is_at(page, step)
    page.keyboard.press("s")
    page.keyboard.type("They know already")
    page.keyboard.press("Control+Enter")
    is_at(page, "The customer knows what happens next")
    expect(page.get_by_text("skipped: They know already")).to_be_visible()

    page.keyboard.press("h")
    page.get_by_label("To", exact=True).select_option("Cleo")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("handed this over to")).to_be_visible()


def finishes(page: Page, worker, ticket) -> None:
    hears(page, worker, "handed you a run of a playbook")
    page.wait_for_url("**/playbooks/runs/*/")
    is_at(page, "The customer knows what happens next")
    page.keyboard.press("Enter")
    is_at(page, "Completed")
    page.goto(f"/tickets/{ticket.id}/")
    expect(page.get_by_text("completed the playbook Duplicate charge, version 1")).to_be_visible()
    run = Run.objects.get(is_trial=False)
    assert (run.state, run.ticket, run.starter.name, run.holder.name) == ("completed", ticket, "Ben", "Cleo")
    moves = RunEvent.objects.filter(run=run).order_by("number").values_list("move", flat=True)
    assert list(moves) == ["started", "done", "chosen", "chosen", "skipped", "handed", "completed"]


# --- Later --------------------------------------------------------------------------------------------------------


def changes_what_is_done(page: Page) -> None:
    page.goto("/playbooks/")
    page.get_by_role("link", name="Duplicate charge").first.click()
    page.get_by_role("button", name="Edit").click()
    adds_a_step_after(page, 1, "Find both payments", "Action")
    is_saved(page)
    expect(page.get_by_label("Material")).to_be_checked()
    sends_it_to_review(page, "Look first, then ask")


def acknowledges(page: Page) -> None:
    page.goto("/my-day/")
    page.get_by_role("link", name=re.compile("^Read again.*Duplicate charge")).click()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You have read version 2")).to_be_visible()
    page.goto("/my-day/")
    expect(page.get_by_role("link", name=re.compile("Duplicate charge"))).to_have_count(0)


def is_told_of_once(playbook: Playbook, worker) -> None:
    """Who answers for it and who is above, by the worker's hour; the hours after it tell nobody anything."""
    told = Notification.objects.filter(verb__in=("playbook.expired", "playbook.expired_below"))
    current_app.send_task("playbooks.tasks.remind_everybody", queue=settings.CELERY_TASK_DEFAULT_QUEUE)
    wait_for(lambda: told.count() == 2, 30, "nobody was told of the expiry", worker)
    before = Notification.objects.count()
    for _ in range(2):
        tasks.remind(playbook.company_id)
    assert Notification.objects.count() == before
    assert sorted(told.values_list("member__name", "verb")) == [
        ("Ana", "playbook.expired"),
        ("Lee", "playbook.expired_below"),
    ]

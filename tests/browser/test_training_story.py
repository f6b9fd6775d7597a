"""Somebody is hired and becomes good at a process: by people at their browsers, from the Monday on which the path is
there because of the role to the certificate, the ownership, and the refresh after a material change."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from accounts.outbox import react_once
from customers.actions import reply_to_ticket, resolve_ticket
from metrics import rollup
from playbooks.actions import change_playbook, open_draft, publish, send_to_review
from tests.factories import a_member, a_ticket
from tests.training.making import a_draft, a_process, a_question, a_quiz
from training.actions.entries import progress_at
from training.actions.programmes import publish_programme
from training.models import Certificate, Enrolment, Item, Module, RideAlong

from .conftest import axe_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))


def react() -> None:
    while react_once():
        pass


@pytest.fixture
def playbook(ana, lee, mo, set_clock):
    """That reps are to know; Ana knows it. The path is short: a module for everybody, with a quiz, and the process."""
    set_clock(MONDAY - timedelta(days=14))
    playbook = a_process(lee, mo)
    draft = a_draft(mo)
    Module.objects.filter(of=draft, kind__in=("world", "picture")).delete()
    Module.objects.filter(of=draft, title__contains="tools").delete()
    rides = Item.objects.filter(module__of=draft, kind="ride_along")
    rides.exclude(form="observe").delete()
    rides.update(times=1)
    a_quiz(mo, draft, [a_question(mo), a_question(mo, "Who says when?", right=[2])], title="What we promise")
    publish_programme(actor=mo, draft=draft)
    Certificate.objects.create(
        company=ana.company, member=ana, playbook=playbook, level="coach", number=1, until=date(2027, 3, 1)
    )
    react()
    return playbook


def test_from_the_first_monday_to_the_refresh(window, set_clock, playbook, harbour, mo, lee, ana):
    set_clock(MONDAY)
    nia = a_member(harbour, "Nia", manager=lee, started_on=MONDAY.date())
    react()
    enrolment = Enrolment.objects.get(member=nia)
    assert (enrolment.why, enrolment.starts_on) == ("role", MONDAY.date())

    own, desk, host = window(nia), window(lee), window(ana, 360, 760)
    own.goto("/my-day/")
    own.get_by_role("link", name=re.compile("first ten seconds")).first.click()
    reads(own)
    greets(own, desk, enrolment)
    fails_and_passes_the_quiz(own, enrolment)
    own.goto(at(enrolment, title="Read the playbook"))
    reads(own)
    rides_along(own, host, set_clock)
    is_signed_off(own, desk, enrolment)

    undone = {key for key, progress in progress_at(enrolment).items() if not progress.is_done}
    assert list(Item.objects.filter(id__in=undone).values_list("title", flat=True)) == []
    enrolment.refresh_from_db()
    assert enrolment.state == "completed"
    own.goto("/training/certificates/")
    expect(own.get_by_text("Duplicate charge").first).to_be_visible()
    expect(own.get_by_text("Valid").first).to_be_visible()
    axe_of(own)
    assert change_playbook(actor=mo, playbook=playbook, owner=nia).owner == nia

    solves_a_ticket(nia, set_clock)
    own.goto("/training/ramp/")
    row = own.get_by_role("row", name=re.compile("First solo ticket"))
    expect(row).to_contain_text("4 Mar")

    changed = open_draft(actor=lee, playbook=playbook)
    publish(actor=mo, version=send_to_review(actor=lee, draft=changed, change="material"))
    react()
    own.goto("/training/certificates/")
    expect(own.get_by_text("Refresh due").first).to_be_visible()


def at(enrolment: Enrolment, **found) -> str:
    item = Item.objects.get(module__of=enrolment.version_id, **found)
    return f"/training/paths/{enrolment.id}/items/{item.id}/"


def reads(page: Page) -> None:
    axe_of(page)
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("button", name="I have read it")).to_have_count(0)


def judges(page: Page, outcome: str, words: str = "", next_step: str = "") -> None:
    page.get_by_role("radio", name=re.compile(outcome)).check()
    if words:
        page.locator("[name=words]").fill(words)
        page.locator("[name=next_step]").fill(next_step)
    with page.expect_navigation():
        page.locator("form[action$='judgement/']").get_by_role("button", name="Save").click()


def greets(own: Page, desk: Page, enrolment: Enrolment) -> None:
    """The role-play is "not yet", with a reason and a next step, and then passed."""
    role_play = at(enrolment, kind="role_play")
    desk.goto(role_play)
    axe_of(desk)
    judges(desk, "Not yet", "Fifteen seconds until you said your name", "Again on Wednesday, name first")
    own.goto(role_play)
    expect(own.get_by_text("Again on Wednesday, name first").first).to_be_visible()
    desk.goto(role_play)
    judges(desk, "Passed")
    own.goto(f"/training/paths/{enrolment.id}/")
    expect(own.get_by_text("Passed").first).to_be_visible()
    axe_of(own)


def fails_and_passes_the_quiz(own: Page, enrolment: Enrolment) -> None:
    own.goto(at(enrolment, kind="quiz"))
    for choices, said in ((("Pay", "Look"), "Not yet."), (("Look", "Pay"), "Passed.")):
        own.get_by_role("button", name=re.compile("Begin|Try again")).click()
        for question, choice in zip(("What comes first?", "Who says when?"), choices, strict=True):
            own.get_by_role("group", name=question).get_by_label(choice).check()
        axe_of(own)
        own.get_by_role("button", name="Hand in").click()
        expect(own.get_by_text(said).first).to_be_visible()


def rides_along(own: Page, host: Page, set_clock) -> None:
    """With the colleague who is proposed first; afterwards she notes what came of it, on her phone."""
    ride_item = Item.objects.get(kind="ride_along", form="observe")
    enrolment = Enrolment.objects.get()
    own.goto(f"/training/paths/{enrolment.id}/items/{ride_item.id}/")
    first = own.locator(".ride-picks > li").first
    expect(first).to_contain_text("Ana")
    axe_of(own)
    first.get_by_role("button", name="Book it").click()
    expect(own.locator(".ride-picks")).to_have_count(0)
    ride = RideAlong.objects.get()
    set_clock(ride.ends_at + timedelta(minutes=1))
    host.goto(f"/training/rides/{ride.id}/")
    host.locator("[name=interactions]").fill("4")
    host.get_by_role("radio", name=re.compile("Passed")).check()
    axe_of(host)
    with host.expect_navigation():
        host.locator("form[action$='notes/']").get_by_role("button", name="Save").click()
    expect(host.locator("form[action$='notes/']")).to_have_count(0)


def is_signed_off(own: Page, desk: Page, enrolment: Enrolment) -> None:
    own.goto(at(enrolment, kind="sign_off"))
    own.locator("[name=words]").fill("Two on my own today")
    own.get_by_role("button", name="Ask for a sign-off").click()
    desk.goto("/training/signoffs/")
    desk.get_by_role("link", name=re.compile("On your own")).first.click()
    judges(desk, "Approved")


def solves_a_ticket(nia, set_clock) -> None:
    """On the Wednesday, in ten minutes."""
    set_clock(MONDAY + timedelta(days=2))
    ticket = a_ticket(nia, assignee=nia)
    set_clock(MONDAY + timedelta(days=2, minutes=10))
    reply_to_ticket(actor=nia, ticket=ticket, body="Hello", seconds=60)
    resolve_ticket(actor=nia, ticket=ticket)
    react()
    rollup.drain(nia.company_id)
    set_clock(MONDAY + timedelta(days=3))

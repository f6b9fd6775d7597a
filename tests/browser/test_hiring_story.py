"""From the open job to the new colleague: three interviewers at three browsers at once, one on a phone, one without a
connection for a while; they disagree, the decision goes against the composite, and two people stand for it."""

import os
import re
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Member, ReportingLine
from hiring.models import Decision, Scorecard
from tests.factories import a_member

from .conftest import axe_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("Drive", "Coachability", "Positivity", "Empathy")
# What each gave, in the order of the names.
GIVEN = {"Lee": (3, 3, 3, 5), "Ana": (3, 4, 3, 2), "Cleo": (3, 3, 4, 3)}
OFFLINE = float(os.environ.get("OFFLINE_SECONDS", "8"))  # a minute at full length
REASON = "Two of us saw her calm an angry customer in the work sample; the three days here showed the same."
SAVED = ".room__state [data-room-saved]"


@pytest.fixture
def talk_at(set_clock) -> datetime:
    """On a Tuesday morning, before anything is planned; the interview is two hours later."""
    begins = datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    set_clock(begins)
    return begins + timedelta(hours=2)


def test_from_the_job_to_the_hire(window, set_clock, talk_at, harbour, mo, rae, lee, ana):
    cleo = a_member(harbour, "Cleo", manager=lee)
    desk = window(mo)
    opens_the_job(desk)
    leaves_in_the_composite(desk, NAMES)
    adds_somebody(desk, "Lena Fischer")
    application = desk.url
    plans_the_panel(desk, talk_at, (lee, ana, cleo))

    set_clock(talk_at + timedelta(minutes=5))
    rooms = {
        "Lee": comes_to_the_room(window(lee), lee),
        "Ana": comes_to_the_room(window(ana, 360, 760, has_touch=True, is_mobile=True), ana),
        "Cleo": comes_to_the_room(window(cleo), cleo),
    }
    for name in NAMES[:2]:
        for who, room in rooms.items():
            rates(room, name, GIVEN[who][NAMES.index(name)], f"{who} on {name}")
    lost = time.monotonic()
    rooms["Cleo"].context.set_offline(True)
    for name in NAMES[2:]:
        for who, room in rooms.items():
            rates(room, name, GIVEN[who][NAMES.index(name)], f"{who} on {name}")
    expect(rooms["Cleo"].locator(SAVED)).to_contain_text("Kept on this device")

    submits(rooms["Lee"], "Yes")
    shows_nothing_of(rooms["Ana"], "Lee on")
    desk.goto(application)
    expect(desk.get_by_text("not submitted")).to_have_count(2)
    shows_nothing_of(desk, "Lee on")
    submits(rooms["Ana"], "No")
    time.sleep(max(0.0, OFFLINE - (time.monotonic() - lost)))
    assert not Scorecard.objects.get(member=cleo).ratings.filter(attribute__key="empathy").exists()
    rooms["Cleo"].context.set_offline(False)
    expect(rooms["Cleo"].locator(SAVED)).to_contain_text("All saved", timeout=30_000)
    submits(rooms["Cleo"], "Strong yes")
    assert dict(Scorecard.objects.values_list("member__name", "state")) == dict.fromkeys(GIVEN, "submitted")

    decides_against_the_composite(desk, application)
    decision = Decision.objects.get()
    assert (decision.is_against, float(decision.composite)) == (True, pytest.approx(3.25))
    approves(window(rae), application)
    hires(desk, application, "lena.fischer@harbour.example")

    hired = Member.objects.get(name="Lena Fischer")
    assert hired.started_on == date(2026, 4, 1)
    line = ReportingLine.objects.get(member=hired)
    assert (line.manager, line.valid_from) == (lee, date(2026, 4, 1))
    desk.goto("/people/?on=2026-03-31")
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    expect(desk.get_by_role("link", name="Lena Fischer")).to_have_count(0)
    desk.goto("/people/?on=2026-04-01")
    expect(desk.get_by_role("link", name="Lena Fischer").first).to_be_visible()


# --- The job and the panel ----------------------------------------------------------------------------------------


def opens_the_job(page: Page) -> None:
    page.goto("/hiring/requisitions/new/")
    page.get_by_label("Title").fill("Customer success rep")
    page.get_by_label("Seats").fill("1")
    page.get_by_label("Start", exact=True).fill("2026-04-01")
    page.get_by_label("Manager", exact=True).fill("Lee")
    axe_of(page)
    page.get_by_role("button", name="Open the job").click()
    expect(page.get_by_role("heading", name="Customer success rep", level=1)).to_be_visible()


def leaves_in_the_composite(page: Page, names: tuple[str, ...]) -> None:
    job = page.url
    page.goto(f"{job}weights/")
    for row in page.locator(".hire-parts__row").all():
        if row.locator("label").inner_text().strip() not in names:
            row.get_by_role("textbox").or_(row.get_by_role("spinbutton")).fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(job)


def adds_somebody(page: Page, name: str) -> None:
    page.goto(f"{page.url}candidates/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill("lena@people.example")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/hiring/applications/*/")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def plans_the_panel(page: Page, at: datetime, panel: tuple[Member, ...]) -> None:
    page.get_by_role("link", name="Plan an interview").first.click()
    page.get_by_label("Stage").select_option(label="Panel, kit “Front line”")
    page.get_by_label("Day and time").fill(f"{at:%Y-%m-%dT%H:%M}")
    for number, member in enumerate(panel, 1):
        page.get_by_label(f"Interviewer {number}", exact=True).fill(member.email)
    axe_of(page)
    page.get_by_role("button", name="Plan it and invite").click()
    page.wait_for_url(re.compile(r"/hiring/interviews/\d+/$"))


# --- The rooms ----------------------------------------------------------------------------------------------------


def comes_to_the_room(page: Page, member: Member) -> Page:
    """By the line of the day."""
    page.goto("/my-day/")
    page.get_by_role("link", name=re.compile("Lena Fischer")).first.click()
    if "/scorecards/" not in page.url:
        page.get_by_role("link", name=re.compile("room|scorecard", re.I)).first.click()
    page.wait_for_url("**/hiring/scorecards/*/")
    page.get_by_role("button", name="I have no stake").click()
    expect(page.locator("section[data-step]:not([hidden])")).to_be_visible()
    return page


def rates(page: Page, name: str, value: int, words: str) -> None:
    step = page.locator(f"section[aria-label={name}]")
    if not step.is_visible():
        goes_to(page, name)
    step.locator(f"input[name=rating][value='{value}']").check()
    step.get_by_role("textbox", name="Evidence").fill(words)


def goes_to(page: Page, name: str) -> None:
    """By the list of parts, or on a phone by what comes next."""
    part = page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name))
    part.locator("visible=true").first.click()


def submits(page: Page, verdict: str) -> None:
    goes_to(page, "Overall and submit")
    page.get_by_role("radio", name=verdict, exact=True).check()
    expect(page.locator(SAVED)).to_contain_text("All saved")
    expect(page.get_by_role("heading", name="Nothing is missing")).to_be_visible()
    page.get_by_role("button", name="Submit scorecard").click()
    expect(page.get_by_role("heading", name="Your scorecard")).to_be_visible()


def shows_nothing_of(page: Page, words: str) -> None:
    page.reload()
    assert words not in page.content()


# --- The debrief and the hire -------------------------------------------------------------------------------------


def decides_against_the_composite(page: Page, application: str) -> None:
    page.goto(f"{application}debrief/")
    expect(page.get_by_role("heading", name="Talk about empathy first")).to_be_visible()
    expect(page.get_by_text("3 of 3 in")).to_be_visible()
    axe_of(page)
    page.get_by_role("radio", name=re.compile(r"^\s*Hire")).check()
    expect(page.get_by_text("against the composite", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Record the decision").click()
    reason = page.get_by_role("textbox", name="Reason")
    expect(page.locator("#reason-e")).to_be_visible()
    assert not Decision.objects.exists()
    reason.fill(REASON)
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("Waits for a second person")).to_be_visible()


def approves(page: Page, application: str) -> None:
    page.goto(f"{application}debrief/")
    page.get_by_role("button", name="Approve: Hire").click()
    expect(page.get_by_text("Approved. Now the offer.")).to_be_visible()


def hires(page: Page, application: str, email: str) -> None:
    page.goto(f"{application}offer/")
    expect(page.get_by_label("First day")).to_have_value("2026-04-01")
    page.get_by_role("button", name="Make the offer").click()
    page.get_by_role("button", name="Accepted").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Hire", exact=True).click()
    expect(page.get_by_role("link", name="Open Lena Fischer")).to_be_visible()

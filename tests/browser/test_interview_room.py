"""An interviewer on a phone writes, loses the connection, goes on writing, and finds all of it saved; a second window
of the same scorecard overwrites nothing unasked."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cs_platform.lib import clock
from hiring.actions.scorecards import save_scorecard
from hiring.models import PanelRole, Scorecard
from tests.factories import a_member
from tests.hiring.making import a_card, a_sheet, an_application, an_interview, scored

from .conftest import axe_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(harbour, mo, lee):
    others = [a_member(harbour, f"Scorer{n}") for n in (1, 2, 3)]
    panel = {lee: PanelRole.LEAD} | dict.fromkeys(others, PanelRole.SCORER)
    begins = clock.now() - timedelta(minutes=18)
    application = an_application(mo, name="Lena Fischer")
    interview = an_interview(mo, application, panel, begins=begins)
    for other in others[:2]:
        scored(a_card(interview, other))
    return a_card(interview, lee)


def test_it_keeps_every_word(window, card, lee):
    place = f"/hiring/scorecards/{card.id}/"
    phone = window(lee, 360, 760)
    phone.goto(place)
    axe_of(phone)
    phone.get_by_role("button", name="I have no stake").click()
    drive = phone.locator("section[data-step]:not([hidden])")
    expect(drive.get_by_role("heading", name="Tell me about a goal")).to_be_visible()
    drive.locator("label.choice").nth(3).click()
    drive.get_by_role("textbox", name="Evidence").fill("Set a goal of her own")
    expect(phone.locator(".room__state [data-room-saved]")).to_contain_text("All saved")
    assert card.ratings.get(attribute__key="drive").evidence == "Set a goal of her own"

    phone.context.set_offline(True)
    phone.get_by_role("button", name="Coachability").click()
    coach = phone.locator("section[aria-label=Coachability]")
    coach.locator("label.choice").nth(4).click()
    coach.get_by_role("textbox", name="Evidence").fill("Told the customer the same day")
    coach.get_by_text("Owns the failure, no excuses", exact=True).click()
    coach.get_by_role("textbox", name="Quote for Owns the failure").fill("That one was mine")
    expect(phone.locator(".room__state [data-room-saved]")).to_contain_text("Kept on this device")
    axe_of(phone)
    # The window is closed before the connection is back; the device brings it back.
    again = phone.context.new_page()
    phone.close()
    again.context.set_offline(False)
    again.goto(place)
    expect(again.locator(".room__state [data-room-saved]")).to_contain_text("All saved")
    assert card.ratings.get(attribute__key="coachability").evidence == "Told the customer the same day"
    assert card.signs.get().quote == "That one was mine"

    # Another window has the page of before.
    desk = window(lee)
    desk.goto(f"{place}?step={card.ratings.get(attribute__key='drive').attribute_id}")
    there = desk.locator("section[data-step]:not([hidden])")
    axe_of(desk)
    again.goto(f"{place}?step={card.ratings.get(attribute__key='drive').attribute_id}")
    again.locator("section[data-step]:not([hidden])").get_by_role("textbox", name="Evidence").fill(
        "From the phone"
    )
    expect(again.locator(".room__state [data-room-saved]")).to_contain_text("All saved")
    there.get_by_role("textbox", name="Evidence").fill("From the desk")
    panel = desk.locator("[data-room-theirs]")
    expect(panel).to_contain_text("From the phone")
    assert card.ratings.get(attribute__key="drive").evidence == "From the phone"
    panel.get_by_role("button", name="Keep what stands").click()
    expect(desk.locator(".room__state [data-room-saved]")).to_contain_text("All saved")
    assert card.ratings.get(attribute__key="drive").evidence == "From the desk"

    # Keys rate; what is missing is listed at the end, and then it is in.
    desk.get_by_role("link", name="Positivity").click()
    desk.locator("body").click(position={"x": 700, "y": 5})
    desk.keyboard.press("2")
    expect(desk.locator(".part", has_text="Positivity")).to_contain_text("2")
    desk.get_by_role("link", name="Overall and submit").click()
    expect(desk.locator("[data-room-gaps]")).to_contain_text("Positivity: write what was said")
    axe_of(desk)
    card.refresh_from_db()
    save_scorecard(actor=lee, card=card, sheet=a_sheet(card, recommendation=None), edits=card.edits)
    desk.goto(f"{place}?step=overall")
    desk.locator("label.choice", has_text="Strong yes").click()
    desk.get_by_role("button", name="Submit scorecard").click()
    expect(desk.get_by_role("heading", name="Your scorecard")).to_be_visible()
    axe_of(desk)
    card.refresh_from_db()
    assert (card.state, card.recommendation) == (Scorecard.State.SUBMITTED, "strong_yes")

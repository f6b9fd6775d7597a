"""The interview room: steps kept one by one, two windows, what is missing, and what nobody else sees."""

from datetime import timedelta

import pytest

from cs_platform.lib import clock
from hiring.actions.scorecards import declare_no_conflict, save_scorecard
from hiring.models import PanelRole, Scorecard
from tests.factories import a_member
from tests.hiring.making import a_card, a_sheet, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def card(harbour, mo, lee):
    other = a_member(harbour, "Scorer")
    interview = an_interview(mo, an_application(mo), {lee: PanelRole.LEAD, other: PanelRole.SCORER})
    return declare_no_conflict(actor=lee, card=a_card(interview, lee))


@pytest.fixture
def step(card):
    """Keeps a step as the page does: step("drive", rating=4)."""

    def keep(client, name, headers=JSON, **sent):
        key = name if name == "overall" else _key(card, name)
        return client.post(f"/hiring/scorecards/{card.id}/steps/{key}/", sent, headers=headers)

    return keep


def _key(card, name):
    return card.interview.kit.attributes.get(attribute__key=name).attribute_id


def test_it_asks_for_a_stake_before_the_first_word(client, mo, lee):
    card = a_card(an_interview(mo, an_application(mo), {lee: PanelRole.LEAD}), lee)
    client.force_login(lee.user)
    place = f"/hiring/scorecards/{card.id}/"
    page = client.get(place)
    assert "Have you a stake" in page.content.decode() and b"data-room-form" not in page.content

    key = _key(card, "drive")
    assert client.post(f"{place}steps/{key}/", {"rating": "4"}, headers=JSON).status_code == 422
    assert client.post(f"{place}declaration/", {"stake": "one", "why": ""}).status_code == 422
    assert client.post(f"{place}declaration/", {"stake": "none"}).status_code == 302
    assert b"data-room-form" in client.get(place).content

    client.post(f"{place}declaration/", {"stake": "one", "why": "My cousin"})
    card.refresh_from_db()
    assert (card.state, card.excuse, card.excused_by) == (Scorecard.State.EXCUSED, "My cousin", lee)
    assert b"You are excused" in client.get(place).content


def test_it_keeps_each_step_on_its_own(client, card, lee, step):
    client.force_login(lee.user)
    first = step(
        client,
        "coachability",
        edits=0,
        rating="4",
        evidence="One\r\ntwo",
        **{"sign-0": "on", "quote-0": "Mine"},
    )
    assert first.status_code == 200 and first.json()["edits"] == 1
    assert step(client, "overall", edits=1, recommendation="yes", summary="Good").json()["edits"] == 2
    assert step(client, "drive", edits=2, rating="0").json()["edits"] == 3

    card.refresh_from_db()
    assert (card.state, card.recommendation, card.summary) == (Scorecard.State.DRAFT, "yes", "Good")
    coach, drive = (card.ratings.get(attribute__key=key) for key in ("coachability", "drive"))
    assert (coach.value, coach.evidence, drive.value, drive.is_given) == (4, "One\ntwo", None, True)
    assert list(card.signs.values_list("label", "quote")) == [("Owns the failure, no excuses", "Mine")]
    # Without a script the next step is shown.
    sent = {"edits": "3", "go": "overall", "rating": "5", "evidence": "x"}
    assert step(client, "drive", headers={}, **sent)["Location"].endswith("?step=overall")
    page = client.get(f"/hiring/scorecards/{card.id}/").content.decode()
    assert "One\ntwo" in page and "0 of 2 submitted" in page


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("drive", {"rating": "9"}),
        ("drive", {"evidence": "x" * 20001}),
        ("drive", {"evidence": "a\0b"}),
        ("overall", {"recommendation": "perhaps"}),
    ],
)
def test_it_refuses_what_cannot_be_kept(client, card, lee, step, name, sent):
    client.force_login(lee.user)
    assert step(client, name, **sent).status_code == 422
    assert step(client, name, headers={}, **sent).status_code == 422
    assert not card.ratings.exists()
    assert client.post(f"/hiring/scorecards/{card.id}/steps/999999/", {"rating": "3"}).status_code == 422


def test_it_tells_two_windows_apart(client, card, lee, step):
    client.force_login(lee.user)
    mark = step(client, "drive", edits=0, rating="2", evidence="First window").json()["mark"]
    # The other window has not seen it: another step goes through, the same step does not.
    assert step(client, "empathy", edits=0, mark="", rating="3", evidence="x").status_code == 409
    blank = client.get(f"/hiring/scorecards/{card.id}/").context["parts"][3]["step"].content.mark
    assert step(client, "empathy", edits=0, mark=blank, rating="3", evidence="Fine").status_code == 200
    refused = step(client, "drive", edits=0, mark=blank, rating="5", evidence="Second window")
    assert refused.status_code == 409
    assert "First window" in refused.json()["html"] and refused.json()["mark"] == mark
    page = step(client, "drive", headers={}, edits=0, mark=blank, rating="5", evidence="Second window")
    text = page.content.decode()
    assert page.status_code == 409 and "First window" in text and "Second window" in text
    assert card.ratings.get(attribute__key="drive").value == 2

    again = {name: refused.json()[name] for name in ("edits", "mark")}
    assert step(client, "drive", rating="5", evidence="Second window", **again).status_code == 200
    assert card.ratings.get(attribute__key="drive").value == 5


def test_it_is_submitted_once_and_says_what_is_missing(client, card, lee, mo):
    client.force_login(lee.user)
    place = f"/hiring/scorecards/{card.id}/"
    refused = client.post(f"{place}submission/", {"edits": "0", "recommendation": "no", "summary": "Kept"})
    text = refused.content.decode()
    assert refused.status_code == 422 and "Drive: choose a rating" in text and "Kept" in text
    card.refresh_from_db()
    save_scorecard(actor=lee, card=card, sheet=a_sheet(card, words="Said so"), edits=card.edits)
    stale = client.post(f"{place}submission/", {"edits": "1", "recommendation": "no"})
    assert stale.status_code == 409

    card.refresh_from_db()
    sent = {"edits": card.edits, "recommendation": "strong_yes", "summary": "Kept"}
    assert client.post(f"{place}submission/", sent).status_code == 302
    card.refresh_from_db()
    first = card.submitted_at
    assert client.post(f"{place}submission/", sent).status_code == 302
    card.refresh_from_db()
    assert (card.state, card.recommendation, card.submitted_at) == ("submitted", "strong_yes", first)
    key = _key(card, "drive")
    assert client.post(f"{place}steps/{key}/", {"rating": "1"}, headers=JSON).status_code == 422
    assert "Said so" in client.get(place).content.decode()


def test_it_is_not_submitted_before_the_interview(client, mo, lee):
    begins = clock.now() + timedelta(hours=2)
    card = a_card(an_interview(mo, an_application(mo), {lee: PanelRole.LEAD}, begins=begins), lee)
    declare_no_conflict(actor=lee, card=card)
    save_scorecard(actor=lee, card=card, sheet=a_sheet(card), edits=0)
    client.force_login(lee.user)
    refused = client.post(
        f"/hiring/scorecards/{card.id}/submission/", {"edits": "1", "recommendation": "yes"}
    )
    assert refused.status_code == 422 and "has not begun" in refused.content.decode()


def test_it_shows_others_once_the_own_one_is_in(client, card, lee, mo):
    other = card.interview.scorecards.exclude(id=card.id).get()
    scored(other, words="Sealed words")
    client.force_login(lee.user)
    place = f"/hiring/scorecards/{card.id}/"
    assert "Sealed words" not in client.get(place).content.decode()
    assert client.get(f"/hiring/scorecards/{other.id}/").status_code == 404

    scored(card, words="My words")
    page = client.get(place).content.decode()
    assert "Sealed words" in page and "My words" in page
    client.force_login(mo.user)
    assert client.get(place).status_code == 404

"""What a panel saw, side by side, once all of it is in."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from hiring.actions.scorecards import Rated, Sheet, SignHeard
from hiring.models import Attribute, PanelRole, Rating, Revision
from tests.factories import a_member
from tests.hiring.making import a_card, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
FOUR = ("drive", "coachability", "positivity", "empathy")


def get(member, name, *args):
    client = Client()
    client.force_login(member.user)
    return client.get(reverse(f"hiring:{name}", args=args))


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def a_sheet_of(card, ratings: dict, **fields) -> Sheet:
    """{key of attribute: value}; an attribute that is left out has no evidence."""
    keys = dict(Attribute.objects.filter(company_id=card.company_id).values_list("id", "key"))
    rated = {}
    for asked in card.interview.kit.attributes.all():
        key = keys[asked.attribute_id]
        value = ratings.get(key)
        words = f"{card.member.name} heard {asked.name}" if value else ""
        signs = (
            (SignHeard("Vents about a boss", True, words),)
            if value == 2 and keys[asked.attribute_id] == "positivity"
            else ()
        )
        rated[asked.attribute_id] = Rated(value, True, words, signs)
    return Sheet(ratings=rated, recommendation="yes", summary=f"{card.member.name} sums up", **fields)


@pytest.fixture
def panel(harbour, mo, lee, ana):
    """Ana, Lee and Joy score; Sid watches. Positivity is 3 apart, empathy 2."""
    joy, sid = a_member(harbour, "Joy"), a_member(harbour, "Sid")
    application = an_application(mo, name="Lena Fischer")
    application.requisition.criteria.exclude(attribute__key__in=FOUR).delete()
    roles = {
        ana: PanelRole.LEAD, lee: PanelRole.SCORER, joy: PanelRole.SCORER, sid: PanelRole.SHADOW,
    }  # fmt: skip
    interview = an_interview(mo, application, roles)
    given = {
        ana: dict(zip(FOUR, (4, 4, 4, 5), strict=True)),
        lee: dict(zip(FOUR, (4, 4, 2, 3), strict=True)),
        joy: {"drive": 3, "positivity": 5, "empathy": 4},
        sid: dict.fromkeys(FOUR, 1),
    }
    cards = {member: a_card(interview, member) for member in roles}
    return application, cards, given


@pytest.fixture
def opened(panel):
    application, cards, given = panel
    for member, card in cards.items():
        cards[member] = scored(card, a_sheet_of(card, given[member]))
    return application, cards


def test_it_is_closed_until_all_are_in(panel, mo, ana):
    application, cards, given = panel
    for member in list(cards)[:2]:
        scored(cards[member], a_sheet_of(cards[member], given[member]))
    for reader in (mo, ana):
        page = text(get(reader, "debrief", application.id))
        assert "2 of 4 submitted" in page
        assert not [word for word in ("heard", "sums up", "omposite,", "Strong", "rates__") if word in page]
        assert get(reader, "debrief_file", application.id).status_code == 403


def test_the_largest_spread_comes_first(opened, mo):
    application, _cards = opened
    page = text(get(mo, "debrief", application.id))

    assert "Talk about positivity first: the panel is 3 points apart. Empathy is 2 apart." in page
    body = page[page.index("<tbody") :]
    order = [
        body.index(f'rates__attr">{name}<') for name in ("Positivity", "Empathy", "Drive", "Coachability")
    ]
    assert order[:2] == sorted(order)[:2] and max(order[:2]) < min(order[2:])
    assert "3 points apart, discuss" in page and "2 points apart, discuss" in page
    # Words beside the figure: anchor, evidence, sign, "no evidence", recommendation.
    for words in (
        "Between 1 and 3", "Lee heard Positivity", "Vents about a boss", "No evidence, so not counted",
        "Joy sums up", "not counted", "Turns a bad case into a next step unprompted",
    ):  # fmt: skip
        assert words in page, words
    # (3.667 + 4 + 3.667 + 4) / 4: the shadow's ones and "no evidence" are out.
    assert "3.83" in page and '<span class="comp__n">3.8<' in page and "0.3 above the line" in page
    assert "3 or more scorers, 2 or more per attribute" in page


def test_what_is_said_later_stands_beside_and_counts_nothing(opened, mo, ana, lee):
    application, cards = opened
    rating = Rating.objects.get(scorecard=cards[lee], attribute__key="positivity")
    path = reverse("hiring:revision", args=[rating.id])
    client = Client()
    client.force_login(ana.user)
    assert client.post(path, {"value": "4", "reason": "x"}).status_code == 403
    client.force_login(lee.user)
    refused = client.post(path, {"value": "", "reason": " "})
    assert refused.status_code == 422 and b"Say what changed your mind" in refused.content
    assert client.post(path, {"value": "4", "reason": "He only repeated the question"}).status_code == 302
    rating.refresh_from_db()
    assert (rating.value, Revision.objects.get().value) == (2, 4)
    page = text(get(mo, "debrief", application.id))
    assert "Later: 4" in page and "He only repeated the question" in page
    assert '<span class="comp__n">3.8<' in page


def test_a_rating_is_not_changed_before_the_debrief(panel, ana):
    application, cards, given = panel
    card = scored(cards[ana], a_sheet_of(cards[ana], given[ana]))
    client = Client()
    client.force_login(ana.user)
    path = reverse("hiring:revision", args=[card.ratings.first().id])
    assert client.post(path, {"value": "1", "reason": "x"}).status_code == 403
    assert not Revision.objects.exists()


def test_it_can_be_taken_along_as_a_file(opened, mo):
    application, _cards = opened
    answer = get(mo, "debrief_file", application.id)
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {12}
    assert ["Positivity", "Lee", "Scorer", "Panel", "yes", "2"] in [row[:6] for row in rows]
    assert ["Coachability", "Joy", "Scorer", "Panel", "yes", "no evidence"] in [row[:6] for row in rows]
    assert rows[-1][5] == "3.833"


def test_nobody_outside_comes_in(opened, zed, harbour):
    application, _cards = opened
    stranger = a_member(harbour, "Stranger")
    for reader in (zed, stranger):
        for name in ("debrief", "debrief_file"):
            assert get(reader, name, application.id).status_code == 404
    application.candidate.member = harbour.members.get(name="Mo")
    application.candidate.save()
    assert get(harbour.members.get(name="Mo"), "debrief", application.id).status_code == 404


def test_two_stages_are_told_apart(mo, panel, opened, ana):
    application, _cards = opened
    assert "rates__stages" not in text(get(mo, "debrief", application.id))
    second = an_interview(mo, application, {ana: PanelRole.LEAD}, kind="work_sample")
    scored(a_card(second, ana))
    page = text(get(mo, "debrief", application.id))
    heads = page[page.index("rates__stages") :].split("</tr>")[0]
    assert heads.index(">Panel<") < heads.index(">Work sample<")
    assert 'colspan="4"' in heads and 'colspan="1"' in heads
    assert 'data-label="Ana, Panel"' in page and 'data-label="Ana, Work sample"' in page

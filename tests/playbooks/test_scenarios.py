"""Scenarios: who sets them up, which tickets are of them, and what of the tickets is of none."""

import pytest

from accounts.models import Activity, Team
from accounts.outbox import react_once
from metrics import rollup
from playbooks.actions import archive_scenario, create_playbook, map_category
from playbooks.models import Scenario, ScenarioCategory
from playbooks.queries.scenarios import names_alike, scenarios_page, shared_out
from tests.factories import a_category, a_ticket

from .making import a_scenario

pytestmark = pytest.mark.django_db
URL = "/playbooks/scenarios/"
EMAIL, CHAT = 1, 3


@pytest.fixture
def lees(client, lee):
    client.force_login(lee.user)
    return client


@pytest.fixture
def tickets(ana, set_clock):
    """Three about refunds, one of them by chat, two about log-ins, one about nothing."""
    set_clock("2026-03-05T10:00")
    refund, login = a_category(ana.company, "Refund"), a_category(ana.company, "Log-in")
    for category, channel in (
        (refund, EMAIL),
        (refund, EMAIL),
        (refund, CHAT),
        (login, EMAIL),
        (login, EMAIL),
        (None, EMAIL),
    ):
        a_ticket(ana, category=category, channel=channel)
    count(ana)
    return refund, login


def count(ana) -> None:
    while react_once():
        pass
    rollup.drain(ana.company_id)


# --- What is of no scenario ---------------------------------------------------------------------------------------


def test_categories_without_a_scenario_are_listed_with_their_volume(lees, lee, tickets):
    page = scenarios_page(lee)
    assert [(row.category.name, row.tickets) for row in page.unmapped] == [("Refund", 3), ("Log-in", 2)]
    assert (page.tickets, page.unmapped_tickets, page.uncategorised) == (6, 5, 1)

    shown = lees.get(URL).content.decode()
    assert "5 of 6 tickets are of no scenario" in shown
    assert "1 more ticket has no category at all" in shown


def test_one_click_makes_a_scenario_of_a_category(lees, lee, tickets):
    refund, _login = tickets
    answer = lees.post(f"{URL}mappings/", {"category": refund.id, "scenario": "new"})

    assert (answer.status_code, answer["Location"]) == (302, f"{URL}#unmapped")
    scenario = Scenario.objects.get()
    assert (scenario.name, scenario.company_id) == ("Refund", lee.company_id)
    page = scenarios_page(lee)
    assert [(row.scenario, row.tickets) for row in page.rows] == [(scenario, 3)]
    assert [row.category.name for row in page.unmapped] == ["Log-in"]
    verbs = Activity.objects.filter(subject_type="scenario").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["scenario.created", "scenario.mapped"]


def test_sent_twice_it_makes_one(lees, tickets):
    for _ in range(2):
        assert lees.post(f"{URL}mappings/", {"category": tickets[0].id, "scenario": "new"}).status_code == 302
    assert (Scenario.objects.count(), ScenarioCategory.objects.count()) == (1, 1)


def test_one_click_maps_a_category_to_the_scenario_of_a_like_name(lees, lee, tickets):
    scenario = a_scenario(lee, "Refunds")
    assert scenarios_page(lee).unmapped[0].suggested == scenario
    assert "Map to “Refunds”" in lees.get(URL).content.decode()

    lees.post(f"{URL}mappings/", {"category": tickets[0].id, "scenario": scenario.id})
    assert ScenarioCategory.objects.get().scenario == scenario
    assert names_alike("Delivery late", [scenario]) is None


def test_a_channel_that_is_named_wins(lee, tickets):
    refund, _login = tickets
    by_chat, others = a_scenario(lee, "Refund by chat"), a_scenario(lee, "Refund")
    map_category(actor=lee, scenario=by_chat, category=refund, channel=CHAT)
    map_category(actor=lee, scenario=others, category=refund)

    assert {row.scenario.name: row.tickets for row in scenarios_page(lee).rows} == {
        "Refund": 2,
        "Refund by chat": 1,
    }
    taken, left = shared_out({(1, 3): 4, (1, 1): 2, (None, 1): 9}, {(1, 3): 7})
    assert (dict(taken), left) == ({7: 4}, {(1, 1): 2, (None, 1): 9})


def test_it_refuses_rows_of_another_company(lees, lee, zed, tickets):
    theirs = a_category(zed.company, "Theirs")
    for sent in (
        {"category": theirs.id},
        {"category": "x\0"},
        {},
        {"category": tickets[0].id, "scenario": a_scenario(zed).id},
    ):
        assert lees.post(f"{URL}mappings/", sent).status_code == 302
    scenario = a_scenario(lee)
    assert lees.post(f"{URL}{scenario.id}/mappings/", {"category": theirs.id}).status_code == 422
    assert not ScenarioCategory.objects.exists()


# --- A scenario ---------------------------------------------------------------------------------------------------


def test_it_is_added_and_changed(lees, lee, ana):
    team = Team.objects.create(company=lee.company, name="Billing")
    answer = lees.post(URL, {"name": " Duplicate charge ", "team": team.id, "senior": ana.email})
    scenario = Scenario.objects.get()
    assert answer["Location"] == f"{URL}{scenario.id}/"
    assert (scenario.name, scenario.team, scenario.senior) == ("Duplicate charge", team, ana)

    sent = {"name": "Charged twice", "senior": "", "team": "", "version": scenario.version}
    assert lees.post(answer["Location"], sent).status_code == 302
    scenario.refresh_from_db()
    assert (scenario.name, scenario.senior) == ("Charged twice", None)
    again = lees.post(answer["Location"], sent)
    assert (again.status_code, "Somebody has changed" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Taken"}, "name"),
        ({"name": "Old"}, "name"),
        ({"name": "x", "senior": "zed@elsewhere.example"}, "senior"),
        ({"name": "x", "senior": "Gone"}, "senior"),
        ({"name": "x", "team": "9999999999999999999"}, "team"),
    ],
)
def test_it_names_what_is_wrong(lees, lee, zed, sent, field):
    a_scenario(lee, "Taken")
    archive_scenario(actor=lee, scenario=a_scenario(lee, "Old"))
    answer = lees.post(URL, sent)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Scenario.objects.count() == 2


def test_a_category_by_a_channel_is_mapped_and_taken_out(lees, lee, tickets):
    scenario = a_scenario(lee)
    page = f"{URL}{scenario.id}/"
    assert lees.post(f"{page}mappings/", {"category": tickets[0].id, "channel": CHAT}).status_code == 302
    mapping = ScenarioCategory.objects.get()
    assert (mapping.channel, "Refund" in lees.get(page).content.decode()) == (CHAT, True)
    assert lees.post(f"{page}mappings/", {"category": tickets[0].id, "channel": 77}).status_code == 422

    assert lees.post(f"{URL}mappings/{mapping.id}/removal/").status_code == 302
    assert not ScenarioCategory.objects.exists()


def test_it_is_archived_and_brought_back(lees, lee, tickets):
    scenario = a_scenario(lee)
    map_category(actor=lee, scenario=scenario, category=tickets[0])
    lees.post(f"{URL}{scenario.id}/archiving/")

    page = scenarios_page(lee)
    assert (page.rows, page.archived, len(page.unmapped)) == ([], [scenario], 2)
    lees.post(f"{URL}{scenario.id}/restoration/")
    assert [row.scenario for row in scenarios_page(lee).rows] == [scenario]


def test_one_with_a_playbook_stays(lees, lee):
    scenario = a_scenario(lee)
    create_playbook(actor=lee, scenario=scenario)
    answer = lees.post(f"{URL}{scenario.id}/archiving/", follow=True)

    assert "Archive the playbook first" in answer.content.decode()
    assert Scenario.objects.get().archived_at is None


def test_reps_do_not_set_up(client, ana):
    client.force_login(ana.user)
    scenario = a_scenario(ana)
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}{scenario.id}/archiving/").status_code == 403

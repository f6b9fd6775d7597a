"""Coverage: the share of tickets whose scenario has a playbook that can be trusted."""

import random
from datetime import date, timedelta

import pytest

from customers.actions import change_ticket, delete_ticket
from customers.models import Ticket
from metrics import rollup
from playbooks.actions import archive_playbook, map_category, unmap_category, unverify, verify
from playbooks.models import Playbook, ScenarioCategory
from playbooks.queries.coverage import coverage
from playbooks.queries.parts import Part
from tests.factories import a_category, a_ticket

from .making import a_draft, a_playbook, a_scenario
from .tickets import counted_apart, some_tickets

pytestmark = pytest.mark.django_db


def parts(company, day: date) -> dict[str, int]:
    rollup.drain(company.id)
    return {part.value: n for part, n in coverage(company, day).parts.items() if n}


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_an_independent_count_before_and_after_expiry(seed, harbour, ana, lee, set_clock):
    set_clock("2026-03-10T23:30")  # the 11th in Berlin
    dice = random.Random(seed)
    categories = [a_category(harbour, f"Category {number}") for number in range(9)]
    some_tickets(ana, dice, categories, 100, 120)
    set_clock("2026-01-20T09:00")
    playbooks = [a_playbook(ana, lee, f"Old {number}", interval_days=60) for number in range(2)]
    set_clock("2026-03-08T09:00")
    playbooks += [a_playbook(ana, lee, f"New {number}") for number in range(2)]
    scenarios = [playbook.scenario for playbook in playbooks] + [
        a_draft(ana, "Drafted").playbook.scenario,
        a_scenario(ana, "Bare"),
    ]
    unverify(playbook=playbooks[3], lapse="member.left")
    for category in categories[:8]:
        map_category(actor=lee, scenario=dice.choice(scenarios), category=category)
    for category in dice.sample(categories, 4):
        map_category(actor=lee, scenario=dice.choice(scenarios), category=category, channel=dice.randrange(7))
    for ticket in Ticket.objects.filter(company=harbour)[:5]:
        delete_ticket(actor=lee, ticket=ticket)
    set_clock("2026-03-10T23:30")

    for ahead in (0, 9, 10, 11, 40, 81, 89, 365):
        day = date(2026, 3, 11) + timedelta(days=ahead)
        set_clock(f"{day}T12:00")
        assert parts(harbour, day) == counted_apart(harbour, day), day
    set_clock("2026-05-01T10:00")
    verify(actor=lee, playbook=playbooks[0])
    archive_playbook(actor=lee, playbook=playbooks[2])
    unmap_category(actor=lee, mapping=ScenarioCategory.objects.filter(company=harbour).first())
    assert parts(harbour, date(2026, 5, 1)) == counted_apart(harbour, date(2026, 5, 1))


def test_it_follows_a_ticket_into_another_category(harbour, ana, lee, set_clock):
    set_clock("2026-03-10T10:00")
    today = date(2026, 3, 10)
    billing, other = a_category(harbour), a_category(harbour, "Other")
    playbook = a_playbook(ana, lee)
    map_category(actor=lee, scenario=playbook.scenario, category=billing)
    ticket = a_ticket(ana, category=other)
    assert parts(harbour, today) == {"unmapped": 1}

    change_ticket(actor=ana, ticket=ticket, category=billing)
    assert parts(harbour, today) == {"verified": 1}
    assert parts(harbour, today + timedelta(days=7)) == {"verified": 1}


def test_it_tells_teams_channels_and_scenarios_apart(harbour, ana, lee, zed, set_clock):
    set_clock("2026-03-10T10:00")
    billing, access = a_category(harbour), a_category(harbour, "Access")
    playbook = a_playbook(ana, lee)
    bare = a_scenario(lee, "Lost password")
    map_category(actor=lee, scenario=playbook.scenario, category=billing)
    map_category(actor=lee, scenario=bare, category=access)
    map_category(actor=lee, scenario=bare, category=billing, channel=2)
    for category, channel in ((billing, 1), (billing, 1), (billing, 2), (access, 3)):
        a_ticket(ana, category=category, channel=channel)
    a_ticket(zed)

    rollup.drain(harbour.id)
    found = coverage(harbour, harbour.today())
    assert (found.n, found.covered) == (4, 2)
    assert found.interval[0] < 0.5 < found.interval[1]
    assert [(each.name, each.n, each.part) for each in found.scenarios] == [
        ("Duplicate charge", 2, Part.VERIFIED),
        ("Lost password", 2, Part.NONE),
    ]
    assert [(share.name, share.n, share.covered) for share in found.channels] == [
        ("Chat", 1, 0),
        ("E-mail", 2, 2),
        ("Phone", 1, 0),
    ]
    assert [(share.name, share.n, share.covered) for share in found.teams] == [("No team", 4, 2)]
    assert Playbook.objects.get().trust(harbour.today()) == "verified"

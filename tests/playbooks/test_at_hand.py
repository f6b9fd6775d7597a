"""What a ticket's page shows of playbooks."""

from datetime import timedelta

import pytest

from customers.models import Channel
from playbooks.actions import change_scenario, map_category
from playbooks.actions.runs import complete_run, move_on, start_run
from playbooks.models import Playbook
from tests.factories import a_category, a_customer, a_ticket

from .making import a_playbook, a_scenario

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def scenario(lee, ana):
    scenario = a_scenario(lee)
    map_category(actor=lee, scenario=scenario, category=a_category(ana.company))
    return scenario


@pytest.fixture
def ticket(ana):
    return a_ticket(ana, category=a_category(ana.company), customer=a_customer(ana), channel=Channel.PHONE)


def part(client, member, **asked):
    client.force_login(member.user)
    return client.get("/playbooks/at-hand/", asked, headers=HTMX).content.decode()


def test_the_ticket_page_asks_for_it_by_its_address(ana, ticket, client):
    client.force_login(ana.user)
    page = client.get(f"/tickets/{ticket.id}/").content.decode()

    assert f'hx-get="/playbooks/at-hand/?ticket={ticket.id}"' in page
    assert f'href="/playbooks/at-hand/?ticket={ticket.id}"' in page
    assert b"<html" in client.get(f"/playbooks/at-hand/?ticket={ticket.id}").content


def test_it_offers_those_of_its_category_best_first(ana, lee, scenario, ticket, client):
    for title in ("A old one", "B good one"):
        a_playbook(ana, lee, title, scenario=scenario)
    a_playbook(ana, lee, "Of another scenario")
    Playbook.objects.filter(title="A old one").update(verified_until=ana.company.today() - timedelta(days=1))
    shown = part(client, ana, ticket=ticket.id)

    assert 0 < shown.index("B good one") < shown.index("A old one")
    assert "Of another scenario" not in shown


def test_a_mapping_that_names_the_channel_wins(ana, lee, scenario, ticket, client):
    other = a_scenario(lee, "By phone")
    map_category(actor=lee, scenario=other, category=a_category(ana.company), channel=Channel.PHONE)
    a_playbook(ana, lee, "On the phone", scenario=other)
    a_playbook(ana, lee, "Anyhow", scenario=scenario)

    assert "On the phone" in part(client, ana, ticket=ticket.id)
    assert "Anyhow" not in part(client, ana, ticket=ticket.id)


def test_it_says_whom_to_ask_while_nothing_is_written(ana, lee, mo, scenario, ticket, client):
    assert "nobody is named" in part(client, ana, ticket=ticket.id)
    change_scenario(actor=lee, scenario=scenario, senior=mo)
    assert "Ask <strong><bdi>Mo</bdi></strong>" in part(client, ana, ticket=ticket.id)


def test_it_says_why_nothing_is_there(ana, client, ticket):
    assert "No scenario covers the category Billing" in part(client, ana, ticket=ticket.id)
    assert "Give the ticket a category" in part(client, ana, ticket=a_ticket(ana).id)


def test_one_click_starts_it_in_place(ana, lee, scenario, ticket, client):
    playbook = a_playbook(ana, lee, scenario=scenario)
    client.force_login(ana.user)
    started = client.post(f"/playbooks/{playbook.id}/runs/", {"ticket": ticket.id}, headers=HTMX)

    assert "A customer says they were charged twice" in started.content.decode()
    assert "A customer says they were charged twice" in part(client, lee, ticket=ticket.id)
    run = playbook.versions.get().runs.get()
    for exit in (None, None, None, 0, None):
        run = move_on(actor=ana, run=run, exit=exit)
    complete_run(actor=ana, run=run)
    shown = part(client, ana, ticket=ticket.id)
    assert "completed" in shown and f"/playbooks/runs/{run.id}/" in shown


def test_it_shows_a_customers_own_runs(ana, lee, ticket, client):
    run = start_run(actor=ana, version=a_playbook(ana, lee).versions.get(), customer=ticket.customer)

    assert f'id="run-{run.id}"' in part(client, ana, customer=ticket.customer_id)
    assert f'id="run-{run.id}"' not in part(client, ana, ticket=ticket.id)


@pytest.mark.parametrize(
    "asked", ["", "ticket=", "ticket=x", "ticket=0", "ticket=99999999999999999999", "customer=0"]
)
def test_it_is_of_something_that_is_there(ana, zed, ticket, client, asked):
    client.force_login(ana.user)
    assert client.get(f"/playbooks/at-hand/?{asked}").status_code == 404
    client.force_login(zed.user)
    assert client.get(f"/playbooks/at-hand/?ticket={ticket.id}").status_code == 404
    assert client.get(f"/playbooks/at-hand/?customer={ticket.customer_id}").status_code == 404

"""The page of all playbooks, as each role sees it."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metrics import rollup
from playbooks.actions import map_category, unverify
from playbooks.models import CoverageDay, Scenario
from tests.factories import a_category, a_member, a_ticket

from .making import a_playbook, a_scenario

pytestmark = pytest.mark.django_db


def page_of(member, query: str = "") -> str:
    client = Client()
    client.force_login(member.user)
    answer = client.get(f"/playbooks/{query}")
    assert answer.status_code == 200
    return b"".join(answer).decode("utf-8-sig")


@pytest.fixture
def playbooks(harbour, ana, lee, set_clock):
    """Of ten tickets four are covered, three lapsed, two are of a scenario without a playbook, one of none."""
    set_clock("2026-03-10T09:00")
    billing, refund, late, other = (
        a_category(harbour, name) for name in ("Billing", "Refund", "Late", "Other")
    )
    kept, lapsed = a_playbook(ana, lee, verifier=lee), a_playbook(ana, lee, "Refund over 500", verifier=lee)
    map_category(actor=lee, scenario=kept.scenario, category=billing)
    map_category(actor=lee, scenario=lapsed.scenario, category=refund)
    map_category(actor=lee, scenario=a_scenario(lee, "Delivery late", senior=lee), category=late)
    unverify(playbook=lapsed, lapse="member.left")
    for category, n in ((billing, 4), (refund, 3), (late, 2), (other, 1)):
        for _ in range(n):
            a_ticket(ana, category=category, assignee=ana)
    rollup.drain(harbour.id)
    return kept, lapsed


def test_it_says_how_much_is_covered_and_what_lowered_it(harbour, lee, playbooks):
    CoverageDay.objects.create(company=harbour, day="2026-02-01", tickets=10, covered=7)
    page = page_of(lee)
    assert (
        "Coverage fell to 40 %, below the 80 % line. Verify the one that lapsed and it is 70 % again." in page
    )
    assert "30 points, worse" in page
    assert "−30" in page and "who answered for it is not there any more" in page
    assert "Ask Lee until then" in page
    assert "/figures/playbook_coverage/?level=company&amp;from=2025-12-11&amp;to=2026-03-10" in page


def test_it_alarms_a_company_that_grows(harbour, lee, mo, playbooks):
    assert "Now is the time" not in page_of(lee)
    for number in range(3):
        a_member(harbour, f"New{number}", manager=lee)
    assert "You are 7 people and 40 % of your tickets are covered. Now is the time" in page_of(lee)
    for number in range(3, 7):
        a_member(harbour, f"New{number}", manager=lee)
    assert "This is late" in page_of(mo)


def test_it_is_explained_in_the_drawer(client, lee, playbooks):
    client.force_login(lee.user)
    page = client.get("/playbooks/").content.decode()
    assert 'data-opens="explain"' in page and '<dialog class="drawer"' in page
    address = re.search(r'hx-get="(/[^"]*playbook_coverage[^"]*)"', page)[1].replace("&amp;", "&")
    drawer = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "drawer__body" in drawer and "<html" not in drawer


def test_it_shows_a_rep_the_list_first_and_no_buttons(ana, lee, playbooks):
    page = page_of(ana)
    assert page.index("All playbooks") < page.index("What lowered it")
    assert "/playbooks/writing/?scenario=" not in page
    assert f'href="/playbooks/new/?scenario={Scenario.objects.get(name="Delivery late").id}"' in page
    assert "/playbooks/scenarios/" not in page
    page = page_of(lee)
    assert page.index("What lowered it") < page.index("All playbooks")
    assert "/playbooks/writing/?scenario=" in page


def test_it_lists_by_state(lee, playbooks):
    page = page_of(lee, "?state=lapsed")
    listed = page[page.index('id="list"') :]
    assert "Refund over 500" in listed and "Duplicate charge" not in listed[: listed.index("</table>")]


@pytest.mark.parametrize(
    ("table", "rows"),
    [("scenarios", 3), ("teams", 1), ("channels", 1), ("history", 1), ("next", 1), ("list", 2)],
)
def test_its_tables_are_files(lee, playbooks, table, rows):
    assert len(list(csv.DictReader(io.StringIO(page_of(lee, f"?csv={table}"))))) == rows


def test_it_tells_a_new_company_what_to_do(ana, lee, zed, playbooks):
    assert "Map ticket categories to scenarios" in page_of(zed)
    client = Client()
    client.force_login(lee.user)
    assert client.get("/playbooks/?csv=nothing").status_code == 404


def test_it_takes_no_more_queries_with_more_rows(harbour, ana, lee, playbooks):
    client = Client()
    client.force_login(lee.user)

    def count() -> int:
        rollup.drain(harbour.id)
        client.get("/playbooks/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/playbooks/")
        return len(captured)

    before = count()
    for number in range(5):
        category = a_category(harbour, f"More {number}")
        scenario = (
            a_playbook(ana, lee, f"More {number}").scenario if number % 2 else a_scenario(lee, f"{number}")
        )
        map_category(actor=lee, scenario=scenario, category=category)
        a_ticket(ana, category=category, assignee=ana)
    assert count() <= before <= 20

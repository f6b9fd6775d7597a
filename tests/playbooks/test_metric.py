"""The metric playbook_coverage: in the API, explained, and with exactly the rows that it counts."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from accounts.outbox import react_once
from metrics import rollup
from playbooks import tasks
from playbooks.actions import archive_playbook, map_category
from playbooks.models import CoverageDay
from playbooks.queries.coverage import coverage
from playbooks.queries.history import history
from tests.factories import a_category, a_ticket

from .making import a_playbook

pytestmark = pytest.mark.django_db
PERIOD = "from=2026-03-01&to=2026-03-10"


@pytest.fixture
def playbook(harbour, ana, lee, set_clock):
    """Three tickets of it, and one of another category on each of two days."""
    set_clock("2026-03-09T10:00")
    found = a_playbook(ana, lee)
    billing, other = a_category(harbour), a_category(harbour, "Other")
    map_category(actor=lee, scenario=found.scenario, category=billing)
    a_ticket(ana, category=other)
    set_clock("2026-03-10T10:00")
    for _ in range(3):
        a_ticket(ana, category=billing)
    a_ticket(ana, category=other)
    rollup.drain(harbour.id)
    return found


def asked(client, headers, query: str = PERIOD):
    return client.get(f"/api/v1/metrics/playbook_coverage/?{query}", headers=headers)


def test_it_is_answered_by_the_api(client, ana, lee, zed, key_of, playbook):
    found = asked(client, key_of(ana)).json()
    assert found["unit"] == "fraction"
    (point,) = found["points"]
    assert (point["start"], point["n"], point["numerator"], point["value"]) == ("2026-03-01", 5, 3, 0.6)
    assert point["low"] < 0.6 < point["high"]

    by_day = asked(client, key_of(ana), "from=2026-03-08&to=2026-03-10&grain=day").json()["points"]
    assert [(each["start"], each["n"], each["numerator"]) for each in by_day] == [
        ("2026-03-08", 0, 0),
        ("2026-03-09", 1, 0),
        ("2026-03-10", 4, 3),
    ]
    assert asked(client, key_of(zed)).json()["points"][0]["n"] == 0
    for level in ("rep", "manager"):
        refused = asked(client, key_of(lee), f"{PERIOD}&level={level}&person=ana@harbour.example")
        assert refused.status_code == 400
        assert refused.json()["detail"].startswith("level: ")


def test_it_follows_what_happens_to_a_playbook_at_once(client, ana, lee, key_of, playbook):
    assert asked(client, key_of(ana)).json()["points"][0]["numerator"] == 3
    archive_playbook(actor=lee, playbook=playbook)
    assert asked(client, key_of(ana)).json()["points"][0]["numerator"] == 0


def test_it_is_explained_and_lists_its_rows(mo, playbook):
    client = Client()
    client.force_login(mo.user)
    page = client.get(f"/figures/playbook_coverage/?{PERIOD}&level=company").content.decode()
    assert "Playbook coverage" in page and "60.0 %" in page

    rows = client.get(f"/figures/playbook_coverage/rows/?{PERIOD}&level=company").content.decode()
    assert rows.count("<td>Covered</td>") == 3 and rows.count("<td>Not covered</td>") == 2
    sent = client.get(f"/figures/playbook_coverage/rows/?{PERIOD}&level=company&csv=rows")
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(text)))
    assert [row["Counted as"] for row in listed].count("Covered") == 3
    assert sum(int(row["In n"]) for row in listed) == 5
    of_rep = client.get(f"/figures/playbook_coverage/?{PERIOD}&level=rep&person={mo.id}")
    assert of_rep.status_code == 400


def test_it_keeps_each_day_and_keeps_it_anew_on_every_change(harbour, lee, playbook, set_clock):
    while react_once():
        pass
    today = harbour.today()
    (kept,) = CoverageDay.objects.filter(company=harbour)
    assert (kept.day, kept.tickets, kept.covered) == (today, 5, 3)

    set_clock("2026-03-11T10:00")
    tasks.keep_coverage(harbour.id)
    tasks.keep_coverage(harbour.id)
    archive_playbook(actor=lee, playbook=playbook)
    while react_once():
        pass
    days = CoverageDay.objects.filter(company=harbour).order_by("day").values_list("day", "covered")
    assert list(days) == [(today, 3), (today + timedelta(days=1), 0)]

    told = history(coverage(harbour, harbour.today()))
    assert [each.covered for each in told.days] == [3, 0]
    assert (told.before.day, told.change) == (today, -60.0)

"""Real records through the importer and the API: figures that are known from elsewhere, to the digit.

Where the records come from stands in tests/data/README.md. Each folder is imported once for the module, and a
second time at the end to see that nothing changes.
"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.actions import create_api_key
from accounts.models import Member
from customers.models import Survey, Ticket, TicketEvent
from metrics.models import RepDay
from tests.factories import a_company

from .importing import import_folder, settle

# One worker of several: the records take long to import.
pytestmark = pytest.mark.xdist_group("known_facts")

DATA = Path(__file__).resolve().parent.parent / "data"
ZONES = {"incidents": "UTC", "forum": "Asia/Kolkata", "airport_survey": "UTC", "cdnow": "UTC"}
MARCH = {"from": "2016-03-01", "to": "2016-03-31"}
JANUARY = {"from": "2024-01-01", "to": "2024-01-31"}
YEAR = {"from": "2017-01-01", "to": "2017-12-31"}
QUARTER = {"from": "1997-03-01", "to": "1997-06-30"}


@pytest.fixture(scope="module")
def reports(django_db_setup, django_db_blocker):
    """{folder: (company, reports by kind)}; taken back when the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {name: _imported(name) for name in ZONES}
        transaction.set_rollback(True)


def _imported(name: str):
    company = a_company(name.replace("_", "-"), ZONES[name])
    reports = import_folder(company, DATA / name)
    settle(company)
    return company, reports


@pytest.fixture(scope="module")
def ask(reports):
    """ask("incidents", "fcr", **parameters) is the only point of the answer."""
    keys: dict[str, str] = {}

    def asked(folder: str, metric: str, **parameters):
        company = reports[folder][0]
        if folder not in keys:
            admin = Member.objects.get(company=company, email=f"rae@{company.slug}.example")
            keys[folder] = create_api_key(actor=None, member=admin, scopes=["read"])
        answer = Client().get(
            f"/api/v1/metrics/{metric}/", parameters, headers={"authorization": f"Bearer {keys[folder]}"}
        )
        assert answer.status_code == 200, answer.content
        [point] = answer.json()["points"]
        return point

    return asked


FACTS = [
    ("incidents", "tickets_opened", MARCH, {"value": 8995, "n": 8995, "denominator": None}),
    ("incidents", "tickets_resolved", MARCH, {"value": 7550}),
    ("incidents", "resolution_time", MARCH, {"n": 7550, "value": 317_426.8, "median": 91_440}),
    ("incidents", "fcr", MARCH, {"n": 7550, "value": 0.84874}),
    ("incidents", "reopen_rate", MARCH, {"n": 7550, "value": 0.013377}),
    ("forum", "tickets_opened", JANUARY, {"value": 1143}),
    ("forum", "tickets_resolved", JANUARY, {"value": 164}),
    ("forum", "fcr", JANUARY, {"value": 0.95122}),
    ("forum", "first_response_time", JANUARY, {"n": 908, "value": 46_229.5, "median": 10_171}),
    ("airport_survey", "nps", YEAR, {"n": 1226, "value": 36.786}),
    ("airport_survey", "csat", YEAR, {"n": 1203, "value": 0.81712}),
    ("cdnow", "logo_retention", QUARTER, {"n": 947, "denominator": 947, "value": 0.139388}),
    ("cdnow", "churn", QUARTER, {"n": 947, "value": 0.860612}),
    ("cdnow", "gross_revenue_retention", QUARTER, {"n": 947, "value": 0.099570}),
    ("cdnow", "net_revenue_retention", QUARTER, {"n": 947, "value": 0.136118}),
]
DIGITS = {"resolution_time": 1, "first_response_time": 1, "nps": 3, "csat": 5, "fcr": 5}


@pytest.mark.parametrize(
    ("folder", "metric", "period", "known"), FACTS, ids=[f"{f}-{m}" for f, m, *_ in FACTS]
)
def test_it_gives_the_known_figure(ask, folder, metric, period, known):
    point = ask(folder, metric, **period)

    found = {name: point[name] for name in known}
    if isinstance(found["value"], float):
        found["value"] = round(found["value"], DIGITS.get(metric, 6))
    assert found == known


def test_it_takes_every_row_but_those_that_say_nothing(reports):
    refused = {
        name: sum(report.refused for report in of.values()) for name, (_company, of) in reports.items()
    }
    read = {
        name: {kind: report.read for kind, report in of.items()} for name, (_company, of) in reports.items()
    }

    assert refused == {"incidents": 0, "forum": 0, "airport_survey": 39, "cdnow": 0}
    assert read["incidents"] == {"people": 410, "customers": 3269, "tickets": 8995, "ticket_events": 28_923}
    assert (read["forum"]["tickets"], read["forum"]["ticket_events"]) == (3098, 7664)
    assert read["airport_survey"] == {"surveys": 2468}
    assert read["cdnow"] == {"customers": 2357, "revenue": 5452}


def test_it_adds_people_up_to_the_company(ask, reports):
    """Every rep's tickets, and nobody's, are the company's; and so are those of all the teams."""
    company = reports["forum"][0]
    resolved = RepDay.objects.filter(company=company, day__range=JANUARY.values(), res_n__gt=0)
    reps = Member.objects.filter(id__in=resolved.values("rep_id")).values_list("email", flat=True)
    leads = Member.objects.filter(id__in=resolved.values("manager_id")).values_list("email", flat=True)

    def total(level, people):
        points = [
            ask("forum", "tickets_resolved", level=level, person=person, **JANUARY)
            for person in ["nobody", *people]
        ]
        return sum(point["value"] for point in points)

    assert len(reps) > 10
    assert (total("rep", reps), total("manager", leads)) == (164, 164)


@pytest.mark.parametrize("folder", ZONES)
def test_it_counts_the_same_when_imported_twice(ask, reports, folder):
    company = reports[folder][0]
    asked = [(metric, period) for name, metric, period, _ in FACTS if name == folder]
    rows = [model.objects.filter(company=company).count() for model in (Ticket, TicketEvent, Survey)]
    before = [ask(folder, metric, **period) for metric, period in asked]
    again = import_folder(company, DATA / folder)
    settle(company)

    assert {(report.added, report.changed) for report in again.values()} == {(0, 0)}
    assert rows == [model.objects.filter(company=company).count() for model in (Ticket, TicketEvent, Survey)]
    assert [ask(folder, metric, **period) for metric, period in asked] == before


def test_it_proves_every_figure(reports):
    out = StringIO()
    call_command("reconcile_rollups", "--all", stdout=out)

    lines = [line for line in out.getvalue().splitlines() if line.startswith("incidents ")]
    assert [line for line in lines if not line.endswith(" 0 differ")] == []
    assert len(lines) == 7

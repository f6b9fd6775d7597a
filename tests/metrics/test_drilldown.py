"""Behind every figure stand exactly the rows that it counts: metric x level, page and file."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Company
from cs_platform.lib import clock
from customers.models import Shift
from metrics.boards.address import FigureAddress
from metrics.definitions import METRICS, Shape
from metrics.queries import answer
from tests.factories import a_ticket

from .desk import END, START, desk, scopes

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(harbour, ana, lee, mo, rae, set_clock):
    return desk(harbour, ana, lee, mo, rae, set_clock)


@pytest.fixture
def of_leader(mo) -> Client:
    client = Client()
    client.force_login(mo.user)
    return client


def rows_of(client: Client, url: str) -> list[dict[str, str]]:
    found = client.get(f"{url}&csv=rows")
    assert found.status_code == 200
    text = b"".join(found.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def asked(metric: str, scope) -> str:
    return f"/figures/{metric}/rows/?{FigureAddress(metric, scope, *span(metric)).query}"


def span(metric: str) -> tuple:
    """Retention is told from a month that has revenue to one that has."""
    retains = METRICS[metric].shape == Shape.RETENTION
    return (START.replace(year=2025), END.replace(month=2)) if retains else (START, END)


def test_it_lists_as_many_rows_as_the_figure_counts(work, of_leader, harbour, ana, lee, mo):
    wrong = []
    for metric in METRICS:
        for name, scope in scopes(harbour, ana=ana, lee=lee, mo=mo, **work).items():
            if METRICS[metric].is_company_only and name != "company":
                continue
            point = answer(harbour, metric, scope, *span(metric)).points[0]
            rows = rows_of(of_leader, asked(metric, scope))
            found: list = [sum(int(row["In n"]) for row in rows)]
            wanted: list = [point.n]
            if metric in GOOD:
                found.append(sum(row["Counted as"] == GOOD[metric] for row in rows))
                wanted.append(point.numerator)
            if METRICS[metric].unit == "seconds":
                found.append(sum(int(row["Value"]) for row in rows))
                wanted.append(point.numerator)
            if found != wanted or (name == "company" and not point.n):
                wrong.append((metric, name, found, wanted))

    assert wrong == []


GOOD = {
    "csat": "Counted",
    "ces": "Counted",
    "fcr": "Solved for good",
    "reopen_rate": "Reopened",
    "service_level": "Met",
    "logo_retention": "Kept",
    "churn": "Lost",
}


def test_it_pages_through_the_rows_without_losing_one(work, of_leader, harbour, ana, set_clock):
    for _ in range(60):
        a_ticket(ana, assignee=ana)
    url = f"/figures/tickets_opened/rows/?from={START}&to={END}"
    seen, after = [], ""
    while True:
        page = of_leader.get(url + (f"&after={after}" if after else ""))
        seen += [row.ticket.id for row in page.context["rows"]]
        if not page.context["after"]:
            break
        after = page.context["after"]

    assert len(seen) == len(set(seen)) == 84


def test_it_lists_the_shifts_behind_the_hours(work, of_leader, harbour, ana):
    url = asked("tickets_per_hour", scopes(harbour, ana=ana)["ana"])
    point = answer(harbour, "tickets_per_hour", scopes(harbour, ana=ana)["ana"], START, END).points[0]
    rows = rows_of(of_leader, url + "&part=hours")

    assert sum(int(row["Value"]) for row in rows) / 3600 == point.denominator


def test_it_names_only_whom_the_reader_may_see(work, harbour, ana, lee):
    client = Client()
    client.force_login(ana.user)
    of_company = rows_of(client, asked("csat", scopes(harbour)["company"]))
    own = rows_of(client, asked("csat", scopes(harbour, ana=ana)["ana"]))

    assert {row["Rep"] for row in of_company} == {"Ana", ""}
    assert {row["Rep"] for row in own} == {"Ana"}
    assert client.get(asked("csat", scopes(harbour, ben=work["ben"])["ben"])).status_code == 403


def test_it_shows_another_company_nothing(work, harbour, ana, zed):
    client = Client()
    client.force_login(zed.user)

    assert client.get(asked("csat", scopes(harbour, ana=ana)["ana"])).status_code == 404
    assert rows_of(client, asked("csat", scopes(harbour)["company"])) == []


def test_it_says_what_is_wrong_with_an_address(work, of_leader):
    wrong = {
        "from=2026-03-02&to=2026-03-01": "The last day lies before the first one.",
        "from=yesterday&to=2026-03-01": "Write a day as 2026-03-31.",
        "from=2026-03-01": "to:",
        "from=2026-03-01&to=2026-03-02&level=rep": "Say whose",
        "from=2026-03-01&to=2026-03-02&level=rep&person=%00": "person",
        "from=2026-03-01&to=2026-03-02&person=1": "The company is no person",
        "from=1026-03-01&to=2026-03-02": "Choose a day from 1970",
    }
    for query, said in wrong.items():
        for path in ("rows/", "", "trend/"):
            found = of_leader.get(f"/figures/csat/{path}?{query}")
            assert found.status_code == 400, query
            assert said in found.content.decode(), query
    assert of_leader.get(f"/figures/nothing/rows/?from={START}&to={END}").status_code == 404
    for after in (
        "x.y",
        "9999-12-31.1.1",
        f"2026-03-01.{2**63}.1",
        f"2026-03-01.1.{2**31}",
        "2026-03-01.-1.1",
    ):
        for metric in ("csat", "backlog", "logo_retention"):
            found = of_leader.get(f"/figures/{metric}/rows/?from={START}&to={END}&after={after}")
            assert found.status_code == 200, after
    assert of_leader.get(f"/figures/csat/rows/?from={START}&to={END}&after=0001-01-01.1.1").status_code == 200


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "10,000 → "), ("EUR", "100 → ")])
def test_it_shows_amounts_in_the_currency_of_the_company(work, of_leader, harbour, currency, amount):
    Company.objects.filter(id=harbour.id).update(currency=currency)
    query = FigureAddress("logo_retention", scopes(harbour)["company"], *span("logo_retention")).query
    rows = of_leader.get(f"/figures/logo_retention/rows/?{query}").context["rows"]

    assert any(amount in row.number for row in rows), [row.number for row in rows]


def test_it_tells_when_a_shift_ended_in_the_zone_of_the_reader(work, of_leader, harbour, ana):
    url = asked("tickets_per_hour", scopes(harbour, ana=ana)["ana"]) + "&part=hours"
    names = {row.name for row in of_leader.get(url).context["rows"]}
    with timezone.override(harbour.zones().at(clock.now())):
        ends = {timezone.localtime(shift.ended_at) for shift in Shift.objects.filter(member=ana)}

    assert names == {f"Shift until {end:%H:%M}" for end in ends}

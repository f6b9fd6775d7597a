"""GET /api/v1/metrics/: the shape of answers, to the name."""

from datetime import date, timedelta

import pytest

from accounts.outbox import react_once
from customers.actions import resolve_ticket
from metrics import rollup, timers
from metrics.definitions import METRICS
from metrics.facts import mark_rep_days
from metrics.kinds import Kind
from metrics.models import Fact
from metrics.rebuild import rebuild
from tests.factories import a_ticket, at

pytestmark = pytest.mark.django_db

KEYS = [
    "csat",
    "nps",
    "ces",
    "fcr",
    "service_level",
    "first_response_time",
    "resolution_time",
    "handle_time",
    "tickets_opened",
    "tickets_resolved",
    "reopen_rate",
    "tickets_per_hour",
    "backlog",
    "logo_retention",
    "gross_revenue_retention",
    "net_revenue_retention",
    "churn",
    "playbook_coverage",
]
WRAPPER = [
    "metric",
    "definition",
    "unit",
    "level",
    "person",
    "from",
    "to",
    "time_zone",
    "as_of",
    "complete_through",
    "points",
]
POINT = ["start", "n", "numerator", "denominator", "value", "low", "high"]
DURATIONS = ("first_response_time", "resolution_time", "handle_time")
RETENTION = ("logo_retention", "gross_revenue_retention", "net_revenue_retention", "churn")
MATURING = ("fcr", "reopen_rate")
PERIOD = {"from": "2026-03-01", "to": "2026-03-10"}


@pytest.fixture
def ask(mo, ana, key_of, client, set_clock):
    """ask("fcr", level="rep", ...) is the answer's JSON."""
    while react_once():
        pass
    set_clock("2026-03-20T12:00")
    headers = key_of(mo)

    def asked(metric, **parameters):
        answer = client.get(f"/api/v1/metrics/{metric}/", {**PERIOD, **parameters}, headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return asked


@pytest.fixture
def solved(ana, set_clock):
    """Two tickets of Ana, opened on the 2nd; one is resolved after an hour."""
    set_clock("2026-03-02T10:00")
    first, _second = (a_ticket(ana, assignee=ana) for _ in range(2))
    set_clock("2026-03-02T11:00")
    resolve_ticket(actor=ana, ticket=first)
    set_clock("2026-03-20T12:00")
    timers.fire_due()
    rollup.drain(ana.company_id)


def test_it_lists_every_metric_with_its_definition(client, ana, key_of):
    listed = client.get("/api/v1/metrics/", headers=key_of(ana)).json()

    assert [metric["metric"] for metric in listed][: len(KEYS)] == sorted(KEYS, key=list(METRICS).index)
    assert set(KEYS) == set(METRICS)
    for metric in listed:
        assert {"metric", "definition", "unit", "direction", "minimum_n"} <= set(metric)
        assert metric["definition"]
        assert metric["direction"] in ("up", "down", "none")


@pytest.mark.parametrize("metric", [key for key in KEYS if not METRICS[key].is_company_only])
@pytest.mark.parametrize(
    "scope",
    [
        {"level": "company"},
        {"level": "rep", "person": "ana@harbour.example"},
        {"level": "rep", "person": "nobody"},
        {"level": "manager", "person": "lee@harbour.example"},
        {"level": "manager", "person": "mo@harbour.example", "scope": "tree"},
        {"level": "manager", "person": "nobody"},
    ],
    ids=lambda scope: "-".join(scope.values()),
)
def test_it_answers_every_metric_at_every_level(ask, solved, metric, scope):
    answer = ask(metric, **scope)

    assert [name for name in answer if name in WRAPPER] == WRAPPER
    assert (answer["metric"], answer["level"]) == (metric, scope["level"])
    assert answer["person"] == scope.get("person")
    assert (answer["from"], answer["to"]) == (PERIOD["from"], PERIOD["to"])
    [point] = answer["points"]
    assert list(point) == POINT + (["median", "p90"] if metric in DURATIONS else [])
    assert point["start"] == PERIOD["from"]


@pytest.mark.parametrize("metric", KEYS)
def test_it_gives_an_empty_point_where_nothing_happened(ask, metric):
    answer = ask(metric)

    [point] = answer["points"]
    empty = {"n": 0, "value": 0 if answer["unit"] == "tickets" else None, "low": None, "high": None}
    assert {name: point[name] for name in empty} == empty
    if answer["unit"] == "tickets":
        assert point["denominator"] is None
    if metric in DURATIONS:
        assert (point["median"], point["p90"]) == (None, None)


def test_it_gives_a_rate_with_its_interval(ask, solved):
    [point] = ask("fcr")["points"]

    assert (point["n"], point["numerator"], point["denominator"], point["value"]) == (1, 1, 1, 1.0)
    assert 0 < point["low"] < point["high"] == 1


@pytest.mark.parametrize("recount", [rollup.drain, rebuild])
def test_it_gives_no_old_median_where_corrections_keep_count_and_sum(ask, ana, set_clock, recount):
    set_clock("2026-03-02T10:00")
    tickets = [a_ticket(ana, assignee=ana) for _ in range(3)]
    for ticket, hour in zip(tickets, (11, 13, 18), strict=True):
        resolve_ticket(actor=ana, ticket=ticket, at=at(f"2026-03-02T{hour}:00"))
    set_clock("2026-03-20T12:00")
    rollup.drain(ana.company_id)
    [before] = ask("resolution_time", level="rep", person=ana.email, grain="total")["points"]

    for ticket in tickets[:2]:
        Fact.objects.filter(kind=Kind.RESOLVED, source_id=ticket.id).update(v1=7200)
    mark_rep_days(company_id=ana.company_id, rep_ids=[ana.id], from_day=date(2026, 3, 2))
    recount(ana.company_id)
    [after] = ask("resolution_time", level="rep", person=ana.email, grain="total")["points"]

    assert (before["n"], before["numerator"], before["median"]) == (3, 43_200, 10_800)
    assert (after["n"], after["numerator"], after["median"]) == (3, 43_200, 7200)


def test_it_gives_a_duration_with_median_and_p90(ask, solved):
    [point] = ask("resolution_time")["points"]

    assert point == {
        "start": "2026-03-01",
        "n": 1,
        "numerator": 3600,
        "denominator": 1,
        "value": 3600.0,
        "low": None,
        "high": None,
        "median": 3600.0,
        "p90": 3600.0,
    }


def test_it_gives_a_count_without_an_interval(ask, solved):
    [point] = ask("tickets_opened")["points"]

    assert (point["n"], point["value"], point["denominator"], point["low"], point["high"]) == (
        2,
        2,
        None,
        None,
        None,
    )


def test_it_gives_a_point_a_day_also_for_empty_ones(ask, solved):
    points = ask("tickets_opened", grain="day")["points"]

    assert [point["start"] for point in points] == [f"2026-03-{day:02}" for day in range(1, 11)]
    assert [point["value"] for point in points] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]


def test_it_gives_iso_weeks_with_only_the_days_asked_for(ask, solved):
    """The first of March 2026 is a Sunday."""
    points = ask("tickets_opened", grain="week")["points"]

    assert [(point["start"], point["value"]) for point in points] == [
        ("2026-02-23", 0),
        ("2026-03-02", 2),
        ("2026-03-09", 0),
    ]
    cut = ask("tickets_opened", grain="week", **{"from": "2026-03-03"})["points"]
    assert [(point["start"], point["value"]) for point in cut] == [("2026-03-02", 0), ("2026-03-09", 0)]


def test_it_gives_months_over_the_turn_of_a_year(ask, solved):
    points = ask("tickets_opened", grain="month", **{"from": "2025-12-31"})["points"]

    assert [point["start"] for point in points] == ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]
    assert points[-1]["value"] == 2


@pytest.mark.parametrize("metric", RETENTION)
def test_it_tells_retention_by_month(ask, metric):
    points = ask(metric, grain="month", **{"from": "2025-12-01"})["points"]

    assert [point["start"] for point in points] == ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"]


def test_it_says_how_far_outcomes_are_complete(ask):
    """On the 20th at noon every window of seven days that began by the 12th is over."""
    for metric in KEYS:
        assert ask(metric)["complete_through"] == ("2026-03-12" if metric in MATURING else None)


def test_it_leaves_days_out_that_are_not_complete(ask):
    points = ask("fcr", grain="day", **{"from": "2026-03-11", "to": "2026-03-15"})["points"]

    assert [point["start"] for point in points] == ["2026-03-11", "2026-03-12"]
    assert ask("fcr", **{"from": "2026-03-14", "to": "2026-03-15"})["points"][0]["n"] == 0


def test_it_is_as_of_now_when_nothing_waits(ask):
    assert ask("csat")["as_of"].startswith("2026-03-20T12:00:00")


def test_it_is_as_of_the_oldest_mark_that_waits(ask, solved, ana, set_clock):
    set_clock("2026-03-20T11:00")
    a_ticket(ana)
    set_clock("2026-03-20T12:00")

    assert ask("csat")["as_of"].startswith("2026-03-20T11:00:00")


def test_it_tells_the_zone_of_the_companys_days(ask):
    assert ask("csat")["time_zone"] == "Europe/Berlin"


def test_it_counts_days_in_the_companys_zone(ask, ana, set_clock):
    set_clock("2026-03-04T23:30")
    a_ticket(ana)
    rollup.drain(ana.company_id)
    set_clock("2026-03-20T12:00")

    days = ask("tickets_opened", grain="day")["points"]
    assert [point["start"] for point in days if point["value"]] == ["2026-03-05"]


def test_it_finds_people_without_regard_to_case(ask, solved):
    answer = ask("tickets_opened", level="rep", person="ANA@Harbour.example")

    assert (answer["person"], answer["points"][0]["value"]) == ("ana@harbour.example", 2)


def test_it_gives_backlog_at_the_end_of_each_day(ask, solved):
    points = ask("backlog", grain="day")["points"]

    assert [point["value"] for point in points] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_it_takes_the_longest_periods(ask):
    assert len(ask("csat", grain="day", **{"from": "2016-02-01"})["points"]) > 3_680
    assert len(ask("csat", grain="week", **{"from": "2007-01-01"})["points"]) == 1_002
    assert date(2026, 3, 10) - date(2007, 1, 1) < timedelta(days=7_320)


def test_it_answers_at_an_instant_of_its_own(ask):
    assert at("2026-03-20T12:00").isoformat().replace("+00:00", "Z") == ask("csat")["as_of"]

"""The oracle itself: known facts of real records, a second witness, and the doubtful rules one by one."""

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from tests.oracle import METRICS, Oracle, Zones, build, load
from tests.oracle.duck import answer_totals, ticket_totals

DATA = Path(__file__).resolve().parent.parent / "data"
NOW = datetime(2025, 1, 1, tzinfo=UTC)
JUNE = (date(2024, 6, 1), date(2024, 6, 30))
KOLKATA = [(date(2000, 1, 1), "Asia/Kolkata")]


@pytest.fixture(scope="module")
def incidents():
    return Oracle(load(DATA / "incidents"), now=datetime(2017, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def forum():
    return Oracle(load(DATA / "forum", KOLKATA), KOLKATA, now=NOW)


def june(rows, metric, *, now=NOW, zones=None, days=JUNE, level="company", person=None, scope="team"):
    oracle = Oracle(build(rows, zones), zones, now=now)
    return oracle.point(metric, level, person, scope, *days)


def ticket(external_id="T1", opened_at="2024-06-01T00:00:00Z", **cells):
    return {"external_id": external_id, "opened_at": opened_at, **cells}


def event(name, occurred_at, ticket="T1", **cells):
    return {"ticket_external_id": ticket, "event": name, "occurred_at": occurred_at, **cells}


def answer(kind, score, answered_at="2024-06-05T12:00:00Z", **cells):
    return {"kind": kind, "score": score, "answered_at": answered_at, **cells}


# ---- known facts of real records ---------------------------------------------------------------------------


def test_incidents_of_march_2016(incidents):
    march = (date(2016, 3, 1), date(2016, 3, 31))
    resolution = incidents.point("resolution_time", start=march[0], end=march[1])
    assert incidents.records.refused == []
    assert incidents.point("tickets_opened", start=march[0], end=march[1]).value == 8_995
    assert incidents.point("tickets_resolved", start=march[0], end=march[1]).value == 7_550
    assert (round(float(resolution.value), 1), resolution.median) == (317_426.8, 91_440)
    fcr = incidents.point("fcr", start=march[0], end=march[1])
    reopened = incidents.point("reopen_rate", start=march[0], end=march[1])
    assert (fcr.n, round(float(fcr.value), 5)) == (7_550, 0.84874)
    assert (reopened.n, round(float(reopened.value), 6)) == (7_550, 0.013377)


def test_forum_in_kolkata(forum):
    january = {"start": date(2024, 1, 1), "end": date(2024, 1, 31)}
    response = forum.point("first_response_time", **january)
    assert forum.records.refused == []
    assert forum.point("tickets_opened", **january).value == 1_143
    assert forum.point("tickets_resolved", **january).value == 164
    assert round(float(forum.point("fcr", **january).value), 5) == 0.95122
    assert (response.n, round(float(response.value), 1), response.median) == (908, 46_229.5, 10_171)


def test_airport_survey_refuses_do_not_know():
    oracle = Oracle(load(DATA / "airport_survey"), now=NOW)
    nps, csat = (
        oracle.point(kind, start=date(2017, 1, 1), end=date(2017, 12, 31)) for kind in ("nps", "csat")
    )
    assert {(refusal.kind, refusal.column) for refusal in oracle.records.refused} == {("surveys", "score")}
    assert len(oracle.records.refused) == 39
    assert (nps.n, round(float(nps.value), 3)) == (1_226, 36.786)
    assert (csat.n, round(float(csat.value), 5)) == (1_203, 0.81712)


def test_cdnow_from_march_to_june_1997():
    oracle = Oracle(load(DATA / "cdnow"), now=NOW)
    keys = ("logo_retention", "gross_revenue_retention", "net_revenue_retention", "churn")
    points = [oracle.point(key, start=date(1997, 3, 1), end=date(1997, 6, 30)) for key in keys]
    assert oracle.records.refused == []
    assert [point.n for point in points] == [947] * 4
    assert [round(float(point.value), 6) for point in points[:3]] == [0.139388, 0.099570, 0.136118]
    assert points[3].value == 1 - points[0].value


def test_company_is_the_sum_over_teams_and_over_reps(incidents):
    march = {"start": date(2016, 3, 1), "end": date(2016, 3, 31)}
    managers = {person.manager_email for person in incidents.records.people.values()}
    reps = {fact.rep for metric in ("tickets_opened", "fcr") for fact in incidents.facts(metric)}
    for level, persons, metrics in (
        ("manager", managers, ("tickets_opened", "fcr", "resolution_time", "backlog")),
        ("rep", reps, ("tickets_opened", "fcr")),
    ):
        for metric in metrics:
            company = incidents.point(metric, **march)
            points = [
                incidents.point(metric, level, person or "nobody", **march) for person in {None, *persons}
            ]
            assert sum(point.n for point in points) == company.n
            assert sum(point.numerator for point in points) == company.numerator


def test_buckets_add_up(forum):
    period = {"start": date(2024, 1, 3), "end": date(2024, 3, 5)}
    for grain, count, first in (
        ("day", 63, date(2024, 1, 3)),
        ("week", 10, date(2024, 1, 1)),
        ("month", 3, None),
    ):
        buckets = forum.buckets("tickets_opened", grain=grain, **period)
        assert (len(buckets), buckets[0][0]) == (count, first or date(2024, 1, 1))
        assert sum(point.n for _first, point in buckets) == forum.point("tickets_opened", **period).n


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_answers_for_every_level(forum, metric):
    for level, person in (("company", None), ("manager", "nobody"), ("rep", "Head@forum.example")):
        point = forum.point(metric, level, person, start=date(2024, 1, 1), end=date(2024, 2, 29))
        assert (point.value is not None) == (
            metric in ("tickets_opened", "tickets_resolved", "backlog")
        ) or point.n


# ---- the second witness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "zone", "first", "last", "opened", "resolved", "mean"),
    [
        ("incidents", "UTC", date(2016, 3, 1), date(2016, 3, 31), 8_995, 7_550, 317_426.8),
        ("forum", "Asia/Kolkata", date(2024, 1, 1), date(2024, 1, 31), 1_143, 164, 106_590.4),
    ],
)
def test_duckdb_sees_the_same_tickets(request, folder, zone, first, last, opened, resolved, mean):
    totals, oracle = ticket_totals(DATA / folder, zone, first, last), request.getfixturevalue(folder)
    assert (totals["tickets_opened"], totals["tickets_resolved"]) == (opened, resolved)
    assert round(totals["resolution_seconds"] / resolved, 1) == mean
    assert totals["resolution_seconds"] == oracle.point("resolution_time", start=first, end=last).numerator


def test_duckdb_sees_the_same_answers():
    totals = answer_totals(DATA / "airport_survey", "UTC", date(2017, 1, 1), date(2017, 12, 31))
    assert (totals["csat_n"], round(totals["csat_hits"] / totals["csat_n"], 5)) == (1_203, 0.81712)
    difference = totals["promoters"] - totals["detractors"]
    assert (totals["nps_n"], round(100 * difference / totals["nps_n"], 3)) == (1_226, 36.786)


# ---- arithmetic --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (3, 10), (983, 1_203)])
def test_wilson_is_that_of_statsmodels(hits, n):
    point = june({"surveys": [answer("csat", 5 if i < hits else 1) for i in range(n)]}, "csat")
    assert (point.low, point.high) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


def test_adjusted_wald_of_nps():
    point = june({"surveys": [answer("nps", score) for score in (10, 10, 9, 8, 6)]}, "nps")
    e, half = (3.75 - 1.75) / 8, norm.ppf(0.975) * (((3.75 + 1.75) / 8 - 0.25**2) / 8) ** 0.5
    assert (point.value, point.numerator, point.n) == (40, 2, 5)
    assert (point.low, point.high) == pytest.approx((100 * (e - half), 100 * (e + half)))


def test_percentiles_interpolate_and_seconds_are_rounded_down():
    ends = ("00:00:10.900", "00:00:20", "00:00:40", "00:01:20")
    tickets = [ticket(str(i), resolved_at=f"2024-06-01T{end}Z") for i, end in enumerate(ends)]
    point = june({"tickets": tickets}, "resolution_time")
    assert (point.n, point.numerator, point.value) == (4, 150, Fraction(75, 2))
    assert (point.median, point.p90, point.low) == (30, 68, None)


# ---- windows, reopenings, other tickets --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reopened_at", "counts"),
    [("2024-06-03T12:00:00Z", 1), ("2024-06-10T12:00:00Z", 1), ("2024-06-10T12:00:01Z", 0)],
)
def test_reopening_at_the_ends_of_the_window(reopened_at, counts):
    rows = {
        "tickets": [ticket()],
        "ticket_events": [event("resolved", "2024-06-03T12:00:00Z"), event("reopened", reopened_at)],
    }
    assert june(rows, "reopen_rate").numerator == counts
    assert june(rows, "fcr").numerator == 1 - counts


def test_reopening_earlier_in_the_order_of_the_same_instant_is_none():
    events = [event("reopened", "2024-06-03T12:00:00Z"), event("resolved", "2024-06-03T12:00:00Z")]
    assert june({"tickets": [ticket()], "ticket_events": events}, "reopen_rate").numerator == 0


@pytest.mark.parametrize(
    ("opened_at", "fails"),
    [
        ("2024-06-03T12:00:00Z", 0),
        ("2024-06-03T12:00:01Z", 1),
        ("2024-06-10T12:00:00Z", 1),
        ("2024-06-10T12:00:01Z", 0),
    ],
)
def test_other_ticket_at_the_ends_of_the_window(opened_at, fails):
    first = ticket(requester_email="A@x.example", resolved_at="2024-06-03T12:00:00Z", category="billing")
    other = ticket("T2", opened_at, requester_email="a@x.example", category="billing")
    assert june({"tickets": [first, other]}, "fcr").numerator == 1 - fails
    assert june({"tickets": [first, {**other, "status": "spam"}]}, "fcr").numerator == 1
    assert june({"tickets": [first, {**other, "category": ""}]}, "fcr").numerator == 1


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        (("a@x", "C1"), ("a@x", "C2"), True),
        (("a@x", "C1"), ("b@x", "C1"), False),
        (("a@x", "C1"), ("", "C1"), True),
        (("", "C1"), ("", "C1"), True),
        (("a@x", ""), ("", "C1"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_who_asked_the_other_ticket(one, other, match):
    names = ("requester_email", "customer_external_id")
    first = ticket(resolved_at="2024-06-03T12:00:00Z", **dict(zip(names, one, strict=True)))
    second = ticket("T2", "2024-06-04T00:00:00Z", **dict(zip(names, other, strict=True)))
    assert june({"tickets": [first, second]}, "fcr").numerator == 1 - match


def test_reopened_count_of_the_columns():
    base = {"resolved_at": "2024-06-03T12:00:00Z", "reopened_count": 1}
    late = {**base, "last_resolved_at": "2024-06-10T12:00:01Z"}
    in_time = {**base, "last_resolved_at": "2024-06-10T12:00:00Z"}
    same = {**base, "last_resolved_at": "2024-06-03T12:00:00Z"}
    reopened = [
        june({"tickets": [ticket(**cells)]}, "reopen_rate").numerator for cells in (late, in_time, same)
    ]
    assert reopened == [0, 1, 1]


def test_what_has_not_matured_is_in_neither_part():
    rows = {
        "tickets": [ticket()],
        "ticket_events": [
            event("resolved", "2024-06-03T12:00:00Z"),
            event("reopened", "2024-06-03T13:00:00Z"),
        ],
    }
    ripe, day_open = datetime(2024, 6, 11, tzinfo=UTC), datetime(2024, 6, 10, 23, 59, 59, tzinfo=UTC)
    assert june(rows, "fcr", now=ripe).n == 1
    assert june(rows, "fcr", now=day_open).n == 0  # the fact is ripe, its day is not
    assert Oracle(build(rows), now=ripe).complete_through("fcr") == date(2024, 6, 3)
    assert Oracle(build(rows), now=day_open).complete_through("fcr") == date(2024, 6, 2)
    assert Oracle(build(rows), now=ripe).complete_through("csat") is None


# ---- credit ------------------------------------------------------------------------------------------------


def test_first_response_is_never_the_requesters_nor_private():
    rows = {
        "tickets": [ticket(requester_email="asker@x.example")],
        "ticket_events": [
            event("replied", "2024-06-01T00:01:00Z", actor_email="Asker@X.example"),
            event("replied", "2024-06-01T00:02:00Z", actor_email="a@x.example", is_public="false"),
            event("replied", "2024-06-01T00:03:00Z", actor_email="b@x.example"),
        ],
    }
    assert june(rows, "first_response_time", level="rep", person="b@x.example").value == 180
    assert june(rows, "first_response_time").n == 1


def test_service_level_at_the_due_time():
    tickets = [
        ticket(str(i), first_response_due_at="2024-06-01T01:00:00Z", assignee_email="a@x.example", **cells)
        for i, cells in enumerate(
            [
                {"first_response_at": "2024-06-01T01:00:00Z", "first_responder_email": "b@x.example"},
                {"first_response_at": "2024-06-01T01:00:01Z", "first_responder_email": "b@x.example"},
                {},
            ]
        )
    ]
    assert june({"tickets": tickets}, "service_level").value == Fraction(1, 3)
    assert june({"tickets": tickets}, "service_level", level="rep", person="a@x.example").n == 2
    early = datetime(2024, 6, 1, 0, 59, 59, tzinfo=UTC)
    assert june({"tickets": tickets[2:]}, "service_level", now=early).n == 0


def test_assignee_column_counts_only_without_events():
    rows = {
        "tickets": [ticket(assignee_email="a@x.example"), ticket("T2", assignee_email="a@x.example")],
        "ticket_events": [event("noted", "2024-06-01T00:00:00Z")],
    }
    assert june(rows, "tickets_opened", level="rep", person="a@x.example").value == 1
    assert june(rows, "tickets_opened", level="rep", person="nobody").value == 1


def test_resolver_is_the_actor_else_the_column_else_the_assignee_at_that_instant():
    done, assigned = "2024-06-02T00:00:00Z", event("assigned", "2024-06-01T01:00:00Z", assignee_email="a@x")

    def resolver(events, **cells):
        rows = {"tickets": [ticket(assignee_email="last@x", **cells)], "ticket_events": events}
        (fact,) = Oracle(build(rows), now=NOW).facts("tickets_resolved")
        return fact.rep

    acted, silent = event("resolved", done, actor_email="r@x"), event("resolved", done)
    assert resolver([assigned, acted], resolver_email="c@x") == "r@x"
    assert resolver([assigned, silent], resolver_email="c@x") == "c@x"
    assert resolver([assigned, silent]) == "a@x"
    assert resolver([assigned, event("assigned", "2024-06-01T02:00:00Z"), silent]) is None
    assert resolver([silent]) is None
    assert resolver([], resolved_at=done) == "last@x"
    # The column's resolution comes after the events of its instant.
    assert resolver([{**assigned, "occurred_at": done}], resolved_at=done) == "a@x"


def test_handled_once_and_later_work_waits_for_the_next_resolution():
    rows = {
        "tickets": [ticket(handle_seconds=9_999)],
        "ticket_events": [
            event("replied", "2024-06-01T01:00:00Z", actor_email="a@x", seconds=60),
            event("resolved", "2024-06-02T01:00:00Z", actor_email="b@x", seconds=30),
            event("noted", "2024-06-03T01:00:00Z", actor_email="a@x", seconds=7),
            event("reopened", "2024-06-04T01:00:00Z"),
            event("resolved", "2024-06-05T01:00:00Z", actor_email="c@x", seconds=5),
            event("noted", "2024-06-06T01:00:00Z", actor_email="c@x", seconds=1_000),
        ],
    }
    whole = june(rows, "handle_time")
    assert (whole.n, whole.numerator, whole.value) == (2, 102, 51)
    again = june(rows, "handle_time", days=(date(2024, 6, 5), date(2024, 6, 5)))
    assert (again.n, again.numerator, again.value) == (0, 12, None)


def test_merged_and_spam_tickets_count_nowhere_but_their_answers_do():
    rows = {
        "tickets": [ticket(resolved_at="2024-06-02T00:00:00Z", resolver_email="a@x")],
        "ticket_events": [event("spam", "2024-06-01T00:00:00Z")],
        "surveys": [answer("csat", 4, ticket_external_id="T1")],
    }
    assert june(rows, "tickets_opened").value == june(rows, "tickets_resolved").value == 0
    assert june(rows, "csat", level="rep", person="a@x").value == 1


# ---- answers -----------------------------------------------------------------------------------------------


def test_nps_0_is_an_answer_and_11_is_a_bad_row():
    records = build({"surveys": [answer("nps", 0), answer("nps", 11), answer("nps", -1), answer("nps", 9)]})
    assert [refusal.line for refusal in records.refused] == [3, 4]
    point = Oracle(records, now=NOW).point("nps", start=JUNE[0], end=JUNE[1])
    assert (point.n, point.value) == (2, 0)


def test_ces_top_box():
    point = june({"surveys": [answer("ces", score) for score in range(1, 8)]}, "ces")
    assert (point.numerator, point.denominator) == (3, 7)


def test_nps_boundaries():
    assert june({"surveys": [answer("nps", score) for score in (6, 7, 8, 9)]}, "nps").numerator == 0
    assert june({"surveys": [answer("nps", score) for score in (7, 8, 9)]}, "nps").numerator == 1
    assert june({"surveys": [answer("nps", score) for score in (6, 7, 8)]}, "nps").numerator == -1


def test_the_last_answer_within_thirty_days_wins_on_the_first_day():
    first = answer("csat", 1, "2024-06-01T12:00:00Z", external_id="S1")
    at_the_end = answer("csat", 5, "2024-07-01T12:00:00Z", external_id="S1")
    too_late = answer("csat", 2, "2024-07-01T12:00:01Z", external_id="S1")
    corrected = answer("csat", 3, "2024-07-01T12:00:00Z", external_id="S1")
    assert june({"surveys": [too_late, at_the_end, first]}, "csat", days=(JUNE[0], JUNE[0])).value == 1
    assert june({"surveys": [first, at_the_end, corrected]}, "csat").value == 0
    july = (date(2024, 7, 1), date(2024, 7, 31))
    assert june({"surveys": [first, at_the_end, too_late]}, "csat", days=july).n == 0


# ---- people ------------------------------------------------------------------------------------------------


def test_manager_changes_on_the_fifteenth():
    rows = {
        "people": [
            {"email": "rep@x", "manager_email": "One@x", "started_on": "2024-06-02"},
            {"email": "one@x", "manager_email": "head@x"},
            {"email": "two@x", "manager_email": "head@x"},
        ],
        "reporting_lines": [{"email": "rep@x", "manager_email": "two@x", "from_on": "2024-06-15"}],
        "tickets": [
            ticket(str(day), f"2024-06-{day:02}T23:59:59Z", assignee_email="rep@x")
            for day in (1, 2, 14, 15, 30)
        ],
    }

    def opened(person, scope="team"):
        return june(rows, "tickets_opened", level="manager", person=person, scope=scope).value

    assert (opened("one@x"), opened("two@x"), opened("nobody")) == (2, 2, 1)
    assert (opened("head@x"), opened("head@x", "tree")) == (0, 4)
    assert june(rows, "backlog", level="manager", person="two@x").value == 5


# ---- days and zones ----------------------------------------------------------------------------------------


def test_havana_has_midnight_twice():
    zones = [(date(2000, 1, 1), "America/Havana")]
    rows = {
        "tickets": [
            ticket("before", "2024-11-03T03:59:59Z"),
            ticket("first midnight", "2024-11-03T04:00:00Z"),
            ticket("second midnight", "2024-11-03T05:00:00Z"),
            ticket("last", "2024-11-04T04:59:59Z"),
        ],
        "shifts": [{"email": "a@x", "started_at": "2024-11-02T22:00", "ended_at": "2024-11-04T01:00"}],
    }
    third = (date(2024, 11, 3), date(2024, 11, 3))
    assert june(rows, "tickets_opened", zones=zones, days=third).value == 3
    staffed = Oracle(build(rows, zones), zones, now=NOW).staffed
    assert {day.day: seconds / 3600 for (_rep, day), seconds in staffed.items()} == {2: 2, 3: 25, 4: 1}
    assert Zones(zones).instant("2024-11-03T00:30") == datetime(2024, 11, 3, 4, 30, tzinfo=UTC)
    assert Zones(zones).instant("2024-03-10T00:30") == datetime(
        2024, 3, 10, 5, 30, tzinfo=UTC
    )  # shown as 01:30


def test_apia_has_no_30_december_2011():
    zones = [(date(2000, 1, 1), "Pacific/Apia")]
    rows = {
        "tickets": [ticket("a", "2011-12-30T09:59:59Z"), ticket("b", "2011-12-30T10:00:00Z")],
        "shifts": [{"email": "a@x", "started_at": "2011-12-29T23:00", "ended_at": "2011-12-31T02:00"}],
    }
    oracle = Oracle(build(rows, zones), zones, now=NOW)
    days = {"start": date(2011, 12, 29), "end": date(2011, 12, 31)}
    assert [point.n for _day, point in oracle.buckets("tickets_opened", **days)] == [1, 0, 1]
    assert [point.n for _day, point in oracle.buckets("backlog", **days)] == [1, 1, 2]
    hours = [point.denominator for _day, point in oracle.buckets("tickets_per_hour", **days)]
    assert hours == [1, 0, 2]
    assert Zones(zones).instant("2011-12-30T12:00") == datetime(2011, 12, 30, 22, tzinfo=UTC)


def test_the_company_moves_to_another_zone():
    zones = Zones([(date(2024, 6, 10), "America/Los_Angeles"), (date(2024, 1, 1), "Pacific/Auckland")])
    days = [
        zones.day(datetime(2024, 6, day, hour, tzinfo=UTC)).day
        for day, hour in ((9, 11), (9, 12), (10, 8), (11, 7))
    ]
    assert days == [9, 10, 10, 11]
    assert zones.day(datetime(2023, 1, 1, 12, tzinfo=UTC)) == date(2023, 1, 2)


def test_tickets_per_hour_takes_only_staffed_rep_days():
    rows = {
        "tickets": [
            ticket(str(i), resolved_at=f"2024-06-{day:02}T12:00:00Z", resolver_email=rep)
            for i, (day, rep) in enumerate([(2, "a@x"), (2, "a@x"), (3, "a@x"), (2, "b@x")])
        ],
        "shifts": [
            {"email": "A@x", "started_at": "2024-06-02T08:00:00Z", "ended_at": "2024-06-02T09:30:00Z"},
            {"email": "b@x", "started_at": "2024-06-04T08:00:00Z", "ended_at": "2024-06-04T09:00:00Z"},
        ],
    }
    point = june(rows, "tickets_per_hour")
    assert (point.n, point.numerator, point.denominator, point.value) == (2, 2, 2.5, Fraction(4, 5))


# ---- backlog -----------------------------------------------------------------------------------------------


def test_backlog_at_the_end_of_the_day_and_now():
    rows = {
        "tickets": [
            ticket(),
            ticket("stays", "2024-06-02T00:00:00Z", status="pending", resolved_at="2024-06-02T01:00:00Z"),
            ticket("never", "2024-06-02T00:00:00Z", status="closed"),
        ],
        "ticket_events": [
            event("resolved", "2024-06-03T23:59:59Z"),
            event("customer_replied", "2024-06-04T10:00:00Z"),
            event("reopened", "2024-06-05T10:00:00Z"),
            event("closed", "2024-06-06T10:00:00Z"),
        ],
    }
    now = datetime(2024, 6, 6, 9, tzinfo=UTC)
    oracle = Oracle(build(rows), now=now)
    days = oracle.buckets("backlog", start=date(2024, 6, 1), end=date(2024, 6, 6))
    assert [point.value for _day, point in days] == [1, 2, 1, 1, 2, 2]
    assert oracle.point("backlog", start=date(2024, 6, 1), end=date(2024, 6, 4)).value == 1


# ---- revenue -----------------------------------------------------------------------------------------------


def test_retention_needs_an_ended_month_with_revenue():
    amounts = [("C1", "01", "10.00"), ("C1", "06", "15.50"), ("C2", "01", "10.00"), ("C2", "06", "0")]
    amounts += [
        ("C3", "01", "-1"),
        ("C3", "06", "5"),
        ("C4", "01", "4"),
        ("C4", "01", "20"),
        ("C4", "06", "8"),
    ]
    rows = {
        "customers": [{"external_id": "C1", "owner_email": "a@x"}],
        "revenue": [{"customer_external_id": c, "month": f"2024-{m}", "amount": a} for c, m, a in amounts],
    }
    period = (date(2024, 1, 1), date(2024, 6, 30))
    logo, gross, net = (
        june(rows, key, days=period)
        for key in ("logo_retention", "gross_revenue_retention", "net_revenue_retention")
    )
    assert (logo.n, logo.value) == (3, Fraction(2, 3))
    assert (gross.numerator, gross.denominator, net.numerator) == (1_800, 4_000, 2_350)
    assert june(rows, "net_revenue_retention", days=period, level="rep", person="a@x").value == Fraction(
        31, 20
    )
    before, after = datetime(2024, 6, 30, 23, 59, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC)
    assert june(rows, "churn", days=period, now=before).value is None
    assert june(rows, "churn", days=period, now=after).value == Fraction(1, 3)
    assert june(rows, "churn", days=(date(2024, 1, 1), date(2024, 5, 31))).value is None


# ---- bad rows ----------------------------------------------------------------------------------------------


def test_bad_rows_are_refused_with_line_column_and_reason():
    records = build(
        {
            "tickets": [ticket(), ticket("T2", "yesterday"), {"external_id": "T3"}],
            "ticket_events": [
                event("resolved", "2024-05-31T23:59:59Z"),
                event("resolved", "2024-06-02T00:00:00Z", ticket="T9"),
                event("vanished", "2024-06-02T00:00:00Z"),
            ],
            "surveys": [answer("ces", 8), answer("csat", 0), answer("csat", 5, ticket_external_id="T9")],
            "revenue": [
                {"customer_external_id": "C1", "month": "2024-01", "amount": "1", "currency": "EUR"},
                {"customer_external_id": "C1", "month": "2024-02", "amount": "1", "currency": "USD"},
            ],
        }
    )
    assert [(refusal.kind, refusal.line, refusal.column) for refusal in records.refused] == [
        ("revenue", 3, "currency"),
        ("tickets", 3, "opened_at"),
        ("tickets", 4, "opened_at"),
        ("ticket_events", 2, "occurred_at"),
        ("ticket_events", 3, "ticket_external_id"),
        ("ticket_events", 4, "event"),
        ("surveys", 2, "score"),
        ("surveys", 3, "score"),
        ("surveys", 4, "ticket_external_id"),
    ]
    assert all(refusal.reason for refusal in records.refused)

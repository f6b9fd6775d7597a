"""Boards: tile = table = CSV = API at every level, names only for whom one may see, all in the address."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from customers.actions import log_ticket, resolve_ticket
from metrics.boards.period import period
from metrics.definitions import Shape
from metrics.models import Focus
from metrics.queries import Level, Scope, answer
from metrics.views import boards as boards_views

from .desk import desk, settle

pytestmark = pytest.mark.django_db
ASKED = "period=custom&from=2026-02-01&to=2026-03-20"


@pytest.fixture
def work(harbour, ana, lee, mo, rae, set_clock):
    return desk(harbour, ana, lee, mo, rae, set_clock)


@pytest.fixture
def of():
    def client_of(member: Member) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return client_of


def sheet(client: Client, url: str) -> list[dict[str, str]]:
    found = client.get(url)
    assert found.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(found.streaming_content).decode("utf-8-sig"))))


def boards(ana, lee, mo) -> dict[str, str]:
    return {
        "/company/": "level=company",
        f"/dashboards/team/{lee.id}/": "level=manager&person=lee@harbour.example",
        f"/dashboards/team/{mo.id}/?scope=tree": "level=manager&scope=tree&person=mo@harbour.example",
        "/dashboards/team/nobody/": "level=manager&person=nobody",
        f"/dashboards/rep/{ana.id}/": "level=rep&person=ana@harbour.example",
        "/dashboards/rep/nobody/": "level=rep&person=nobody",
    }


def test_a_tile_its_file_and_the_api_say_the_same(work, of, key_of, mo, ana, lee):
    client, headers = of(mo), key_of(mo)
    for path, level in boards(ana, lee, mo).items():
        page = client.get(path + ("&" if "?" in path else "?") + ASKED)
        assert page.status_code == 200
        lines = sheet(client, path + ("&" if "?" in path else "?") + ASKED + "&csv=tiles")
        tiles = page.context["board"].tiles
        assert len(tiles) == len(lines) == 14
        for tile, line in zip(tiles, lines, strict=True):
            asked = f"from={tile.address.start}&to={tile.address.end}&{level}"
            told = client.get(f"/api/v1/metrics/{tile.metric.key}/?{asked}", headers=headers)
            [point] = told.json()["points"]
            where = (path, tile.metric.key)
            assert (tile.point.n, tile.point.numerator) == (point["n"], point["numerator"]), where
            assert tile.point.value == pytest.approx(point["value"]), where
            assert tile.point.low == pytest.approx(point["low"]), where
            assert tile.point.median == pytest.approx(point.get("median")), where
            assert int(line["n"]) == point["n"], where
            shown = point["median"] if tile.metric.shape == Shape.DURATION else point["value"]
            assert line["Value"] == ("" if shown is None else str(tile.value)), where
            assert tile.value == pytest.approx(shown), where


@pytest.mark.parametrize("who", ["ana", "lee", "mo", "rae"])
def test_rows_add_up_to_the_figures_above(work, of, request, who, lee, mo):
    client = of(request.getfixturevalue(who))
    paths = {"ana": ["/company/", "/team/"], "lee": ["/company/", "/team/", "/team/?scope=tree"]}
    paths |= dict.fromkeys(("mo", "rae"), ["/company/", f"/dashboards/team/{mo.id}/?scope=tree"])
    for path in paths[who]:
        board = client.get(path + ("&" if "?" in path else "?") + ASKED).context["board"]
        tiles = {tile.metric.key: tile.point for tile in board.tiles}
        for key in ("csat", "fcr", "first_response_time", "tickets_resolved"):
            rows = [row.points[key] for row in board.people.rows]
            assert sum(row.n for row in rows) == tiles[key].n > 0, (path, key)
            assert sum(row.numerator for row in rows) == tiles[key].numerator, (path, key)


def test_it_names_only_whom_the_reader_may_see(work, of, ana, lee, mo):
    def names(member, path):
        return [row.name for row in of(member).get(f"{path}?{ASKED}").context["board"].people.rows]

    assert names(mo, "/company/") == ["Lee", "Mo", "Una", "Without a team"]
    assert names(lee, "/company/") == ["Lee", "Mo", "1 team you may not open, and what is in no team"]
    assert names(ana, "/company/") == ["Lee", "2 teams you may not open, and what is in no team"]
    assert names(lee, "/team/") == ["Ana", "Ben"]
    assert names(ana, "/team/") == ["Ana", "1 person you may not open"]


def test_it_is_closed_to_others_and_says_why(work, of, ana, lee, mo, zed):
    for path in (f"/dashboards/rep/{work['ben'].id}/", f"/dashboards/team/{lee.id}/?scope=tree"):
        refused = of(ana).get(path)
        assert refused.status_code == 403
        assert "the managers above them" in refused.content.decode()
        assert of(zed).get(path).status_code == 404
        assert of(lee).get(path).status_code == 200
    assert of(lee).get(f"/dashboards/team/{work['una'].id}/").status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=decade", "period:"),
        ("to=soon", "Write a day as 2026-03-31."),
        ("to=2026-03-21", "Choose a day from 1970 to 2026-03-20."),
        ("from=2026-03-02&to=2026-03-01", "The last day lies before the first one."),
        ("from=1999-03-02&to=2026-03-01", "At most 3700 days at once."),
        ("period=custom", "Say from which day to which."),
        ("metric=%3Cscript%3E", "metric:"),
        ("grain=%00", "grain:"),
        ("csv=passwords", "csv:"),
    ],
)
def test_it_shows_a_board_for_a_wrong_address_and_says_what_is_wrong(work, of, mo, query, said):
    found = of(mo).get(f"/company/?{query}")

    assert found.status_code == 400
    assert said in found.content.decode()
    assert "<script>" not in found.content.decode().replace("<script>\n", "")
    assert "CSAT, 4-5" in found.content.decode()


def test_people_and_period_are_those_of_the_day(work, of, harbour, mo):
    a_day_before = of(mo).get("/company/?period=month&to=2026-03-15").context["board"]

    assert (a_day_before.period.start, a_day_before.period.end) == (date(2026, 3, 1), date(2026, 3, 15))
    assert a_day_before.period.before_title == "1 Feb to 15 Feb 2026"
    ended = answer(harbour, "backlog", Scope(harbour.id, Level.COMPANY), date(2026, 3, 1), date(2026, 3, 15))
    backlog = next(tile for tile in a_day_before.tiles if tile.metric.key == "backlog")
    assert backlog.point == ended.points[0]


def test_it_steps_to_the_periods_beside():
    today = date(2026, 3, 20)

    assert period("month", today).earlier() == {"to": "2026-02-28"}
    assert period("month", today).later() is None
    assert period("month", today, date(2026, 1, 31)).later() == {"to": "2026-02-28"}
    assert period("month", today, date(2026, 2, 28)).later() == {"to": "2026-03-20"}
    assert period("quarter", today, date(2025, 12, 31)).title == "Quarter 4, 2025"
    assert period("quarter", today, date(2025, 12, 31)).before_title == "Quarter 3, 2025"
    assert period("week", today, date(2026, 3, 15)).title == "Week 11, 9 Mar to 15 Mar 2026"
    assert period("28d", today).end == date(2026, 3, 19)
    assert period("28d", today, date(2026, 2, 1)).later() == {"to": "2026-03-01"}
    assert period("custom", today, date(2026, 3, 10), date(2026, 3, 1)).before_end == date(2026, 2, 28)


def test_the_trend_is_the_same_as_chart_table_and_file(work, of, mo):
    client = of(mo)
    for metric in ("csat", "first_response_time", "backlog", "net_revenue_retention"):
        trend = client.get(f"/company/?{ASKED}&metric={metric}&grain=week").context["board"].trend
        url = f"/figures/{metric}/trend/?{trend.address.query}&grain={trend.answer.grain}"
        table = client.get(url).context["trend"]
        lines = sheet(client, url + "&csv=trend")
        assert [b.value for b in trend.buckets] == [b.value for b in table.buckets]
        assert [str(b.point.n) for b in trend.buckets] == [line["n"] for line in lines]
    assert b"<html" not in client.get(url, headers={"hx-request": "true"}).content


def test_the_focus_heads_every_board_with_its_target(work, of, mo, ana):
    client = of(mo)
    sent = {"satisfaction": "fcr", "satisfaction_target": "85", "productivity": "first_response_time"}
    assert client.post("/settings/focus/", sent | {"productivity_target": "45"}).status_code == 302
    focus, other = (lane.focus for lane in client.get("/company/").context["board"].lanes)

    assert (focus.metric.key, focus.target) == ("fcr", pytest.approx(0.85))
    assert (other.metric.key, other.target_text) == ("first_response_time", "45 min")
    assert of(ana).get("/settings/focus/").status_code == 403
    wrong = {"satisfaction": "csat", "productivity": "tickets_resolved", "productivity_target": "7"}
    refused = client.post("/settings/focus/", wrong)
    assert refused.status_code == 422
    assert "A number of tickets has no target" in refused.content.decode()
    assert client.post("/settings/focus/", {"satisfaction": "x"}).status_code == 422
    below = client.post("/settings/focus/", sent | {"productivity_target": "-1"})
    assert (below.status_code, "from 0 to 1,000,000" in below.content.decode()) == (422, True)
    assert Focus.objects.get(company=mo.company, lane="satisfaction").metric == "fcr"


def test_an_empty_company_is_told_what_to_do(of, mo, rae):
    assert b"No figures yet" in of(mo).get("/company/").content
    assert b"Import records" in of(rae).get("/company/").content


def test_it_explains_a_figure(work, of, mo, harbour):
    client = of(mo)
    url = "/figures/csat/?from=2026-02-01&to=2026-03-20"
    found = answer(harbour, "csat", Scope(harbour.id), date(2026, 2, 1), date(2026, 3, 20)).points[0]
    page = client.get(url).content.decode()

    assert f"{found.numerator} answers of 4 or 5" in page
    assert f"{100 * found.value:.1f} %" in page
    assert "Wilson, 95 %" in page
    assert "Europe/Berlin" in page
    assert "/api/v1/metrics/csat/?level=company&amp;from=2026-02-01&amp;to=2026-03-20" in page
    drawer = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in drawer
    assert "drawer__head" in drawer
    late = client.get("/figures/fcr/?from=2026-02-01&to=2026-03-20").content.decode()
    assert "whose 7 days have not passed" in late


def test_what_is_remembered_is_as_new_as_the_figures(work, of, harbour, ana, mo):
    """The same question is answered from memory; what a drain counts is another version."""

    def resolved() -> int:
        board = of(mo).get(f"/dashboards/rep/{ana.id}/?{ASKED}").context["board"]
        return next(tile.point.n for tile in board.tiles if tile.metric.key == "tickets_resolved")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            resolved()
        return sum("metrics_rep_day" in query["sql"] for query in found)

    before = resolved()
    assert asked() == 0
    ticket = log_ticket(actor=ana, subject="One more", assignee=ana)
    resolve_ticket(actor=ana, ticket=ticket)
    settle(harbour)

    assert resolved() == before + 1
    assert asked() == 0


def test_a_long_table_is_cut_and_says_so(work, of, mo, monkeypatch):
    monkeypatch.setattr(boards_views, "MOST_ROWS", 2)
    short = of(mo).get(f"/company/?{ASKED}")
    whole = of(mo).get(f"/company/?{ASKED}&rows=all")

    assert "Show all 4" in short.content.decode() and "Without a team" not in short.content.decode()
    assert "Show all" not in whole.content.decode() and "Without a team" in whole.content.decode()
    assert len(sheet(of(mo), f"/company/?{ASKED}&csv=people")) == 4

"""Questions that cannot be answered, keys that open nothing: always a problem document, never a 500."""

import base64
from urllib.parse import quote, urlencode

import pytest

from accounts.actions import deactivate_member, revoke_api_key
from accounts.api.throttling import KeyThrottle
from accounts.models import ApiKey
from tests.factories import a_ticket

pytestmark = pytest.mark.django_db

GOOD = {"level": "company", "from": "2026-03-01", "to": "2026-03-10", "grain": "total"}
URL = "/api/v1/metrics/csat/"


@pytest.fixture
def ask(mo, ana, key_of, client):
    headers = key_of(mo)

    def asked(path=URL, query=None, **parameters):
        query = urlencode({**GOOD, **parameters}) if query is None else query
        return client.get(f"{path}?{query}", headers=headers)

    return asked


def problem(answer, status, *words):
    """Checks that this is a problem document of RFC 9457 that says these words."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    for word in words:
        assert word in body["detail"]
    return body


@pytest.mark.parametrize(
    ("parameters", "named", "words"),
    [
        ({"level": "team"}, "level", "team"),
        ({"level": "Company"}, "level", "not a valid choice"),
        ({"from": ""}, "from", "format"),
        ({"from": "yesterday"}, "from", "format"),
        ({"from": "2026-02-30"}, "from", "format"),
        ({"to": "2026-02-30"}, "to", "format"),
        ({"to": "2026-03-10T00:00"}, "to", "format"),
        ({"to": "99999-01-01"}, "to", "format"),
        ({"from": "1969-12-31"}, "from", "1970"),
        ({"to": "2201-01-01"}, "to", "2200"),
        ({"from": "2026-03-11"}, "to", "before the first"),
        ({"grain": "hour"}, "grain", "hour"),
        ({"grain": "day", "from": "2006-01-01"}, "to", "3700 days"),
        ({"from": "1990-01-01"}, "to", "7320 days"),
        ({"level": "rep"}, "person", "Say whose"),
        ({"level": "manager", "person": " "}, "person", ""),
        ({"person": "ana@harbour.example"}, "person", "no person"),
        (
            {"level": "rep", "person": "ana@harbour.example", "scope": "team"},
            "scope",
            "Only the level manager",
        ),
        ({"scope": "tree"}, "scope", "Only the level manager"),
        ({"level": "manager", "person": "lee@harbour.example", "scope": "all"}, "scope", "all"),
        ({"rep": "ana@harbour.example"}, "rep", "no such parameter"),
        ({"From": "2026-03-01"}, "From", "no such parameter"),
        ({"person": "a\0b"}, "person", ""),
        ({"level": "rep", "person": "a" * 255}, "person", "254"),
    ],
)
def test_it_names_the_parameter_that_is_wrong(ask, parameters, named, words):
    body = problem(ask(**parameters), 400, named, words)

    assert list(body["errors"]) == [named]


@pytest.mark.parametrize("missing", ["from", "to"])
def test_it_names_a_parameter_that_is_missing(ask, missing):
    query = urlencode({name: value for name, value in GOOD.items() if name != missing})

    problem(ask(query=query), 400, missing, "required")


@pytest.mark.parametrize("name", list(GOOD))
def test_it_refuses_a_parameter_that_comes_twice(ask, name):
    problem(ask(query=urlencode([*GOOD.items(), (name, GOOD[name])])), 400, name, "once")


@pytest.mark.parametrize(
    "metric", ["logo_retention", "gross_revenue_retention", "net_revenue_retention", "churn"]
)
@pytest.mark.parametrize("grain", ["day", "week"])
def test_it_refuses_retention_by_day_or_week(ask, metric, grain):
    problem(ask(f"/api/v1/metrics/{metric}/", grain=grain), 400, "grain", "total or month")


@pytest.mark.parametrize("metric", ["happiness", "CSAT", "csat'--", "%00", "a" * 5_000, "ä", "csat\n"])
def test_it_does_not_know_the_metric(ask, metric):
    problem(
        ask(f"/api/v1/metrics/{metric if metric == '%00' else quote(metric)}/"), 404, "There is no metric"
    )


@pytest.mark.parametrize(
    "person", ["zed@elsewhere.example", "who@harbour.example", "ana", "0", "1", "%", "' OR 1=1 --"]
)
def test_it_does_not_know_the_person(ask, zed, person):
    problem(ask(level="rep", person=person), 404, "There is no person")


HOSTILE = [
    "'; DROP TABLE metrics_fact; --",
    "<script>alert(1)</script>",
    "\0",
    "x" * 50_000,
    "🎉",
    "%s%s%s",
    "{{7*7}}",
    "../../etc/passwd",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "null",
    "\u202e",
    "2026-03-01' --",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_never_fails_whatever_comes(ask, text):
    for name in (*GOOD, "person", "scope", text[:2_000]):
        for level in ({}, {"level": "rep", "person": "ana@harbour.example"}):
            assert 400 <= ask(**{**level, name: text}).status_code < 500
    for path in ("people", "reporting-lines", "customers", "tickets", "surveys"):
        for name in ("cursor", "page_size", "status", "external_id", "opened_from", "assignee_email", "id"):
            answer = ask(f"/api/v1/{path}/", query=urlencode({name: text}))
            assert answer.status_code in (200, 400, 404), (path, name, answer.content)
        assert ask(f"/api/v1/{path}/{quote(text[:2_000], safe='')}/", query="").status_code == 404
    assert ask(query="%ff=%fe&" + urlencode(GOOD)).status_code == 400


def cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [cursor("p=abc"), cursor("p=%00"), cursor("p=" + "9" * 40), cursor("o=x"), cursor("o=-5"), "!!!", ""],
)
def test_it_refuses_a_cursor_that_it_never_gave(ask, text):
    answer = ask("/api/v1/people/", query=urlencode({"cursor": text}))

    assert answer.status_code in (200, 404), answer.content


@pytest.mark.parametrize("path", ["people", "reporting-lines", "customers", "tickets", "surveys"])
def test_it_pages_by_cursor(ask, mo, path):
    if path == "tickets":
        for _ in range(3):
            a_ticket(mo)
    seen, url = [], f"/api/v1/{path}/"
    page = ask(url, query="page_size=2").json()
    assert set(page) == {"next", "previous", "results"}
    while page["next"]:
        seen += page["results"]
        page = ask(*page["next"].removeprefix("http://testserver").split("?")).json()
    seen += page["results"]

    ids = [row["id"] for row in seen]
    assert ids == sorted(set(ids))
    assert len(ids) == {"people": 4, "reporting-lines": 2, "tickets": 3}.get(path, 0)


@pytest.mark.parametrize("size", ["0", "-1", "x", "100000"])
def test_it_takes_any_page_size_for_a_sane_one(ask, size):
    assert len(ask("/api/v1/people/", query=f"page_size={size}").json()["results"]) == 4


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["metrics", "metrics/csat", "people", "reporting-lines"])
def test_it_refuses_methods_that_are_none(client, mo, key_of, method, path):
    answer = getattr(client, method)(f"/api/v1/{path}/", headers=key_of(mo, "read", "write"))

    problem(answer, 405, "not allowed")


def test_it_answers_json_whatever_is_accepted(client, mo, key_of):
    answer = client.get("/api/v1/metrics/", headers={**key_of(mo), "accept": "text/html"})

    problem(answer, 406)


# --- Keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Token x", "Bearer größe", "Bearer a b"],
)
def test_it_wants_a_key(client, ana, sent):
    answer = client.get(URL, GOOD, headers={"authorization": sent} if sent is not None else {})

    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_it_refuses_a_revoked_key(client, ana, key_of):
    headers = key_of(ana)
    assert client.get(URL, GOOD, headers=headers).status_code == 200
    revoke_api_key(actor=None, key=ApiKey.objects.get())

    problem(client.get(URL, GOOD, headers=headers), 401, "revoked")


def test_it_refuses_the_key_of_a_leaver(client, ana, key_of):
    headers = key_of(ana)
    deactivate_member(actor=None, member=ana)

    problem(client.get(URL, GOOD, headers=headers), 401)


def test_it_refuses_a_key_whose_member_was_only_switched_off(client, ana, key_of):
    headers = key_of(ana)
    ana.is_active = False
    ana.save()

    problem(client.get(URL, GOOD, headers=headers), 401)


@pytest.mark.parametrize("scope", ["write", "import", "admin"])
def test_it_refuses_to_read_with_a_key_for_something_else(client, ana, key_of, scope):
    for path in ("/api/v1/metrics/", URL, "/api/v1/people/"):
        problem(client.get(path, GOOD, headers=key_of(ana, scope)), 403, "scope")


def test_it_notes_the_day_on_which_a_key_was_last_used(client, ana, key_of, set_clock):
    set_clock("2026-03-20T12:00")
    client.get("/api/v1/metrics/", headers=key_of(ana))

    assert ApiKey.objects.get().last_used_on.isoformat() == "2026-03-20"


def test_it_lets_a_signed_in_browser_read(client, ana):
    client.force_login(ana.user)

    assert client.get(URL, GOOD).status_code == 200


def test_it_limits_the_calls_of_a_key(client, ana, mo, key_of, monkeypatch):
    monkeypatch.setattr(KeyThrottle, "rate", "2/day", raising=False)
    headers, others = key_of(ana), key_of(mo)
    answers = [client.get("/api/v1/metrics/", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    problem(answers[2], 429, "throttled")
    assert 1 <= int(answers[2]["Retry-After"]) <= 86_400
    assert client.get("/api/v1/metrics/", headers=others).status_code == 200

"""What watches over the installation: /healthz, /metrics and /ping/."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis import Redis

from accounts.models import Outbox
from accounts.tasks import HEARTBEAT, heartbeat
from cs_platform.lib import clock
from customers.models import ImportRun
from metrics import rollup
from metrics.models import Dirty, HistDirty, Timer
from tests.factories import a_ticket

pytestmark = pytest.mark.django_db
TOKEN = "a token for the tests"


@pytest.fixture
def worker():
    heartbeat()


@pytest.fixture
def health(client):
    def asked():
        answer = client.get("/healthz")
        return answer.status_code, answer.json()

    return asked


def test_it_is_well(health, worker):
    assert health() == (
        200,
        {"status": "ok", "database": "ok", "broker": "ok", "workers": "ok", "rollup_lag_seconds": 0},
    )


def test_it_says_that_no_worker_was_heard_of(health):
    cache.delete(HEARTBEAT)
    status, found = health()

    assert (status, found["status"], found["database"], found["broker"]) == (503, "failing", "ok", "ok")
    assert found["workers"] == "none has been heard of for a minute"


def test_it_forgets_a_worker_after_a_while(worker, settings):
    assert 0 < Redis.from_url(settings.REDIS_URL).ttl(cache.make_key(HEARTBEAT)) <= 60


@pytest.mark.parametrize("source", ["mark", "histogram", "timer", "outbox"])
def test_it_lags_by_the_age_of_the_oldest_thing_that_waits(health, worker, harbour, source):
    since = clock.now() - timedelta(seconds=90)
    today = since.date()
    if source == "mark":
        Dirty.objects.create(company=harbour, rep_id=0, day=today, marked_at=since)
    elif source == "histogram":
        HistDirty.objects.create(company=harbour, day=today, marked_at=since)
    elif source == "timer":
        Timer.objects.create(company=harbour, kind=3, source_id=1, due_at=since)
    else:
        Outbox.objects.create(company=harbour, verb="x", subject_id=1, created_at=since)
    status, found = health()

    assert status == 200
    assert 90 <= found["rollup_lag_seconds"] <= 100


def test_it_lags_by_a_second_at_least_while_anything_waits(health, worker, harbour):
    Dirty.objects.create(company=harbour, rep_id=0, day=clock.now().date(), marked_at=clock.now())

    assert health()[1]["rollup_lag_seconds"] >= 1


def test_it_does_not_lag_for_a_timer_that_is_not_due(health, worker, harbour):
    Timer.objects.create(company=harbour, kind=3, source_id=1, due_at=clock.now() + timedelta(days=1))

    assert health()[1]["rollup_lag_seconds"] == 0


def test_it_lags_until_everything_is_drained(health, worker, rae):
    a_ticket(rae)
    Outbox.objects.all().delete()
    assert health()[1]["rollup_lag_seconds"] > 0

    rollup.drain(rae.company_id)

    assert health()[1]["rollup_lag_seconds"] == 0


@pytest.mark.parametrize(
    ("state", "beat", "least"),
    [("running", 1, 90), ("running", 61, 0), ("done", 1, 0)],
    ids=["running", "killed", "done"],
)
def test_it_counts_a_running_import(health, worker, harbour, state, beat, least):
    now = clock.now()
    ImportRun.objects.create(
        company=harbour,
        kind="tickets",
        state=state,
        started_at=now - timedelta(seconds=90),
        beat_at=now - timedelta(seconds=beat),
    )

    assert least <= health()[1]["rollup_lag_seconds"] <= least + 10


@pytest.mark.parametrize("now", ["2016-03-20T12:00", "2036-03-20T12:00"])
def test_it_goes_by_the_one_clock(health, worker, harbour, set_clock, now):
    now = set_clock(now)
    Dirty.objects.create(company=harbour, rep_id=0, day=now.date(), marked_at=now - timedelta(seconds=30))
    assert health()[1]["rollup_lag_seconds"] == 30

    ImportRun.objects.create(
        company=harbour, kind="tickets", started_at=now - timedelta(seconds=90), beat_at=now
    )

    assert health()[1]["rollup_lag_seconds"] in (90, 91)


def test_it_needs_no_session_and_sets_no_cookie(client, worker):
    answer = client.get("/healthz")

    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}"])
def test_it_hides_the_gauges_without_the_token(client, settings, sent):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers={"authorization": sent}).status_code == 404


def test_it_has_no_gauges_when_no_token_is_set(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_it_survives_a_token_of_other_letters(client, settings):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers={"authorization": "Bearer größe"}).status_code == 404


def test_it_shows_the_gauges_with_the_token(client, settings, worker, harbour):
    settings.METRICS_TOKEN = TOKEN
    Dirty.objects.create(
        company=harbour, rep_id=0, day=clock.now().date(), marked_at=clock.now() - timedelta(seconds=60)
    )
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})

    gauges = dict(line.split() for line in answer.content.decode().splitlines() if not line.startswith("#"))
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert (gauges["cs_database_up"], gauges["cs_broker_up"], gauges["cs_workers_up"]) == (
        "1.0",
        "1.0",
        "1.0",
    )
    assert 60 <= float(gauges["cs_rollup_lag_seconds"]) <= 70


def test_it_answers_the_yardstick_of_the_benchmarks(client, ana):
    client.force_login(ana.user)
    answer = client.get(reverse("ping"))

    assert (answer.status_code, answer.content) == (204, b"")

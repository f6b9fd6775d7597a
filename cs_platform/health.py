"""The addresses that watch over the installation, and the yardstick of the benchmarks."""

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError

from accounts.tasks import HEARTBEAT
from cs_platform.lib import clock
from customers.queries import import_running_since
from metrics.queries import lag_seconds


def ping(request: HttpRequest) -> HttpResponse:
    """The yardstick of the benchmarks: session, user and every middleware, nothing else."""
    request.user.is_authenticated  # noqa: B018 - reading it is the point
    return HttpResponse(status=204)


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when everything that the product needs answers, else 503 with what does not."""
    found = health()
    return JsonResponse(found, status=200 if found["status"] == "ok" else 503)


def health() -> dict:
    """{"status", "database", "broker", "workers", "rollup_lag_seconds"}."""
    found: dict = {"status": "ok", "database": _database(), "broker": _broker(), "workers": "unknown"}
    if found["broker"] == "ok":
        found["workers"] = _workers()
    found["rollup_lag_seconds"] = None
    if found["database"] == "ok":
        try:
            found["rollup_lag_seconds"] = _lag()
        except DatabaseError:
            found["database"] = "has no tables yet: run migrate"
    if any(found[part] != "ok" for part in ("database", "broker", "workers")):
        found["status"] = "failing"
    return found


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"does not answer: {type(error).__name__}"
    return "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0, timeout=2)
    except (OperationalError, RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}"
    return "ok"


def _workers() -> str:
    try:
        return "ok" if cache.get(HEARTBEAT) else "none has been heard of for a minute"
    except RedisError as error:
        return f"unknown: {type(error).__name__}"


def _lag() -> int:
    running = import_running_since()
    age = int((clock.now() - running).total_seconds()) + 1 if running else 0
    return max(lag_seconds(), age)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page, behind a token: Authorization: Bearer METRICS_TOKEN."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(token, settings.METRICS_TOKEN):
        raise Http404
    found = health()
    registry = CollectorRegistry()
    for part in ("database", "broker", "workers"):
        Gauge(f"cs_{part}_up", f"Whether the {part} answer", registry=registry).set(found[part] == "ok")
    lag = Gauge(
        "cs_rollup_lag_seconds", "Age of the oldest thing that waits to be counted", registry=registry
    )
    lag.set(found["rollup_lag_seconds"] or 0)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4")

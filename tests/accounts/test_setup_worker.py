"""From an empty installation to a company and the demo, and back, with real workers, through HTTP."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from accounts.models import Activity, Company, Member, Removal
from customers.models import ImportRun, Ticket, TicketEvent
from metrics.reconcile import reconcile
from tests.accounts.rows import rows_of
from tests.chaos.processes import clock_of, environment, nudged, running, wait_for, worker_of
from tests.customers.few_records import few_records

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]
SENT = {
    "name": "Harbour & Pine", "slug": "", "zone": "Europe/Riga", "admin_name": "Rae",
    "admin_email": "rae@harbour.example", "password": "seven wet umbrellas", "start": "demo",
}  # fmt: skip
# With few records by default, and what beat would send comes at once; CHAOS_DEMO=1 takes the whole demo and beat.
WHOLE = bool(os.environ.get("CHAOS_DEMO"))
LONG = 600 if WHOLE else 300  # seconds, on a machine that has other things to do
HALF_IN, HALF_OUT = (500, 20_000) if WHOLE else (20, 200)


@pytest.fixture
def env(settings, tmp_path) -> dict[str, str]:
    settings.SETUP_IS_OPEN, settings.VAR = True, tmp_path
    (tmp_path / "imports").mkdir()
    records = "" if WHOLE else str(few_records(tmp_path / "records"))
    settings.TEST_RECORDS = records
    told = {"VAR": str(tmp_path), "DEMO": "1", "STATIC_ROOT": str(configured.STATIC_ROOT)}
    return environment() | told | {"TEST_RECORDS": records}


def ready(browser: Client) -> bool:
    return "The demo is ready" in browser.get("/settings/demo/").content.decode()


def is_whole() -> None:
    """What a seeding that nothing disturbed comes to, by its own reports: every row once."""
    for slug in ("demo", "forum"):
        company = Company.objects.get(slug=slug)
        runs = ImportRun.objects.filter(company=company)
        names = list(runs.values_list("file_name", flat=True))
        assert len(names) == len(set(names)), "each file once"
        assert set(runs.values_list("state", flat=True)) == {"done"}
        read = sum(runs.filter(kind="tickets").values_list("rows_read", flat=True))
        assert Ticket.objects.filter(company=company).count() == read
        events = sum(runs.filter(kind="ticket_events").values_list("rows_read", flat=True))
        assert TicketEvent.objects.filter(company=company).count() >= events
        assert Activity.objects.filter(company=company, verb="demo.ready").count() == 1
        assert [finding for finding in reconcile(company.id) if finding.differences] == []
    assert Member.objects.filter(email="rae@harbour.example").count() == 3


def test_own_company_then_the_demo_then_none(client, env, tmp_path):
    def loading(condition):
        return condition if WHOLE else nudged(condition, "customers.tasks.continue_demo", env)

    def removing(condition):
        return condition if WHOLE else nudged(condition, "customers.tasks.continue_removals", env)

    with running(env, tmp_path / "log") as start:
        # Set up. The page is left at once, and sent a second time.
        answer = client.post("/setup/", SENT)
        assert (answer.status_code, answer["Location"]) == (302, "/settings/demo/")
        assert client.post("/setup/", SENT).status_code == 404
        assert client.post("/settings/demo/").status_code == 302
        assert Activity.objects.filter(verb="demo.asked").count() == 1
        assert client.get("/company/").status_code == 200
        assert client.get("/my-day/").status_code == 200

        # A worker begins and is killed half-way; another goes on, because beat finds what is unfinished.
        first = worker_of(start)
        if WHOLE:
            clock_of(start, tmp_path)
        wait_for(loading(lambda: Ticket.objects.count() > HALF_IN), LONG, "the demo never began", first)
        assert "being loaded" in client.get("/settings/demo/").content.decode()
        assert client.get("/company/").status_code == 200
        first.end()
        time.sleep(0.5)
        assert not ready(client)
        second = worker_of(start)
        wait_for(loading(lambda: ready(client)), LONG, "the demo never was ready", second)
        is_whole()

        # The demo's companies can be gone to, and their sign-ins work.
        guest = Client()
        guest.force_login(Member.objects.get(email="admin@demo.example").user)
        assert guest.get("/company/").status_code == 200
        own = rows_of(Company.objects.get(slug="harbour-pine").id)

        # Removed by the demo's own admin, pressed twice; the worker is killed half-way here too.
        name = Company.objects.get(slug="demo").name
        answer = guest.post("/settings/demo/removal/", {"name": name})
        assert answer["Location"] == "/removal/"
        assert guest.post("/settings/demo/removal/", {"name": name}).status_code in (302, 403)
        wait_for(removing(lambda: _gone() > HALF_OUT), LONG, "the removal never began", second)
        second.end()
        assert "being removed" in Client().get("/removal/").content.decode()
        third = worker_of(start)
        wait_for(removing(lambda: Company.objects.count() == 1), LONG, "nobody went on", third)
        ended = removing(lambda: not Removal.objects.filter(finished_at=None).exists())
        wait_for(ended, LONG, "it never ended", third)

    for removal in Removal.objects.all():
        assert not any(rows_of(removal.number).values())
    assert rows_of(Company.objects.get().id) | {"accounts_outbox": 0} == own | {"accounts_outbox": 0}
    assert not Path(tmp_path / "demo" / "demo").exists()
    assert client.get("/company/").status_code == 200
    assert "Look around in a demo" in client.get("/settings/demo/").content.decode()


def _gone() -> int:
    return sum(Removal.objects.values_list("rows_gone", flat=True))

"""What a page costs: the company's board from a server as in production, seen for the first time and again."""

import threading
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser

from cs_platform.lib.static import JoinedMixin
from metrics import rollup
from tests.factories import a_category, a_customer, a_member, a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_HTML, MOST_REQUESTS = 100_000, 20


class Uncompressed(JoinedMixin, ManifestStaticFilesStorage):
    """Collected as in production, but for the compression, which takes longer than all the rest."""


class Site:
    """The whole application with WhiteNoise, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.application = get_wsgi_application()
        self.server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        self.server.set_app(self)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __call__(self, environ, start_response):
        self.asked.append(environ["PATH_INFO"])
        return self.application(environ, start_response)


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments) -> None:
        """Nothing."""


@pytest.fixture
def site(settings, tmp_path) -> Iterator[Site]:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": f"{__name__}.Uncompressed"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


@pytest.fixture
def company(harbour, mo):
    """Enough people and tickets for every table and chart of the board."""
    for number in range(12):
        manager = a_member(harbour, f"Manager{number}", "manager", manager=mo)
        rep = a_member(harbour, f"Rep{number}", manager=manager)
        a_ticket(rep, assignee=rep, customer=a_customer(rep), category=a_category(harbour))
    rollup.drain(harbour.id)


def test_the_company_is_light_and_comes_from_the_cache_again(browser: Browser, site, company, mo):
    client = Client()
    client.force_login(mo.user)
    context = browser.new_context(base_url=site.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page = context.new_page()
    html = page.goto("/company/", wait_until="networkidle").body()
    first, site.asked = site.asked, []
    page.goto("/profile/", wait_until="networkidle")
    site.asked.clear()
    page.goto("/company/", wait_until="networkidle")
    again = site.asked
    context.close()

    assert len(html) < MOST_HTML
    assert len(first) <= MOST_REQUESTS, "\n".join(first)
    assert [path for path in first if path.endswith(".css")] == [
        path for path in first if "/css/app." in path
    ]
    assert [path for path in again if path.startswith("/static/")] == []

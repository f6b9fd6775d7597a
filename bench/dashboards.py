"""Figures through the API, against the smallest page of a signed-in person.

Both go through the whole WSGI application with every middleware, without the network. Figures are read
with an API key, as other programs read them; `/ping/` with the session of the same person.
"""

import io
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from bench.data import Made
from bench.timing import Result, in_words, medians

METRICS = ("csat", "fcr", "tickets_resolved", "resolution_time")
DAYS = 90
TARGETS = {"rep": 4, "team": 5, "tree": 5, "company": 8}


def run(companies: dict[str, Made], rounds: int) -> list[Result]:
    """The figures of the largest company ("years") and of one with a shorter history ("months")."""
    large, short = Caller(companies["years"]), Caller(companies["months"])
    works = {"ping": large.ping}
    for who in TARGETS:
        works |= {f"{who} {metric}": large.figure(who, metric) for metric in METRICS}
        works[f"{who} tickets_resolved by week"] = large.figure(who, "tickets_resolved", "week")
        works[f"{who} resolution_time by week"] = large.figure(who, "resolution_time", "week")
    works |= {f"short {metric}": short.figure("company", metric) for metric in METRICS}
    found = medians(works, rounds, warm_up=5)
    ping = found["ping"]
    return [
        *(
            Result(
                f"API, {DAYS} days: {name} / ping",
                seconds / ping,
                TARGETS[name.split()[0]],
                rounds,
                f"{in_words(seconds)} / {in_words(ping)}",
            )
            for name, seconds in found.items()
            if name.split()[0] in TARGETS
        ),
        *(_history(metric, companies, found, rounds) for metric in METRICS),
    ]


def _history(metric: str, companies: dict[str, Made], found: dict[str, float], rounds: int) -> Result:
    long, short = found[f"company {metric}"], found[f"short {metric}"]
    days = f"{companies['years'].size.days} days of history / {companies['months'].size.days}"
    return Result(
        f"API, company {metric}: {days}", long / short, 1.3, rounds, f"{in_words(long)} / {in_words(short)}"
    )


class Caller:
    """The leader of a company, with a session and a key."""

    def __init__(self, company: Made):
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        from accounts.actions import create_api_key, link_user
        from accounts.models import Member

        self.company = company
        self.application = get_wsgi_application()
        leader = Member.objects.get(company_id=company.id, email=company.email("leader"))
        client = Client()
        client.force_login(link_user(member=leader), "allauth.account.auth_backends.AuthenticationBackend")
        self.cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self.key = create_api_key(actor=None, member=leader, scopes=["read"])

    def ping(self) -> None:
        self._get("/ping/", "", 204, HTTP_COOKIE=self.cookies)

    def figure(self, who: str, metric: str, grain: str = "total") -> Callable[[], None]:
        """A call that reads a metric of the last 90 days."""
        people = {"rep": ("rep", "rep"), "team": ("manager", "manager"), "tree": ("manager", "director")}
        level, title = people.get(who, ("company", ""))
        asked = {"level": level, "grain": grain, "to": self.company.today.isoformat()}
        asked["from"] = (self.company.today - timedelta(days=DAYS - 1)).isoformat()
        if title:
            asked["person"] = self.company.email(title)
        if who == "tree":
            asked["scope"] = "tree"
        query, key = urlencode(asked), f"Bearer {self.key}"
        return lambda: self._get(f"/api/v1/metrics/{metric}/", query, 200, HTTP_AUTHORIZATION=key)

    def _get(self, path: str, query: str, wanted: int, **headers: str) -> None:
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }
        seen: list[str] = []
        answer = self.application(environ, lambda status, headers, error=None: seen.append(status))
        body = b"".join(answer)
        answer.close()
        if not seen[0].startswith(str(wanted)):
            raise AssertionError(f"{path}?{query} answers {seen[0]}: {body[:300]!r}")

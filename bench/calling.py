"""Calls of the whole WSGI application with every middleware, without the network."""

import io
from collections.abc import Callable
from urllib.parse import urlencode

from bench.data import Made

TOKEN = "b" * 32


class Caller:
    """A person of a company with a session: the leader, or whom `title` and `number` name."""

    def __init__(self, company: Made, title: str = "leader", number: int = 1):
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        from accounts.actions import link_user
        from accounts.models import Member

        self.company = company
        self.application = get_wsgi_application()
        self.member = Member.objects.get(company_id=company.id, email=company.email(title, number))
        client = Client()
        client.force_login(
            link_user(member=self.member), "allauth.account.auth_backends.AuthenticationBackend"
        )
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": TOKEN}
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def ping(self) -> None:
        """The yardstick: session, person and every middleware, nothing else."""
        self.page("/ping/", wanted=204)()

    def page(self, address: str, wanted: int = 200) -> Callable[[], None]:
        """A call that reads a page with the person's session."""
        path, _, query = address.partition("?")
        return lambda: self.get(path, query, wanted, HTTP_COOKIE=self.cookies)

    def get(self, path: str, query: str, wanted: int, **headers: str) -> None:
        self._call({"REQUEST_METHOD": "GET", "QUERY_STRING": query, **headers}, path, wanted)

    def post(self, path: str, fields: dict[str, str], wanted: int = 302, **more: str) -> bytes:
        """Sends a form with the person's session. more: headers, as HTTP_ACCEPT."""
        body = urlencode(fields | {"csrfmiddlewaretoken": TOKEN}).encode()
        headers = {
            "REQUEST_METHOD": "POST",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": self.cookies,
            **more,
        }
        return self._call(headers, path, wanted, body)

    def _call(self, headers: dict[str, str], path: str, wanted: int, body: bytes = b"") -> bytes:
        environ = {
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }
        seen: list[str] = []
        answer = self.application(environ, lambda status, headers, error=None: seen.append(status))
        content = b"".join(answer)
        answer.close()
        if not seen[0].startswith(str(wanted)):
            raise AssertionError(f"{path}?{headers['QUERY_STRING']} answers {seen[0]}: {content[:300]!r}")
        return content


def queries(work: Callable[[], None]) -> int:
    """How many statements a call asks of the database."""
    from django.db import connection

    asked: list[str] = []

    def count(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT")):
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        work()
    return len(asked)

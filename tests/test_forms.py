"""Every form of every page, sent wrong in every way: an answer that a person can read, and nothing half saved."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from accounts.models import Member
from customers.actions import add_note, enter_contact, enter_fact, resolve_ticket
from customers.models import Category
from tests import test_access
from tests.factories import a_category, a_customer, a_member, a_ticket

pytestmark = pytest.mark.django_db

cast, ids = test_access.cast, test_access.ids

SCRIPT = "<script>alert(1)</script>"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")
TEXTS = {"text", "search", "email", "password", "url", "tel", "textarea"}
# What a person leaves behind without having sent anything: these may change.
TRACES = {"django_session", "accounts_draft", "accounts_idempotencykey", "django_migrations"}
READABLE = {200, 302, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429}


@dataclass(frozen=True)
class Form:
    """Where a form stands and goes, and {name: (type, value)} of its fields."""

    page: str
    action: str
    fields: dict[str, tuple[str, str]]

    @property
    def shape(self) -> tuple[str, ...]:
        return self.action, *sorted(self.fields)


class Reading(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, page: str, html: str) -> None:
        super().__init__()
        self.page, self.forms = page, list[Form]()
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in found}
        if tag == "form":
            self._begin(attributes)
        elif tag in ("input", "select", "textarea", "button") and attributes.get("name"):
            self._field(tag, attributes)
        elif tag == "option" and self.select and "selected" in attributes:
            self._add(self.open, self.select, "select", attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""

    def _begin(self, attributes: dict[str, str]) -> None:
        if attributes.get("method", "").lower() == "post" or "hx-post" in attributes:
            action = attributes.get("action") or attributes.get("hx-post") or self.page
            self.open = Form(self.page, urljoin(self.page, action), {})
            self.forms.append(self.open)
            self.by_id[attributes.get("id", "")] = self.open

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        form = self.by_id.get(attributes["form"]) if "form" in attributes else self.open
        kind = attributes.get("type", "text") if tag == "input" else tag
        if kind in ("checkbox", "radio") and "checked" not in attributes and form:
            form.fields.setdefault(attributes["name"], (kind, ""))
            return
        if tag == "select":
            self.select = attributes["name"]
        self._add(form, attributes["name"], kind, attributes.get("value", ""))

    def _add(self, form: Form | None, name: str, kind: str, value: str) -> None:
        if form is not None and name != "csrfmiddlewaretoken":
            form.fields[name] = (kind, value)


class Sender:
    """A reader who sends forms; what a sending did is taken back, but for what `keep` lets stand."""

    def __init__(self, member: Member | None) -> None:
        self.cookies = {}
        if member:
            client = Client()
            client.force_login(member.user)
            self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client

    def forms(self, ids: dict) -> Iterator[Form]:
        seen = set()
        for path, _expected in test_access.PAGES.values():
            page = path.format(**ids)
            answer = self.client().get(page)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                for form in Reading(page, answer.content.decode()).forms:
                    if form.shape not in seen:
                        seen.add(form.shape)
                        yield form

    def send(self, form: Form, data: dict[str, Any], **options: Any) -> tuple[int, str]:
        answer = self.client().post(form.action, data, **options)
        return answer.status_code, b"".join(answer).decode(errors="replace")


def everything_said(where: str = "") -> dict[str, tuple]:
    """How many rows each table has, and what they say, as one number; where: only rows that this holds for."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in TRACES]
        if where:
            cursor.execute(
                "SELECT table_name FROM information_schema.columns WHERE column_name = 'company_id'"
            )
            tables = sorted({row[0] for row in cursor.fetchall()} & set(tables))
        counts = [
            f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {name} t {where}"
            for name in tables
        ]
        cursor.execute(" UNION ALL ".join(counts))
        return {name: tuple(rest) for name, *rest in cursor.fetchall()}


@pytest.fixture
def theirs(zed) -> list[int]:
    """Ids of another company's rows, of all kinds."""
    customer = a_customer(zed)
    return [
        customer.id,
        a_ticket(zed).id,
        zed.id,
        enter_contact(actor=zed, customer=customer, name="Theirs").id,
        enter_fact(actor=zed, customer=customer, label="Plan", value="Theirs").id,
        add_note(actor=zed, customer=customer, body="Theirs").id,
        a_category(zed.company, "Theirs").id,
    ]


def wrong_ways(form: Form, theirs: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is wrong, and what is sent."""
    right = {name: value for name, (_kind, value) in form.fields.items()}
    texts = [name for name, (kind, _) in form.fields.items() if kind in TEXTS]
    others = [name for name in form.fields if name not in texts]
    files = {name: _file() for name, (kind, _) in form.fields.items() if kind == "file"}
    yield "empty", {}
    yield "too long", right | dict.fromkeys(texts, "x" * 10_000) | files
    yield "NUL", right | dict.fromkeys(texts, "a\0b") | files
    yield "NUL everywhere", dict.fromkeys(form.fields, "\0")
    yield "another type", right | dict.fromkeys(others, "x") | dict.fromkeys(texts, "x")
    yield "a huge number", right | dict.fromkeys(others, "9" * 30) | dict.fromkeys(texts, "9" * 30)
    yield "a negative number", right | dict.fromkeys(others, "-1") | dict.fromkeys(texts, "-1")
    yield "no number", right | dict.fromkeys(others, "NaN") | dict.fromkeys(texts, "١٢")
    yield "no date", right | dict.fromkeys(texts, "2026-02-30") | dict.fromkeys(others, "0000-00-00")
    yield "many values", {name: ["1", "x", ""] for name in form.fields}
    yield "a file for a text", {name: _file() for name in form.fields}
    for each in sorted({*theirs}) if others else ():
        yield f"another company's row {each}", right | dict.fromkeys(others, str(each))


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("x\0<b>.csv", b"\0\xff\xfe,=1+1\n")


def deeds(ids: dict) -> Iterator[Form]:
    """What is sent by buttons that stand only where they have a meaning."""
    for path, sent, _expected in test_access.DEEDS.values():
        yield Form(
            "", path.format(**ids), {name: ("text", value.format(**ids)) for name, value in sent.items()}
        )


@pytest.mark.parametrize("who", ["rae", "ana", "nobody"])
def test_no_form_fails_and_nothing_is_half_saved(cast, ids, theirs, who):
    """The admin sends all forms and deeds, the others what the admin is not offered."""
    sender = Sender(cast[who])
    forms = [*sender.forms(ids)]
    known = [] if who == "rae" else [form.shape for form in Sender(cast["rae"]).forms(ids)]
    forms = [form for form in forms if form.shape not in known] + ([*deeds(ids)] if who == "rae" else [])
    of_theirs = f"WHERE company_id = {cast['zed'].company_id}"
    before, before_theirs = everything_said(), everything_said(of_theirs)
    findings, sent = [], 0
    for form in forms:
        whole = transaction.savepoint()
        for what, data in wrong_ways(form, theirs):
            point = transaction.savepoint()
            try:
                status, _page = sender.send(form, data)
            finally:
                broken = connection.needs_rollback
                connection.needs_rollback = False
            sent += 1
            said = f"{form.action} (on {form.page}), {what}: {status}"
            if status not in READABLE or broken:
                findings.append(said)
            elif status < 400 and everything_said(of_theirs) != before_theirs:
                findings.append(f"{said}, and changed another company's rows")
            if status < 400 or broken:
                transaction.savepoint_rollback(point)
        # What was refused is left as it was: had one of the ways changed a row, it would be seen here.
        if changed := _changed(before, everything_said()):
            findings.append(f"{form.action} (on {form.page}) was refused, yet changed {changed}")
        transaction.savepoint_rollback(whole)

    assert sent > (300 if who == "rae" else 10)
    assert findings == [], "\n".join(findings[:40])


def _changed(before: dict, after: dict) -> list[str]:
    return [name for name in after if after[name] != before.get(name)]


def test_wrong_encoding_is_no_failure(cast, ids):
    sender = Sender(cast["rae"])
    for form in sender.forms(ids):
        body = "&".join(f"{name}=%ff%fe%c3%28" for name in form.fields)
        for kind in ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=none",
                     "multipart/form-data; boundary=x", "application/json"):  # fmt: skip
            point = transaction.savepoint()
            answer = sender.client().generic("POST", form.action, body, content_type=kind)
            assert answer.status_code in READABLE | {415}, (form.action, kind, answer.status_code)
            transaction.savepoint_rollback(point)


def test_what_was_typed_is_shown_as_text(cast, ids):
    """HTML in every field of every form, kept where it is taken; then every page is read."""
    for who in ("ana", "rae"):
        sender = Sender(cast[who])
        for form in list(sender.forms(ids)):
            if "logout" in form.action or "deletion" in form.action or "password" in form.action:
                continue
            right = {name: value for name, (kind, value) in form.fields.items() if kind != "file"}
            texts = {name: SCRIPT for name, (kind, _) in form.fields.items() if kind in TEXTS - {"password"}}
            point = transaction.savepoint()
            status, page = sender.send(form, right | texts)
            assert status in READABLE, (form.action, status)
            assert SCRIPT not in page, form.action
            if status >= 400:
                transaction.savepoint_rollback(point)
        for path, _expected in test_access.PAGES.values():
            page = path.format(**ids)
            answer = sender.client().get(page)
            if answer.get("Content-Type", "").startswith("text/html"):
                assert SCRIPT not in answer.content.decode(), page


# --- Files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def formulas(harbour, mo, lee, cast):
    """Rows whose every text a spreadsheet would run."""
    for number, text in enumerate(FORMULAS):
        person = a_member(harbour, f"Person{number}", manager=lee)
        Member.objects.filter(id=person.id).update(name=text)
        customer = a_customer(
            lee, name=text.strip() or "x", external_id=f"{text.strip()}{number}", segment=text.strip()
        )
        category = Category.objects.create(company=harbour, name=text)
        ticket = a_ticket(person, subject=text, customer=customer, category=category, assignee=person)
        resolve_ticket(actor=person, ticket=ticket)


def exports(ids: dict) -> set[str]:
    """Addresses of CSV files: those of the site map, and all that a page links to."""
    sender = Sender(Member.objects.get(id=ids["admin"]))
    found = {path.format(**ids) for path, _ in test_access.PAGES.values() if path.endswith(".csv")}
    for path, _expected in test_access.PAGES.values():
        page = path.format(**ids)
        answer = sender.client().get(page)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            links = _Links()
            links.feed(answer.content.decode())
            found |= {urljoin(page, link) for link in links.found if "csv" in link}
    return found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name == "href" and value]


def test_no_file_holds_a_formula(cast, ids, formulas):
    sender, read = Sender(cast["rae"]), 0
    for address in sorted(exports(ids | {"admin": cast["rae"].id})):
        answer = sender.client().get(address)
        if not answer.get("Content-Type", "").startswith("text/csv"):
            assert answer.status_code in READABLE, (address, answer.status_code)
            continue
        cells = itertools.chain.from_iterable(_cells(b"".join(answer).decode()))
        wrong = [
            cell for cell in cells if cell.startswith(("=", "@", "\t", "\r")) or _is_text_that_runs(cell)
        ]
        assert wrong == [], address
        read += 1

    assert read >= 4


def _cells(text: str) -> Iterator[list[str]]:
    yield from csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def _is_text_that_runs(cell: str) -> bool:
    """Figures below zero are figures; "+1" is none that we write."""
    return cell.startswith("+") or (cell.startswith("-") and cell in FORMULAS)

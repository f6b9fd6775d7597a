"""Files through the API: handed in, tried or imported, asked after."""

import gzip
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Ticket, Upload
from customers.tasks import check_upload, import_uploads

from .conftest import problem

pytestmark = pytest.mark.django_db
TICKETS = b"external_id,opened_at,subject\nT1,2026-03-01T10:00Z,Hi\nT2,never,=1+1\n"


@pytest.fixture
def var(tmp_path, settings) -> Path:
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def hand_in(var, key_of, rae):
    keys = key_of(rae, "import")

    def send(content: bytes = TICKETS, name: str = "tickets.csv", headers=None, **fields):
        file = SimpleUploadedFile(name, content)
        return Client().post("/api/v1/imports/", {"file": file, **fields}, headers=(headers or {}) | keys)

    return send


@pytest.fixture
def ask(call, rae):
    return lambda method, path, **more: call(method, f"imports/{path}", by=rae, scopes=("import",), **more)


def test_it_takes_a_file_in_and_tells_how_far_it_is(hand_in, ask):
    answer = hand_in()
    assert answer.status_code == 202, answer.content
    found = answer.json()
    assert (found["kind"], found["state"], found["file_name"]) == ("tickets", "queued", "tickets.csv")

    import_uploads(Upload.objects.get().company_id)

    found = ask("get", f"{found['id']}/").json()
    assert (found["state"], found["read"], found["added"], found["refused"]) == ("done", 2, 1, 1)
    assert found["first_refused"][0]["column"] == "opened_at"
    assert Ticket.objects.count() == 1
    errors = ask("get", f"{found['id']}/errors/")
    assert errors["Content-Type"].startswith("text/csv")
    assert b"".join(errors.streaming_content).decode().splitlines()[1].startswith("3,opened_at,")
    assert ask("get", "").json()["results"][0]["id"] == found["id"]


def test_it_tries_first_if_asked(hand_in, ask):
    upload = hand_in(dry_run="true").json()
    check_upload(upload["id"])

    assert ask("get", f"{upload['id']}/").json()["state"] == "checked"
    assert not Ticket.objects.exists()
    assert ask("post", f"{upload['id']}/start/").json()["state"] == "queued"
    problem(ask("post", f"{upload['id']}/start/"), 409)
    import_uploads(Upload.objects.get().company_id)
    assert Ticket.objects.count() == 1


def test_it_looks_things_up_in_files_that_come_along(hand_in):
    tickets = b"id,created_at,requester_id,assignee_id,status\n7,2026-03-01 10:00:00,1,2,open\n"
    users = b"id,email\n1,jo@client.example\n2,ana@harbour.example\n"
    answer = hand_in(
        tickets, "ticket_data.csv", beside=SimpleUploadedFile("user_data.csv", users), mapping="zendesk"
    )
    assert answer.status_code == 202, answer.content

    upload = Upload.objects.get(id=answer.json()["id"])
    import_uploads(upload.company_id)

    ticket = Ticket.objects.get()
    assert (ticket.external_id, ticket.requester_email) == ("7", "jo@client.example")
    assert ticket.assignee.email == "ana@harbour.example"
    assert set(Upload.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("content", "name", "fields", "field"),
    [
        (b"", "tickets.csv", {}, "file"),
        (b"\n\n", "tickets.csv", {}, "file"),
        (TICKETS, "things.csv", {"kind": "cats"}, "kind"),
        (b"a,b\n1,2\n", "things.csv", {}, "kind"),
        (b"a,b\n1,2\n", "tickets.csv", {}, "file"),
        (b"external_id,External_ID\n", "tickets.csv", {}, "file"),
        (b"\x1f\x8b\x08broken", "tickets.csv", {}, "file"),
        (gzip.compress(bytes(60_000_000)), "tickets.csv", {}, "file"),
        (TICKETS, "tickets.csv", {"mapping": "../../etc"}, "mapping"),
    ],
)
def test_it_says_why_it_does_not_take_a_file(hand_in, var, content, name, fields, field):
    problem(hand_in(content, name, **fields), 400, field)

    assert not Upload.objects.exists()
    folder = var / "imports" / "uploads"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_it_is_for_admins_and_their_scope(hand_in, key_of, call, rae, lee, zed, ana):
    upload = hand_in().json()

    def post(keys):
        return Client().post("/api/v1/imports/", {"file": SimpleUploadedFile("t.csv", TICKETS)}, headers=keys)

    problem(post(key_of(rae, "read", "write")), 403)
    problem(post(key_of(lee, "import")), 403)
    problem(call("get", f"imports/{upload['id']}/", by=zed, scopes=("import",)), 403)
    other = zed.company.members.get(role="admin")
    problem(call("get", f"imports/{upload['id']}/", by=other, scopes=("import",)), 404)
    problem(call("post", f"imports/{upload['id']}/cancellation/", by=other, scopes=("import",)), 404)
    assert Upload.objects.count() == 1


def test_it_takes_the_same_file_once_under_a_key(hand_in, var):
    first, second = (hand_in(headers={"idempotency-key": "k1"}) for _ in range(2))

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Upload.objects.count() == 1
    assert len(list((var / "imports" / "uploads").iterdir())) == 1
    problem(hand_in(TICKETS + b"T3,2026-03-01T10:00Z,x\n", headers={"idempotency-key": "k1"}), 422)


def test_it_turns_a_body_away_that_is_too_large(hand_in, settings):
    settings.UPLOAD_MAX_BYTES = 10
    problem(hand_in(b"external_id\n" + b"x" * 2_000_000), 413)

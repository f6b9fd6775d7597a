"""The first visit to an empty installation."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.actions import ask_for_demo
from accounts.models import Company, Member, User
from accounts.tasks import DEMO, load_demo
from tests.factories import a_company

pytestmark = pytest.mark.django_db

SENT = {
    "name": "Harbour & Pine",
    "slug": "",
    "zone": "Europe/Riga",
    "admin_name": "Rae",
    "admin_email": "Rae@harbour.example",
    "password": "seven wet umbrellas",
    "start": "empty",
}


@pytest.fixture(autouse=True)
def _open(settings):
    settings.SETUP_IS_OPEN = True


def test_the_first_visitor_is_led_to_it(client):
    answer = client.get("/", follow=True)

    assert answer.redirect_chain[-1][0] == "/setup/"
    assert answer.status_code == 200


def test_it_makes_company_and_admin_and_signs_in(client):
    answer = client.post("/setup/", SENT)

    assert answer.status_code == 302
    company, admin = Company.objects.get(), Member.objects.get()
    assert (company.slug, company.name) == ("harbour-pine", "Harbour & Pine")
    assert [str(zone) for _day, zone in company.zones().rows] == ["Europe/Riga"]
    assert (admin.email, admin.role) == ("rae@harbour.example", "admin")
    assert admin.user.check_password(SENT["password"])
    assert client.get("/settings/").status_code == 200


def test_it_is_closed_for_good_once_there_is_a_company(client):
    a_company("first")

    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", SENT).status_code == 404
    assert client.get("/accounts/login/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x\0"), ("slug", "no spaces"), ("slug", "demo"), ("zone", "Mars/Base"), ("zone", ""),
        ("admin_name", ""), ("admin_email", "rae"), ("password", "short"), ("start", "later"),
    ],
)  # fmt: skip
def test_it_refuses_at_the_field_and_makes_nothing(client, field, value):
    answer = client.post("/setup/", SENT | {field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Company.objects.exists()
    assert not User.objects.exists()


def test_on_a_server_it_asks_for_the_token(client, settings):
    settings.SETUP_IS_OPEN, settings.SETUP_TOKEN = False, "let me in"

    for token in ("", "let me", "ключ"):
        answer = client.post("/setup/", SENT | {"token": token})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["token"])
    assert client.post("/setup/", SENT | {"token": " let me in "}).status_code == 302


def test_the_token_is_made_once_and_only_its_owner_reads_it(client, settings, tmp_path):
    settings.SETUP_IS_OPEN, settings.SETUP_TOKEN, settings.VAR = False, "", tmp_path
    client.get("/setup/")
    token = (tmp_path / "setup_token").read_text()
    page = client.get("/setup/")

    assert (tmp_path / "setup_token").stat().st_mode & 0o777 == 0o600
    assert token not in page.content.decode()
    assert client.post("/setup/", SENT | {"token": token}).status_code == 302


@pytest.mark.parametrize("kept", ["", " \n"])
def test_an_empty_token_file_opens_nothing(client, settings, tmp_path, kept):
    settings.SETUP_IS_OPEN, settings.SETUP_TOKEN, settings.VAR = False, "", tmp_path
    (tmp_path / "setup_token").write_text(kept)

    assert "token" in client.get("/setup/").context["form"].fields
    for token in ("", "anything"):
        answer = client.post("/setup/", SENT | {"token": token})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["token"])
    assert not Company.objects.exists()
    (tmp_path / "setup_token").unlink()
    client.get("/setup/")
    token = (tmp_path / "setup_token").read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["setup_token"]
    assert client.post("/setup/", SENT | {"token": token}).status_code == 302


def test_a_token_is_not_guessed(client, settings):
    settings.SETUP_IS_OPEN, settings.SETUP_TOKEN = False, "let me in"
    answers = [client.post("/setup/", SENT | {"token": str(guess)}).status_code for guess in range(12)]

    assert answers[-1] == 429


def test_it_leads_to_the_demo(client):
    answer = client.post("/setup/", SENT | {"start": "demo"})

    assert answer["Location"] == "/settings/demo/"
    assert "being loaded" in client.get("/settings/demo/").content.decode()


def test_a_second_copy_of_the_demo_task_ends_at_once(rae, monkeypatch):
    ran = []
    monkeypatch.setattr("accounts.tasks.call_command", lambda name, **_: ran.append(name))
    load_demo(rae.id)
    assert ran == [], "nobody asked for it, or it was removed since"
    ask_for_demo(actor=rae)
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [DEMO])
        load_demo(rae.id)
        assert ran == []
        cursor.execute("SELECT pg_advisory_unlock(%s)", [DEMO])
    load_demo(rae.id)
    other.close()

    assert ran == ["seed_demo"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [DEMO])
        assert cursor.fetchone() == (0,), "it lets go"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_sets_it_up():
    start, answers = threading.Barrier(2), []

    def visit(number: int) -> None:
        client = Client()
        client.get("/setup/")
        start.wait(10)
        try:
            sent = SENT | {"slug": f"company-{number}", "admin_email": f"rae{number}@x.example"}
            answers.append(client.post("/setup/", sent).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=visit, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert Company.objects.count() == 1
    assert sorted(answers) in ([302, 404], [302, 422])

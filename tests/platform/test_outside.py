"""What strangers put into addresses and bodies: refused or made fit, never an error of the server."""

import json

import pytest
from django.test import Client

from accounts.actions import enter_member
from accounts.models import Draft, Role
from cs_platform.lib.outside import instant, number, storable

pytestmark = pytest.mark.django_db
FAR = ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59")


@pytest.fixture
def admin(rae) -> Client:
    client = Client()
    client.force_login(rae.user)
    return client


def put(client: Client, path: str, body: str):
    return client.put(path, body, content_type="application/json")


def test_a_draft_keeps_what_can_be_kept(admin):
    body = json.dumps({"content": {"a\0b": "x\0y", "half": "\ud800!"}})

    assert put(admin, "/drafts/ticket:new/", body).status_code == 200
    assert Draft.objects.get().content == {"ab": "xy", "half": "?!"}


@pytest.mark.parametrize("body", ["[" * 90_000, "{", '{"content": [1]}', '{"content": {"a": 1}}', "null"])
def test_a_draft_that_is_none_is_refused(admin, body):
    assert put(admin, "/drafts/ticket:new/", body).status_code == 400


def test_a_place_has_a_length(admin):
    assert put(admin, f"/drafts/{'x' * 100}/", '{"content": {}}').status_code == 200
    assert put(admin, f"/drafts/{'x' * 101}/", '{"content": {}}').status_code == 404


@pytest.mark.parametrize("at", FAR)
def test_a_time_of_another_age_is_no_time(admin, at):
    assert admin.post(f"/notifications/unreading/?at={at}").status_code == 404
    assert admin.get(f"/settings/activity/?after={at}~1").status_code in (200, 422)


def test_a_number_without_end_is_no_number(admin):
    nines = "9" * 5000
    assert admin.post("/company/switch/", {"company": nines}).status_code == 404
    assert admin.post("/notifications/reading/", {"notification": nines}).status_code == 404
    assert admin.get(f"/notifications/?before={nines}").status_code == 200


@pytest.mark.parametrize("after", ["WyJcdWQ4MDAiLDFd", "W1tbW1tb" * 300])
def test_a_made_up_cursor_begins_at_the_start(admin, after):
    assert admin.get(f"/customers/?after={after}").status_code == 200


def test_the_api_refuses_half_a_character(admin, rae, key_of, client):
    body = '{"subject": "x", "priority": "\\ud800"}'
    answer = client.post(
        "/api/v1/tickets/",
        body,
        content_type="application/json",
        headers=key_of(rae, "write") | {"idempotency-key": "one"},
    )

    assert answer.status_code == 400
    assert "priority" in answer.json()["errors"]


def test_an_admin_who_cannot_sign_in_keeps_no_company(admin, rae, harbour):
    enter_member(actor=rae, company=harbour, email="new@harbour.example", role=Role.ADMIN)

    answer = admin.post(f"/people/{rae.id}/departure/", {"left_on": "2026-03-01"})

    rae.refresh_from_db()
    assert rae.is_active, answer.status_code


def test_it_tells_what_is_fit():
    assert (storable("a\0b"), storable("é"), number("12"), number("x"), number("9" * 19)) == (
        "ab",
        "é",
        12,
        None,
        None,
    )
    assert instant("2026-03-01T10:00:00Z").year == 2026
    assert [instant(text) for text in ("", "2026-03-01", "0001-01-01T00:00:00Z")] == [None] * 3

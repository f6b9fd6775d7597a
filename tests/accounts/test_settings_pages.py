"""What an admin sets: company, zone, keys; and the ledger that an admin reads."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import change_member
from accounts.models import Activity, ApiKey, CompanyZone, Outbox, Role
from accounts.outbox import react_once
from cs_platform.lib import clock
from customers.actions import resolve_ticket
from metrics import rollup, timers
from metrics.models import Fact
from tests.factories import a_category, a_customer, a_ticket, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, rae):
    client.force_login(rae.user)
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


COMPANY = {"name": "Harbour", "currency": "eur", "follow_up_days": "7"}


def test_the_company_gets_another_name_and_currency(admin, harbour):
    assert admin.post("/settings/company/", COMPANY).status_code == 302

    harbour.refresh_from_db()
    assert (harbour.name, harbour.currency) == ("Harbour", "EUR")
    assert not Outbox.objects.filter(verb="company.follow_up_changed").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x\0"),
        ("name", "x" * 201),
        ("currency", "E1"),
        ("follow_up_days", "0"),
        ("follow_up_days", "31"),
        ("follow_up_days", "x"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_at_its_field(admin, harbour, field, value):
    answer = admin.post("/settings/company/", COMPANY | {field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    harbour.refresh_from_db()
    assert harbour.name == "Harbour & Pine"


def test_another_follow_up_window_judges_all_tickets_again(admin, ana, set_clock, monkeypatch):
    monkeypatch.setattr("metrics.reactions.PORTION", 2)
    customer, category = a_customer(ana), a_category(ana.company)
    of = {"customer": customer, "category": category, "assignee": ana, "requester_email": "kim@x.example"}
    for day in ("01", "06"):
        set_clock(f"2026-03-{day}T10:00")
        ticket = a_ticket(ana, opened_at=at(f"2026-03-{day}T10:00"), **of)
        resolve_ticket(actor=ana, ticket=ticket)
    for _ in range(5):
        a_ticket(ana)
    set_clock("2026-03-25T10:00")

    def settle() -> list:
        while react_once():
            pass
        timers.fire_due()
        rollup.drain(ana.company_id)
        return list(
            Fact.objects.order_by("kind", "source_id").values_list("kind", "source_id", "v1", "v2", "day")
        )

    before = settle()
    admin.post("/settings/company/", COMPANY | {"follow_up_days": "3"})
    assert "being judged again" in text(admin.get("/settings/company/"))
    short = settle()
    assert "being judged again" not in text(admin.get("/settings/company/"))
    admin.post("/settings/company/", COMPANY)

    assert short != before
    assert settle() == before


ZONE = {"zone": "America/New_York", "valid_from": "2026-03-29"}


def test_the_zone_changes_from_a_day_ahead(admin, harbour, set_clock):
    """On 29 March clocks in Berlin go forward; New York's have already."""
    set_clock("2026-03-20T12:00")
    assert admin.post("/settings/zone/", ZONE).status_code == 302

    zones = harbour.zones()
    assert zones.day(at("2026-03-28T22:59")) == date(2026, 3, 28)
    # Berlin's 29 March is none any more: that day begins when it does in New York.
    assert zones.day(at("2026-03-29T03:59")) in (date(2026, 3, 28), date(2026, 3, 29))
    assert zones.day(at("2026-03-29T04:00")) == date(2026, 3, 29)
    assert zones.day(at("2026-03-30T03:59")) == date(2026, 3, 29)
    page = text(admin.get("/settings/zone/"))
    assert "Days are counted in Europe/Berlin today" in page
    assert "Planned" in page
    set_clock("2026-03-29T04:00")
    assert "Days are counted in America/New_York today" in text(admin.get("/settings/zone/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Europe/Atlantis"), ("zone", ""), ("valid_from", "2026-03-20"), ("valid_from", "x")],
)
def test_a_zone_that_cannot_be_is_refused_at_its_field(admin, set_clock, field, value):
    set_clock("2026-03-20T12:00")
    answer = admin.post("/settings/zone/", ZONE | {field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert CompanyZone.objects.count() == 1


def test_a_key_is_shown_once_and_works_until_it_is_revoked(admin, ana, client):
    form = admin.get("/settings/keys/").context["form"]
    sent = {"label": "Nightly report", "person": "Ana", "scopes": ["read"], "once": form["once"].value()}
    answer = admin.post("/settings/keys/", sent)
    secret = answer.context["secret"]
    headers = {"authorization": f"Bearer {secret}"}

    assert secret in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert secret not in text(admin.get("/settings/keys/"))
    assert client.get("/api/v1/people/", headers=headers).status_code == 200
    again = admin.post("/settings/keys/", sent)
    assert (again.status_code, ApiKey.objects.count()) == (422, 1)
    key = ApiKey.objects.get()
    assert "refused at once" in text(admin.get(f"/settings/keys/{key.id}/revocation/"))
    assert admin.post(f"/settings/keys/{key.id}/revocation/").status_code == 302
    admin.post(f"/settings/keys/{key.id}/revocation/")
    assert client.get("/api/v1/people/", headers=headers).status_code == 401
    assert Activity.objects.filter(verb="api_key.revoked").count() == 1
    assert not any(secret in str(each.detail) for each in Activity.objects.all())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("person", "zed@elsewhere.example"),
        ("person", ""),
        ("scopes", ["root"]),
        ("scopes", []),
        ("label", ""),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(admin, ana, zed, field, value):
    answer = admin.post(
        "/settings/keys/", {"label": "x", "person": ana.email, "scopes": ["read"]} | {field: value}
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not ApiKey.objects.exists()


def test_a_form_that_made_no_key_may_be_sent_again(admin, ana, monkeypatch):
    sent = {"label": "x", "person": ana.email, "scopes": ["read"], "once": "abc"}
    with monkeypatch.context() as broken:
        broken.setattr("accounts.views.keys.create_api_key", _refuse)
        assert admin.post("/settings/keys/", sent).status_code == 422

    assert admin.post("/settings/keys/", sent).context["secret"]
    assert (admin.post("/settings/keys/", sent).status_code, ApiKey.objects.count()) == (422, 1)


def _refuse(**_wanted):
    raise ValidationError("Not now.")


def test_a_key_of_another_company_is_not_there(client, ana, zed, key_of):
    key_of(ana)
    change_member(actor=None, member=zed, role=Role.ADMIN)
    client.force_login(zed.user)

    assert client.post(f"/settings/keys/{ApiKey.objects.get().id}/revocation/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


def test_the_ledger_shows_the_own_company_by_pages_and_filters(admin, rae, ana, zed):
    change_member(actor=None, member=zed, name="Zoe")
    for number in range(60):
        change_member(actor=rae, member=ana, name=f"=Ana {number}")
    first = admin.get("/settings/activity/")
    second = admin.get(f"/settings/activity/?{first.context['older']}")

    ids = [[row.id for row, _said in page.context["rows"]] for page in (first, second)]
    assert len(ids[0]) == 50
    assert set(ids[0]).isdisjoint(ids[1])
    assert [*ids[0], *ids[1]] == sorted([*ids[0], *ids[1]], reverse=True)
    assert "Zoe" not in text(first) + text(second)
    only = admin.get("/settings/activity/?verb=member.entered&who=")
    assert {row.verb for row, _said in only.context["rows"]} == {"member.entered"}
    mine = admin.get(f"/settings/activity/?who={rae.email}")
    assert {row.actor for row, _said in mine.context["rows"]} == {rae}
    sheet = b"".join(admin.get("/settings/activity.csv?verb=member.changed").streaming_content).decode()
    assert sheet.count("member.changed") == 60


@pytest.mark.parametrize(
    "query",
    [
        "who=zed@elsewhere.example",
        "until=x",
        "verb=" + "x" * 61,
        "after=x",
        "after=x~1",
        "after=2026-01-01~1",
        "verb=%00",
    ],
)
def test_a_strange_question_to_the_ledger_is_no_error(admin, zed, query):
    assert admin.get(f"/settings/activity/?{query}").status_code in (200, 422)
    assert admin.get(f"/settings/activity.csv?{query}").status_code == 200
    assert clock.now()

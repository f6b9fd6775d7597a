"""Companies, their zones, their keys, the commands that make them, and the walls between them."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from accounts.actions import change_zone, create_api_key, create_company, deactivate_member
from accounts.models import ApiKey, Company, CompanyZone, Member
from customers.actions import (
    add_note,
    answer_survey,
    assign_ticket,
    log_ticket,
    merge_ticket,
    reply_to_ticket,
)
from customers.models import Ticket
from tests.factories import a_category, a_company, a_customer, a_ticket
from tests.test_architecture import TENANTS

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def a_new(slug="acme", name="Acme", zone="Europe/Riga", admin="Rae@Acme.example") -> list[str]:
    return [slug, "--name", name, "--zone", zone, "--admin", admin]


def test_it_creates_a_company_with_its_zone_and_admin():
    out = run("create_company", *a_new())

    company = Company.objects.get(slug="acme")
    admin = Member.objects.get(company=company)
    assert out == "acme: Acme, days in Europe/Riga, admin rae@acme.example\n"
    assert (admin.email, admin.role, admin.is_active) == ("rae@acme.example", "admin", True)
    assert CompanyZone.objects.get(company=company).zone == "Europe/Riga"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "Europe/Nowhere"}, "zone: “Europe/Nowhere” is not a time zone; write one like Europe/Riga"),
        ({"zone": "europe/riga"}, "is not a time zone"),
        ({"zone": "+02:00"}, "is not a time zone"),
        ({"zone": ""}, "is not a time zone"),
        ({"zone": "../../etc/passwd"}, "is not a time zone"),
        ({"slug": "harbour"}, "slug: .*already exists"),
        ({"slug": "Not a slug"}, "slug: "),
        ({"slug": "a" * 51}, "slug: "),
        ({"slug": ""}, "slug: "),
        ({"name": ""}, "name: "),
        ({"name": "n" * 201}, "name: "),
        ({"admin": "rae"}, "email: "),
        ({"admin": ""}, "email: "),
    ],
)
def test_it_refuses_a_company_that_cannot_be_and_leaves_nothing(harbour, change, words):
    with pytest.raises(CommandError, match=words):
        run("create_company", *a_new(**change))

    assert (Company.objects.count(), Member.objects.count()) == (1, 1)


def test_it_creates_a_key_and_prints_it_alone_on_the_last_line(ana, client):
    out = run(
        "create_api_key", "--company", "harbour", "--member", "ANA@harbour.example", "--scopes", "read, write"
    )

    secret = out.splitlines()[-1]
    key = ApiKey.objects.get()
    assert (key.member, key.scopes) == (ana, ["read", "write"])
    assert client.get("/api/v1/people/", headers={"authorization": f"Bearer {secret}"}).status_code == 200


def test_it_stores_a_key_only_hashed(ana):
    secret = create_api_key(actor=None, member=ana, scopes=["read"])

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(k)::text FROM accounts_apikey k UNION SELECT detail::text FROM accounts_activity"
        )
        stored = " ".join(row for (row,) in cursor.fetchall())
    assert len(secret) >= 43
    assert secret not in stored
    assert secret[12:] not in stored
    assert ApiKey.hash(secret) in stored


@pytest.mark.parametrize(
    ("company", "member", "scopes", "words"),
    [
        (
            "harbour",
            "ana@harbour.example",
            "read,fly",
            "scopes: Unknown scope “fly”; choose of read, write, hiring:read, hiring:write, training:read, "
            "training:write, import, admin",
        ),
        ("harbour", "ana@harbour.example", "", "scopes: Unknown scope"),
        (
            "harbour",
            "who@harbour.example",
            "read",
            "There is no who@harbour.example in the company “harbour”",
        ),
        (
            "harbour",
            "zed@elsewhere.example",
            "read",
            "There is no zed@elsewhere.example in the company “harbour”",
        ),
        (
            "nowhere",
            "ana@harbour.example",
            "read",
            "There is no ana@harbour.example in the company “nowhere”",
        ),
    ],
)
def test_it_refuses_a_key_that_cannot_be(ana, zed, company, member, scopes, words):
    with pytest.raises(CommandError, match=words):
        run("create_api_key", "--company", company, "--member", member, "--scopes", scopes)

    assert ApiKey.objects.count() == 0


def test_it_refuses_a_key_for_a_leaver(ana, rae):
    deactivate_member(actor=rae, member=ana)
    with pytest.raises(CommandError, match="ana@harbour.example has left"):
        run("create_api_key", "--company", "harbour", "--member", ana.email)


# --- Zones --------------------------------------------------------------------------------------------------------


def test_it_changes_the_zone_ahead_only(rae, set_clock):
    set_clock("2026-03-20T12:00")
    for day in (date(2026, 3, 20), date(2026, 3, 19), date(1900, 1, 1)):
        with pytest.raises(ValidationError, match="Choose a day after today"):
            change_zone(actor=rae, zone="Asia/Tokyo", valid_from=day)
    change_zone(actor=rae, zone="Asia/Tokyo", valid_from=date(2026, 3, 21))

    zones = rae.company.zones()
    assert zones.rows[-1][0] == date(2026, 3, 21)


def test_it_takes_the_later_of_both_todays(rae, set_clock):
    """In Kiritimati it is the 21st already: its day of the 21st has begun."""
    set_clock("2026-03-20T12:00")
    with pytest.raises(ValidationError, match="Choose a day after today"):
        change_zone(actor=rae, zone="Pacific/Kiritimati", valid_from=date(2026, 3, 21))
    change_zone(actor=rae, zone="Pacific/Kiritimati", valid_from=date(2026, 3, 22))


def test_it_refuses_a_zone_that_is_none(rae):
    with pytest.raises(ValidationError, match="not a time zone"):
        change_zone(actor=rae, zone="Mars/Olympus", valid_from=date(2999, 1, 1))


# --- Walls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["customer_id", "category_id", "merged_into_id", "assignee_id", "resolver_id"]
)
def test_it_lets_no_ticket_point_to_another_company_even_by_sql(ana, zed, column):
    abroad = {
        "customer_id": a_customer(zed),
        "category_id": a_category(zed.company),
        "merged_into_id": a_ticket(zed),
        "assignee_id": zed,
        "resolver_id": zed,
    }
    ticket = a_ticket(ana)

    with (
        pytest.raises(IntegrityError, match="same_company"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE customers_ticket SET {column} = %s WHERE id = %s", [abroad[column].id, ticket.id]
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_lets_no_row_move_to_another_company_alone(ana, zed):
    ticket = a_ticket(ana, customer=a_customer(ana), assignee=ana)

    with (
        pytest.raises(IntegrityError, match="same_company"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE customers_ticket SET company_id = %s WHERE id = %s", [zed.company_id, ticket.id]
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_checks_each_link_within_a_company_at_the_latest_when_it_commits():
    """Every link between tenant tables is of that kind, see tests/test_architecture.py; and none is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bool_and(convalidated) FROM pg_constraint WHERE conname LIKE '%same_company'"
        )
        count, all_valid = cursor.fetchone()
    links = [
        field
        for model in TENANTS
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model in TENANTS
    ]
    assert (count, all_valid) == (len(links), True)


def test_it_refuses_links_to_another_company_with_a_word(ana, zed):
    abroad, own = a_ticket(zed), a_ticket(ana)
    for deed in (
        lambda: log_ticket(actor=ana, subject="x", customer=a_customer(zed)),
        lambda: log_ticket(actor=ana, subject="x", assignee=zed),
        lambda: assign_ticket(actor=ana, ticket=own, assignee=zed),
        lambda: merge_ticket(actor=ana, ticket=own, into=abroad),
    ):
        with pytest.raises(ValidationError, match="no such row in this company"):
            deed()


def test_it_does_not_find_a_ticket_of_another_company(ana, zed):
    with pytest.raises(Ticket.DoesNotExist):
        reply_to_ticket(actor=ana, ticket=a_ticket(zed), body="x")


@pytest.mark.parametrize("what", ["note", "answer"])
def test_it_lets_no_note_or_answer_hang_on_another_company(ana, zed, what):
    abroad = a_ticket(zed)
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        if what == "note":
            add_note(actor=ana, body="x", ticket=abroad)
        else:
            answer_survey(actor=ana, company_id=ana.company_id, kind="csat", score=5, ticket=abroad)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_it_raises_before_anything_is_written(harbour):
    with pytest.raises(ValidationError):
        create_company(slug="acme", name="Acme", zone="UTC", admin_email="no")

    assert not Company.objects.filter(slug="acme").exists()
    assert a_company("acme").slug == "acme"

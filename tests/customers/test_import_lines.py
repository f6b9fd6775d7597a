"""Who reports to whom, from files: never a cycle, on no day, from no combination of files."""

from datetime import date

import pytest

from accounts.models import Member, ReportingLine, Role

from .conftest import refusals

pytestmark = pytest.mark.django_db

PEOPLE = "email,manager_email\n"
LINES = "email,manager_email,from_on\n"


def manager_of(email: str, day: str) -> str:
    line = ReportingLine.objects.on(date.fromisoformat(day)).get(member__email=email)
    return line.manager.email


def test_it_refuses_the_row_that_closes_a_cycle(load):
    report = load(
        "people.csv", PEOPLE + "a@x.example,b@x.example\nb@x.example,c@x.example\nc@x.example,a@x.example\n"
    )

    assert (report.read, report.refused) == (3, 1)
    assert refusals(report) == [
        (
            4,
            "manager_email",
            "This would be a cycle on 1900-01-01: c@x.example > a@x.example > b@x.example > c@x.example.",
        )
    ]
    assert not ReportingLine.objects.filter(member__email="c@x.example").exists()


def test_it_refuses_a_cycle_over_two_files(load):
    load("people.csv", PEOPLE + "a@x.example,b@x.example\n")
    report = load("people-2.csv", PEOPLE + "b@x.example,a@x.example\nd@x.example,a@x.example\n")

    assert (report.refused, report.failure) == (1, "")
    assert "cycle" in refusals(report)[0][2]
    assert manager_of("d@x.example", "2026-01-01") == "a@x.example"


def test_it_refuses_a_cycle_that_holds_on_some_days_only(load):
    load(
        "reporting_lines.csv",
        LINES + "a@x.example,b@x.example,2025-01-01\na@x.example,c@x.example,2025-03-01\n",
    )
    before_and_after = load(
        "reporting_lines-2.csv",
        LINES + "b@x.example,c@x.example,2024-01-01\nb@x.example,a@x.example,2025-03-01\n",
    )
    during = load("reporting_lines-3.csv", LINES + "b@x.example,a@x.example,2025-02-28\n")

    assert before_and_after.refused == 0
    assert refusals(during) == [
        (2, "manager_email", "This would be a cycle on 2025-02-28: b@x.example > a@x.example > b@x.example.")
    ]


def test_it_refuses_somebody_who_would_report_to_themselves(load):
    report = load("reporting_lines.csv", LINES + "a@x.example,A@x.example,2025-01-01\n")

    assert report.refused == 1


def test_it_takes_the_manager_of_a_first_file_from_the_start_and_of_a_later_one_from_today(load):
    load("people.csv", PEOPLE + "a@x.example,b@x.example\n")
    load("people-2.csv", PEOPLE + "a@x.example,c@x.example\n")

    assert manager_of("a@x.example", "2026-03-19") == "b@x.example"
    assert manager_of("a@x.example", "2026-03-20") == "c@x.example"


def test_it_lets_the_last_row_of_a_day_win_and_keeps_the_corrected_one(load):
    load("reporting_lines.csv", LINES + "a@x.example,b@x.example,2025-01-01\n")
    report = load("reporting_lines-2.csv", LINES + "a@x.example,c@x.example,2025-01-01\n")

    assert report.refused == 0
    assert manager_of("a@x.example", "2025-01-01") == "c@x.example"
    assert ReportingLine.objects.filter(superseded_at__isnull=False).count() == 1


def test_it_keeps_an_admin_in_the_company(load, harbour):
    rae = Member.objects.get(company=harbour, role=Role.ADMIN)
    for name, column, cell in (("people-1.csv", "left_on", "2026-03-01"), ("people-2.csv", "role", "rep")):
        report = load(name, f"email,{column}\n{rae.email},{cell}\neva@x.example,\n")
        assert (report.read, report.refused) == (2, 1)
        assert "last admin" in refusals(report)[0][2]

    rae.refresh_from_db()
    assert (rae.role, rae.is_active) == (Role.ADMIN, True)


def test_it_lets_the_only_admin_go_when_the_file_brings_another(load, harbour):
    rae = Member.objects.get(company=harbour, role=Role.ADMIN)
    report = load("people.csv", f"email,role,left_on\n{rae.email},rep,2026-03-01\neva@x.example,admin,\n")

    assert report.refused == 0
    assert Member.objects.get(role=Role.ADMIN).email == "eva@x.example"


def test_it_ends_the_keys_of_a_leaver(load, harbour, key_of, client):
    load("people.csv", "email\neva@x.example\n")
    eva = Member.objects.get(email="eva@x.example")
    headers = key_of(eva)
    load("people-2.csv", "email,left_on\neva@x.example,2026-03-01\n")
    load("people-3.csv", "email,left_on\neva@x.example,\n")

    eva.refresh_from_db()
    assert eva.is_active
    assert client.get("/api/v1/metrics/", headers=headers).status_code == 401

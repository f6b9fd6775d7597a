"""One bad cell refuses one row, with its line, its column and a reason in words; the others go on."""

import csv
from pathlib import Path

import pytest

from customers.models import Note, Ticket

from .conftest import refusals

pytestmark = pytest.mark.django_db

GOOD = {
    "people": {"email": "eva@x.example"},
    "reporting_lines": {"email": "eva@x.example", "manager_email": "ivo@x.example", "from_on": "2026-01-01"},
    "customers": {"external_id": "C1"},
    "contacts": {"external_id": "K1"},
    "revenue": {"customer_external_id": "C1", "month": "2026-01", "amount": "10"},
    "tickets": {"external_id": "T9", "opened_at": "2026-03-01T10:00Z"},
    "ticket_events": {"ticket_external_id": "T1", "occurred_at": "2026-03-02T10:00Z", "event": "replied"},
    "notes": {"author_email": "eva@x.example", "body": "Hm", "customer_external_id": "C1"},
    "surveys": {"kind": "nps", "score": "9", "answered_at": "2026-03-02T10:00Z"},
    "shifts": {"email": "eva@x.example", "started_at": "2026-03-02T08:00Z", "ended_at": "2026-03-02T16:00Z"},
}
BAD = [
    ("people", {"email": ""}, "email", "needed"),
    ("people", {"email": "eva"}, "email", "not an e-mail address"),
    ("people", {"email": "e" * 10_000 + "@x.example"}, "email", "not an e-mail address"),
    ("people", {"name": "n" * 10_000}, "name", "Longer than 200"),
    ("people", {"role": "boss"}, "role", "none of rep, manager, leader, admin"),
    ("people", {"manager_email": "eva@x.example"}, "manager_email", "themselves"),
    ("people", {"started_on": "2026-02-01", "left_on": "2026-01-31"}, "left_on", "before the first"),
    ("people", {"started_on": "2026-02-30"}, "started_on", "not a date"),
    ("reporting_lines", {"manager_email": "eva@x.example"}, "manager_email", "cycle"),
    ("reporting_lines", {"from_on": "yesterday"}, "from_on", "not a date"),
    ("reporting_lines", {"from_on": "0026-01-01"}, "from_on", "before 1900"),
    ("customers", {"external_id": " "}, "external_id", "needed"),
    ("customers", {"external_id": "C" * 201}, "external_id", "Longer than 200"),
    ("contacts", {"email": "no"}, "email", "not an e-mail address"),
    ("revenue", {"month": "2026-13"}, "month", "not a month"),
    ("revenue", {"month": "2026-01-99"}, "month", "not a month"),
    ("revenue", {"month": "2026-04"}, "month", "between 1970 and this one"),
    ("revenue", {"amount": "1,250.00"}, "amount", "not an amount"),
    ("revenue", {"amount": "NaN"}, "amount", "out of range"),
    ("revenue", {"amount": "1e400"}, "amount", "out of range"),
    ("revenue", {"currency": "€"}, "currency", "not a currency"),
    ("revenue", {"currency": "USD"}, "currency", "currency is EUR, not USD"),
    ("tickets", {"opened_at": ""}, "opened_at", "needed"),
    ("tickets", {"opened_at": "1969-12-31T23:59:59Z"}, "opened_at", "before 1970"),
    ("tickets", {"opened_at": "2026-03-22T00:00Z"}, "opened_at", "after tomorrow"),
    ("tickets", {"opened_at": "2016-02-30T10:00Z"}, "opened_at", "not an ISO 8601 time"),
    ("tickets", {"opened_at": "1.3.2026 10:00"}, "opened_at", "not an ISO 8601 time"),
    ("tickets", {"opened_at": "0001-01-01T00:00+14:00"}, "opened_at", "out of range"),
    ("tickets", {"opened_at": "9999-12-31T23:59-14:00"}, "opened_at", "out of range"),
    ("tickets", {"resolved_at": "2026-03-01T09:59Z"}, "resolved_at", "before the ticket was opened"),
    ("tickets", {"reopened_count": "-1"}, "reopened_count", "not between 0"),
    ("tickets", {"reopened_count": "1.5"}, "reopened_count", "not a whole number"),
    ("tickets", {"handle_seconds": "-1"}, "handle_seconds", "not between 0"),
    ("tickets", {"handle_seconds": "1e99999999"}, "handle_seconds", "not between 0"),
    ("tickets", {"status": "lost"}, "status", "none of open"),
    ("tickets", {"subject": "s" * 501}, "subject", "Longer than 500"),
    ("tickets", {"subject": "a\0b"}, "subject", "NUL"),
    ("tickets", {"body": "b" * 1_000_001}, "body", "Longer than 1000000"),
    ("tickets", {"tags": "t" * 101}, "tags", "longer than 100"),
    ("ticket_events", {"ticket_external_id": "T404"}, "ticket_external_id", "no ticket “T404”"),
    ("ticket_events", {"occurred_at": "2026-02-28T10:00Z"}, "occurred_at", "before the ticket was opened"),
    ("ticket_events", {"event": "restored"}, "event", "none of assigned"),
    ("ticket_events", {"event": "vanished"}, "event", "none of assigned"),
    ("ticket_events", {"seconds": "-5"}, "seconds", "not between 0"),
    ("ticket_events", {"is_public": "maybe"}, "is_public", "neither true nor false"),
    ("notes", {"customer_external_id": ""}, "customer_external_id", "a customer or a ticket"),
    ("notes", {"ticket_external_id": "T404"}, "ticket_external_id", "no ticket “T404”"),
    ("notes", {"type": "poem"}, "type", "none of note"),
    ("surveys", {"score": "11"}, "score", "scale of 0 to 10"),
    ("surveys", {"score": "-1"}, "score", "scale of 0 to 10"),
    ("surveys", {"kind": "csat", "score": "0"}, "score", "scale of 1 to 5"),
    ("surveys", {"kind": "ces", "score": "8"}, "score", "scale of 1 to 7"),
    ("surveys", {"score": "9.5"}, "score", "not a whole number"),
    ("surveys", {"score": "many"}, "score", "not a whole number"),
    ("surveys", {"kind": "mood"}, "kind", "none of csat, nps, ces"),
    ("surveys", {"ticket_external_id": "T404"}, "ticket_external_id", "no ticket “T404”"),
    ("shifts", {"ended_at": "2026-03-02T08:00Z"}, "ended_at", "ends before it starts"),
    ("shifts", {"ended_at": "2026-03-10T08:00Z"}, "ended_at", "longer than seven days"),
]


@pytest.mark.parametrize(
    ("kind", "change", "column", "words"),
    BAD,
    ids=[f"{kind}-{column}-{words[:12]}" for kind, _, column, words in BAD],
)
def test_it_refuses_the_row_and_takes_the_others(load, kind, change, column, words):
    if kind not in ("people", "reporting_lines", "customers"):
        load("tickets-1.csv", "external_id,opened_at\nT1,2026-03-01T10:00Z\n")
    if "currency" in change:
        load("revenue-0.csv", "customer_external_id,month,amount,currency\nC0,2026-01,1,EUR\n")
    good = {name: GOOD[kind].get(name, "") for name in {**GOOD[kind], **change}}
    report = load(f"{kind}.csv", [{**good, **change}, good])

    [(line, named, reason)] = refusals(report)
    assert (report.read, report.refused, report.added, report.failure) == (2, 1, 1, "")
    assert named == column
    assert words in reason
    assert line == 2


def test_it_gives_the_line_also_behind_cells_of_several_lines(load):
    report = load(
        "tickets.csv",
        'external_id,opened_at,body\nT1,2026-03-01T10:00Z,"a\nb\nc"\n\nT2,never,\nT3,2026-03-01T10:00Z,\n',
    )

    assert refusals(report)[0][:2] == (6, "opened_at")
    assert report.added == 2


def test_it_takes_a_cell_that_looks_like_a_formula_as_text(load):
    report = load("tickets.csv", 'external_id,opened_at,subject\nT1,2026-03-01T10:00Z,"=HYPERLINK(""x"")"\n')

    assert (report.refused, Ticket.objects.get().subject) == (0, '=HYPERLINK("x")')


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧‍👦 née Ünal", "مرحبا بالعالم", "\u202eevil\u202c", "a\tb", "' OR 1=1 --", "<script>"]
)
def test_it_keeps_any_text(load, text):
    load("notes.csv", [{**GOOD["notes"], "body": text}])

    assert Note.objects.get().body == text


def test_it_writes_an_error_file_that_no_spreadsheet_runs(load):
    report = load(
        "surveys.csv",
        "kind,score,answered_at,comment\n=nps,1,2026-03-01T10:00Z,\nnps,-9999,2026-03-01T10:00Z,\n"
        "nps,+99,2026-03-01T10:00Z,\nnps,-3,2026-03-01T10:00Z,=1+1\n@nps,5,2026-03-01T10:00Z,\n",
    )

    with Path(report.error_file).open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert report.refused == 5
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")] == []


def test_it_names_the_companys_own_error_file_in_its_own_folder(load, settings):
    report = load("tickets ../ä.csv".replace("/", "_"), "external_id,opened_at\n,\n", kind="tickets")

    assert Path(report.error_file).parent == settings.VAR / "imports"
    assert list((settings.VAR / "imports").iterdir()) == [Path(report.error_file)]


def test_it_leaves_no_error_file_when_nothing_is_refused(load, settings):
    report = load("tickets.csv", "external_id,opened_at\nT1,2026-03-01T10:00Z\n")

    assert report.error_file == ""
    assert list((settings.VAR / "imports").iterdir()) == []


def test_it_writes_a_huge_refused_row_too(load):
    rows = [{"external_id": "T1", "opened_at": "never", "body": "🎉" * 200_000}]
    report = load("tickets.jsonl", rows)

    assert (report.refused, report.failure) == (1, "")
    assert refusals(report)[0][1] == "opened_at"


def test_it_refuses_ten_thousand_rows_and_keeps_the_one(load):
    lines = "".join(f"T{number},2016-02-30\n" for number in range(10_000))
    report = load("tickets.csv", f"external_id,opened_at\n{lines}T,2026-03-01T10:00Z\n")

    assert (report.read, report.added, report.refused) == (10_001, 1, 10_000)
    assert [line for line, _, _ in refusals(report)] == list(range(2, 10_002))


def test_it_refuses_many_rows_that_only_the_writing_finds(load):
    lines = "".join(f"T{number},2026-03-01T10:00Z,replied\n" for number in range(5_000))
    report = load("ticket_events.csv", f"ticket_external_id,occurred_at,event\n{lines}")

    assert (report.read, report.added, report.refused) == (5_000, 0, 5_000)

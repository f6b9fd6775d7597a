"""Which files are read, as which kind, in which order, and in which form."""

import pytest

from customers.imports.engine import kind_of, plan
from customers.imports.kinds import KINDS
from customers.imports.readers import Unreadable
from customers.models import Ticket

from .conftest import refusals, write

ROWS = [
    {"external_id": "T1", "opened_at": "2026-03-01T10:00:00Z", "subject": "Größe, “zwei”", "tags": "a;b"},
    {"external_id": "T2", "opened_at": "2026-03-02T10:00:00Z", "subject": "שלום 🎉", "tags": ""},
]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tickets.csv", "tickets"),
        ("tickets-2026.csv.gz", "tickets"),
        ("Tickets_2.CSV", "tickets"),
        ("tickets2.jsonl", "tickets"),
        ("tickets.ndjson", "tickets"),
        ("tickets.xlsx", "tickets"),
        ("ticket_events.csv", "ticket_events"),
        ("ticket_events-1.csv.gz", "ticket_events"),
        ("reporting_lines.csv", "reporting_lines"),
        ("ticketsold.csv", ""),
        ("ticket.csv", ""),
        ("old-tickets.csv", ""),
        ("tickets.csv.errors.txt", ""),
        ("tickets.txt", ""),
        ("tickets", ""),
        ("README.md", ""),
        ("17-tickets.csv.errors.csv", ""),
    ],
)
def test_it_knows_a_kind_by_the_name(name, kind):
    assert kind_of(name) == kind


def test_it_reads_a_folder_in_the_order_of_the_kinds(tmp_path):
    for kind in reversed(KINDS):
        (tmp_path / f"{kind}.csv").touch()
    (tmp_path / "tickets-2.csv.gz").touch()
    (tmp_path / "README.md").touch()
    (tmp_path / "tickets.d").mkdir()

    known, unknown = plan([tmp_path])

    assert list(dict.fromkeys(kind for kind, _ in known)) == list(KINDS)
    assert [path.name for kind, path in known if kind == "tickets"] == ["tickets-2.csv.gz", "tickets.csv"]
    assert [path.name for path in unknown] == ["README.md"]


def test_it_takes_the_order_of_the_kinds_over_several_paths(tmp_path):
    for name in ("surveys.csv", "people.csv", "tickets.csv"):
        (tmp_path / name).touch()

    known, _unknown = plan([tmp_path / "surveys.csv", tmp_path / "tickets.csv", tmp_path / "people.csv"])

    assert [kind for kind, _ in known] == ["people", "tickets", "surveys"]


def test_it_refuses_a_single_file_whose_name_says_nothing(tmp_path):
    path = write(tmp_path / "export.csv", "a")

    with pytest.raises(Unreadable, match="export.csv: the name says no kind"):
        plan([path])
    assert plan([path], "tickets")[0] == [("tickets", path)]


def test_it_refuses_a_path_that_is_not_there(tmp_path):
    with pytest.raises(Unreadable, match="There is no file or folder"):
        plan([tmp_path / "tickets.csv"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "tickets.csv",
        "tickets.csv.gz",
        "tickets.jsonl",
        "tickets.jsonl.gz",
        "tickets.ndjson",
        "tickets.xlsx",
        "tickets.xlsx.gz",
        "TICKETS.XLSX",
    ],
)
def test_it_reads_the_form(load, name):
    report = load(name, ROWS)

    assert (report.read, report.added, report.refused, report.failure) == (2, 2, 0, "")
    assert list(Ticket.objects.order_by("id").values_list("external_id", "subject", "tags")) == [
        ("T1", "Größe, “zwei”", ["a", "b"]),
        ("T2", "שלום 🎉", []),
    ]


@pytest.mark.django_db
def test_it_takes_numbers_and_lists_of_json_lines(load):
    load(
        "tickets.jsonl",
        [{**ROWS[0], "external_id": 17, "tags": ["x", "y"], "handle_seconds": 60.0, "body": None}],
    )

    ticket = Ticket.objects.get()
    assert (ticket.external_id, ticket.tags, ticket.statement.handle_seconds) == ("17", ["x", "y"], 60)


@pytest.mark.django_db
def test_it_takes_the_names_that_only_later_json_lines_have(load):
    load("tickets.jsonl", ROWS)
    report = load(
        "tickets.jsonl",
        '{"external_id": "T1", "opened_at": "2026-03-01T10:00:00Z"}\n'
        '{"external_id": "T2", "opened_at": "2026-03-02T10:00:00Z", "subject": "New", "mood": "bad"}\n',
    )

    assert list(Ticket.objects.order_by("id").values_list("subject", flat=True)) == ["Größe, “zwei”", "New"]
    assert report.unknown_columns == ["mood"]


@pytest.mark.django_db
def test_it_refuses_a_json_line_that_is_no_object(load):
    report = load(
        "tickets.jsonl",
        '{"external_id": "T1", "opened_at": "2026-03-01T10:00:00Z"}\n\n[1, 2]\n"T3"\n{"external_id": \n'
        + "[" * 100_000,
    )

    assert (report.added, report.failure) == (1, "")
    assert [(line, reason) for line, _column, reason in refusals(report)] == [
        (3, "The line is not a JSON object."),
        (4, "The line is not a JSON object."),
        (5, "The line is not JSON."),
        (6, "The line is not JSON."),
    ]


@pytest.mark.django_db
def test_it_reads_dates_of_xlsx_in_the_companys_zone(load):
    from datetime import UTC, datetime

    load("tickets.xlsx", [{"external_id": "T1", "opened_at": datetime(2026, 3, 1, 10)}])  # noqa: DTZ001

    assert Ticket.objects.get().opened_at == datetime(2026, 3, 1, 9, tzinfo=UTC)

"""Files that are broken: what can be read of them is in, and a message says what is wrong and where."""

import gzip
import io
import zipfile

import pytest

from customers.models import ImportRun, Ticket

from .conftest import as_xlsx, refusals

pytestmark = pytest.mark.django_db

HEADER = "external_id,opened_at,subject\n"
ROW = "T1,2026-03-01T10:00Z,Help\n"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tickets.csv", b"", "The file is empty"),
        ("tickets.csv", b"\xef\xbb\xbf", "The file is empty"),
        ("tickets.csv", b"\n\n\n", "The file is empty"),
        ("tickets.csv", b",,\n1,2,3\n", "The file is empty"),
        ("tickets.csv.gz", b"", "The file is empty"),
        ("tickets.jsonl", b"\n \n", "The file is empty"),
        ("tickets.csv", (HEADER + ROW).encode("utf-16"), "not UTF-8"),
        ("tickets.csv", (HEADER + ROW).encode("utf-16-le"), "NUL characters; save the file as UTF-8"),
        ("tickets.csv", "external_id,opened_at,Größe\n".encode("latin-1"), "The header is not UTF-8"),
        ("tickets.csv", b"external_id,Opened_At, opened_at\n", "names the column “opened_at” twice"),
        (
            "tickets.csv",
            b"external_id,opened\n",
            "column “opened_at” is missing. The header has: external_id, opened",
        ),
        ("tickets.csv", b"external_id;opened_at\n", "column “external_id” is missing"),
        ("tickets.jsonl", b"[1, 2]\n", "not a JSON object"),
        ("tickets.jsonl", b"external_id,opened_at\n", "not a JSON object"),
        ("tickets.xlsx", b"no such thing", "not an XLSX file"),
        ("tickets.xlsx", b"", "not an XLSX file"),
        ("tickets.xlsx", as_xlsx([]), "The file is empty"),
        ("tickets.xlsx", as_xlsx([["a", "A"]]), "names the column “a” twice"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(load, name, content, words):
    report = load(name, content)

    assert words in report.failure
    assert (report.read, report.added, report.error_file) == (0, 0, "")
    run = ImportRun.objects.get()
    assert (run.state, run.message) == ("failed", report.failure)


def test_it_says_why_a_gzip_file_is_none(load, folder):
    (folder / "tickets.csv.gz").write_bytes(b"external_id,opened_at\n")

    assert "The file is broken" in load("tickets.csv.gz").failure


def test_it_says_why_an_archive_that_is_no_workbook_cannot_be_read(load):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("hello.txt", "hello")

    assert "not an XLSX file" in load("tickets.xlsx", data.getvalue()).failure


def test_it_says_where_the_sheet_of_a_workbook_breaks_off(load):
    rows = [["external_id", "opened_at"], *([f"T{n}", "2026-03-01T10:00Z"] for n in range(3))]
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(rows))) as whole, zipfile.ZipFile(data, "w") as cut:
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[: content.rindex(b"<row")] if name.endswith("sheet1.xml") else content)
    report = load("tickets.xlsx", data.getvalue())

    assert "The file breaks off after line 3" in report.failure
    assert report.added == 2


def test_it_takes_a_file_with_only_a_header(load):
    report = load("tickets.csv", HEADER)

    assert (report.read, report.failure) == (0, "")


def test_it_keeps_the_rows_before_a_cut_of_the_gzip_file(load, folder):
    rows = "".join(f"T{number},2026-03-01T10:00Z,{number * 7919 % 104729}\n" for number in range(5_000))
    data = gzip.compress((HEADER + rows).encode())
    (folder / "tickets.csv.gz").write_bytes(data[: len(data) // 2])
    report = load("tickets.csv.gz")

    assert "The file breaks off after line" in report.failure
    assert 1_000 < report.added == Ticket.objects.count() == report.read - report.refused < 4_999


def test_it_keeps_the_rows_before_a_quote_that_is_never_closed(load):
    report = load("tickets.csv", HEADER + ROW + 'T2,2026-03-01T10:00Z,"Help\nT3,2026-03-01T10:00Z,x\n')

    assert "The file breaks off after line 2" in report.failure
    assert report.added == 1


def test_it_reads_windows_line_ends_and_a_byte_order_mark(load):
    text = (HEADER + ROW + 'T2,2026-03-01T10:00Z,"two\nlines"\n').replace("\n", "\r\n")
    report = load("tickets.csv", b"\xef\xbb\xbf" + text.encode())

    assert (report.added, report.unknown_columns, report.failure) == (2, [], "")
    assert Ticket.objects.get(external_id="T2").subject == "two\r\nlines"


def test_it_reads_a_last_line_without_an_end(load):
    assert load("tickets.csv", (HEADER + ROW).rstrip()).added == 1


def test_it_refuses_a_cell_that_is_not_utf_8_and_takes_the_others(load):
    report = load("tickets.csv", (HEADER + "T0,2026-03-01T10:00Z,Größe\n").encode("latin-1") + ROW.encode())

    assert report.added == 1
    assert refusals(report) == [(2, "subject", "Is not UTF-8.")]


def test_it_refuses_a_lone_surrogate_of_json(load):
    report = load("tickets.jsonl", '{"external_id": "\\ud800", "opened_at": "2026-03-01T10:00Z"}\n')

    assert refusals(report) == [(1, "external_id", "Is not UTF-8.")]


def test_it_refuses_rows_that_are_shorter_or_longer_than_the_header(load):
    report = load("tickets.csv", HEADER + "T8,2026-03-01T10:00Z\n" + ROW + "T9,2026-03-01T10:00Z,a,b\n")

    assert report.added == 1
    assert refusals(report) == [
        (2, "", "The row has 2 cells, the header has 3."),
        (4, "", "The row has 4 cells, the header has 3."),
    ]


def test_it_refuses_a_huge_cell_and_goes_on(load):
    report = load("tickets.csv", HEADER + f"T8,2026-03-01T10:00Z,{'x' * 3_000_000}\n" + ROW)

    assert (report.added, report.failure) == (1, "")
    assert refusals(report) == [(2, "subject", "Longer than 500 characters.")]


def test_it_takes_names_of_columns_without_regard_to_case_and_space(load):
    report = load("tickets.csv", " External_ID ,OPENED_AT\nT1,2026-03-01T10:00Z\n")

    assert (report.added, report.unknown_columns) == (1, [])


def test_it_reports_columns_that_it_does_not_know(load):
    report = load("tickets.csv", "external_id,opened_at,mood,Colour,\nT1,2026-03-01T10:00Z,bad,red,\n")

    assert (report.added, report.unknown_columns) == (1, ["mood", "colour"])


def test_it_takes_a_file_that_vanishes_as_unreadable(load, folder):
    report = load("tickets.csv", kind="tickets")

    assert "tickets.csv cannot be read" in report.failure


def test_it_remarks_a_channel_that_it_does_not_know(load):
    report = load("tickets.csv", "external_id,opened_at,channel\nT1,2026-03-01T10:00Z,pigeon\n")

    assert report.remarks == {"unknown channel “pigeon”, kept as other": 1}

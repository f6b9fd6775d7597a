"""manage.py import_records: what it prints, what it returns, and what a dry run leaves."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import ImportRun, Ticket, TicketEvent
from metrics.models import Dirty, OrgDay

from .conftest import counts, write

pytestmark = pytest.mark.django_db

TICKETS = "external_id,opened_at,assignee_email,mood\nT1,2026-03-01T10:00Z,eva@x.example,bad\nT2,never,,\n"
EVENTS = "ticket_external_id,occurred_at,event\nT1,2026-03-02T10:00Z,resolved\n"


@pytest.fixture
def run(now, harbour, folder):
    """Runs the command: (exit code, what it printed, what it complained of)."""

    def command(*arguments):
        out, err = StringIO(), StringIO()
        try:
            call_command(
                "import_records", "--company", harbour.slug, *map(str, arguments), stdout=out, stderr=err
            )
        except SystemExit as end:
            return end.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


def test_it_imports_a_folder_and_tells_what_came_of_it(run, folder, settings):
    write(folder / "tickets.csv", TICKETS)
    write(folder / "ticket_events.csv.gz", EVENTS)
    write(folder / "notes.txt", "not ours")
    code, out, err = run(folder)

    error_file = settings.VAR / "imports" / f"{ImportRun.objects.order_by('id')[0].id}-tickets.csv.errors.csv"
    assert code == 0
    assert out.splitlines() == [
        "tickets.csv: 2 rows read, 1 added, 0 changed, 1 refused",
        "  columns not known and left out: mood",
        "  named but not entered: 1 people, 0 customers",
        f"  refused rows: {error_file}",
        "ticket_events.csv.gz: 1 rows read, 1 added, 0 changed, 0 refused",
    ]
    assert error_file.exists()
    assert "notes.txt: left out, its name says no kind" in err


def test_it_has_counted_everything_when_it_returns(run, folder):
    write(folder / "tickets.csv", TICKETS)
    run(folder)

    assert Dirty.objects.count() == 0
    assert OrgDay.objects.get(level=0).created_n == 1


def test_it_never_reads_an_error_file_as_input(run, folder, settings):
    settings.VAR = folder
    write(folder / "tickets.csv", TICKETS)
    run(folder)
    code, out, err = run(folder / "imports")

    assert (code, out) == (0, "")
    assert "tickets.csv.errors.csv: left out" in err


def test_it_leaves_nothing_behind_in_a_dry_run(run, folder):
    write(folder / "people.csv", "email,manager_email\neva@x.example,ivo@x.example\n")
    write(folder / "tickets.csv", TICKETS)
    write(folder / "revenue.csv", "customer_external_id,month,amount,currency\nC1,2026-01,1,EUR\n")
    before = counts()
    code, out, _err = run(folder, "--dry-run")

    assert code == 0
    assert "tickets.csv: 2 rows read, 1 would be added, 0 changed, 1 refused" in out
    assert counts() == before


def test_it_shows_the_refused_rows_of_a_dry_run(run, folder, settings):
    write(folder / "tickets.csv", TICKETS)
    _code, out, _err = run(folder, "--dry-run")

    [file] = (settings.VAR / "imports").iterdir()
    assert f"refused rows: {file}" in out
    assert "not an ISO 8601 time" in file.read_text()


def test_it_returns_1_when_a_file_cannot_be_read_and_reads_the_others(run, folder):
    write(folder / "people.csv", b"")
    write(folder / "tickets.csv", TICKETS)
    whole = gzip.compress(("\n".join([EVENTS.splitlines()[0], *([EVENTS.splitlines()[1]] * 500)])).encode())
    (folder / "ticket_events.csv.gz").write_bytes(whole[:-9])
    code, out, _err = run(folder)

    assert code == 1
    assert "  The file is empty" in out
    assert "  The file breaks off after line" in out
    assert (Ticket.objects.count(), TicketEvent.objects.count() > 0) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--company", "nowhere", "x.csv"], "There is no company “nowhere”. Known: harbour."),
        (["no-such-folder"], "There is no file or folder no-such-folder"),
        (["{folder}/export.csv"], "export.csv: the name says no kind"),
        (["--kind", "poems", "{folder}/export.csv"], "invalid choice: 'poems'"),
        (["--map", "{folder}/export.csv", "{folder}/tickets.csv"], "export.csv is not a mapping"),
    ],
)
def test_it_refuses_what_it_cannot_do(run, folder, arguments, words):
    write(folder / "export.csv", "a")
    write(folder / "tickets.csv", TICKETS)

    with pytest.raises(CommandError, match=words.replace("(", r"\(")):
        run(*(argument.format(folder=folder) for argument in arguments))
    assert Ticket.objects.count() == 0


def test_it_takes_a_kind_for_a_file_of_any_name(run, folder):
    write(folder / "export.csv", TICKETS)
    code, out, _err = run("--kind", "tickets", folder / "export.csv")

    assert (code, Ticket.objects.count()) == (0, 1)


def test_it_takes_names_and_values_of_a_mapping(run, folder):
    mapping = {
        "columns": {"Ticket ID": "external_id", " Created ": "opened_at", "State": "status"},
        "values": {"status": {"Shut": "closed"}},
    }
    (folder / "map.json").write_text(json.dumps(mapping))
    write(
        folder / "tickets.csv",
        "Ticket Id,Created,STATE\nT1,2026-03-01T10:00Z,SHUT\nT2,2026-03-01T10:00Z,open\n",
    )
    code, _out, _err = run("--map", folder / "map.json", folder / "tickets.csv")

    assert code == 0
    assert dict(Ticket.objects.values_list("external_id", "status")) == {"T1": "closed", "T2": "open"}


def test_it_refuses_a_mapping_that_makes_one_column_of_two(run, folder):
    (folder / "map.json").write_text('{"columns": {"id": "external_id"}}')
    write(folder / "tickets.csv", "id,external_id,opened_at\n1,T1,2026-03-01T10:00Z\n")
    code, out, _err = run("--map", folder / "map.json", folder / "tickets.csv")

    assert code == 1
    assert "external_id" in out
    assert Ticket.objects.count() == 0

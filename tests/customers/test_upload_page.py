"""Imports in the browser: handing files in, choosing columns, trial, import, what is refused."""

import gzip
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity
from cs_platform.lib import clock
from customers.actions.uploads import cancel_upload, queue_upload
from customers.imports import uploads
from customers.imports.engine import one_at_a_time
from customers.imports.kinds import KINDS
from customers.models import ImportRun, Ticket, Upload
from customers.tasks import check_upload, import_uploads
from tests.customers.conftest import as_xlsx, counts
from tests.factories import a_member

pytestmark = pytest.mark.django_db
TICKETS = b"Number,opened_at,Topic\nT1,2026-03-01T10:00Z,Hi\nT2,never,=1+1\nT3,2026-03-02T10:00Z,Ho\n"
COLUMNS = {"column_0": "external_id", "column_1": "opened_at", "column_2": "subject"}


@pytest.fixture(autouse=True)
def var(tmp_path, settings) -> Path:
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def admin(client, rae):
    client.force_login(rae.user)
    return client


@pytest.fixture
def hand_in(admin):
    def send(content: bytes = TICKETS, name: str = "tickets.csv"):
        return admin.post("/imports/new/", {"file": SimpleUploadedFile(name, content)})

    return send


@pytest.fixture
def upload(hand_in):
    hand_in()
    return Upload.objects.get()


@pytest.fixture
def page(admin):
    """The text of an upload's page, or its answer to a form."""

    def get(upload: Upload, path: str = "", **sent):
        address = f"/imports/{upload.id}/{path}"
        return admin.post(address, sent) if sent else admin.get(address).content.decode()

    return get


@pytest.fixture
def tried(upload, page):
    page(upload, kind="tickets", program="", **COLUMNS)
    check_upload(upload.id)
    return Upload.objects.get()


def test_it_leads_an_empty_company_to_its_first_file(admin):
    text = admin.get("/imports/").content.decode()

    assert "Nothing has been imported yet" in text
    assert text.count("/imports/templates/") == len(KINDS)


@pytest.mark.parametrize("kind", ["people", "tickets", "shifts"])
def test_it_gives_a_template_that_can_be_handed_in(admin, hand_in, kind):
    template = b"".join(admin.get(f"/imports/templates/{kind}.csv").streaming_content)
    answer = hand_in(template, f"{kind}.csv")

    assert answer.status_code == 302
    assert Upload.objects.get().kind == kind
    assert admin.get("/imports/templates/cats.csv").status_code == 404


def test_it_shows_the_columns_with_their_first_values(upload, page):
    text = page(upload)

    assert upload.kind == "tickets"
    assert [text.count(value) for value in ("number", "never", "=1+1")] == [
        text.count("number"), 1, 1,
    ]  # fmt: skip
    assert "is missing" in text  # nothing is external_id yet


def test_it_asks_for_the_columns_that_are_needed(upload, page):
    answer = page(upload, kind="tickets", program="", column_0="subject", column_1="opened_at", column_2="")

    assert answer.status_code == 422
    assert "Choose the columns that hold “external_id”" in answer.content.decode()
    # What was chosen is kept.
    assert '<option value="subject" selected>' in answer.content.decode()
    upload.refresh_from_db()
    assert upload.state == "uploaded"


@pytest.mark.parametrize(
    "sent",
    [
        {**COLUMNS, "column_2": "external_id"},
        {**COLUMNS, "column_2": "password"},
        {**COLUMNS, "column_2": "a\0b"},
        {**COLUMNS, "kind": "cats"},
        {**COLUMNS, "kind": ""},
        {**COLUMNS, "program": "../zendesk"},
    ],
)
def test_it_refuses_a_choice_that_cannot_be(upload, page, sent):
    assert page(upload, **{"kind": "tickets", "program": "", **sent}).status_code == 422
    upload.refresh_from_db()
    assert (upload.state, upload.mapping) == ("uploaded", {})


def test_it_shows_what_would_happen_and_changes_nothing(upload, page, admin):
    page(upload, kind="tickets", program="", **COLUMNS)
    before = counts()
    assert "Trying" in page(upload)

    check_upload(upload.id)

    upload.refresh_from_db()
    assert {name: upload.report[name] for name in ("read", "added", "refused")} == {
        "read": 3, "added": 2, "refused": 1,
    }  # fmt: skip
    text = page(upload)
    assert "would be added" in text
    assert "“never” is not an ISO 8601 time" in text
    assert counts() == before
    assert not any(
        path.name.endswith(".errors.csv") for path in Path(uploads.file_of(upload)).parents[1].iterdir()
    )


def test_it_tries_only_the_beginning_of_a_big_file(hand_in, page, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_TRIED", 2)
    hand_in(b"external_id,opened_at\n" + b"".join(b"T%d,2026-03-01T10:00Z\n" % n for n in range(5)))
    upload = Upload.objects.get()
    page(upload, kind="tickets", program="", column_0="external_id", column_1="opened_at")
    check_upload(upload.id)

    upload.refresh_from_db()
    assert (upload.report["read"], upload.report["is_partial"]) == (2, True)
    assert "What the first 2 rows would do" in page(upload)


def test_it_imports_and_gives_the_refused_rows(tried, page, admin, rae):
    assert page(tried, "start/", go="1").status_code == 302
    assert "A worker takes the file in a moment" in page(tried)

    import_uploads(tried.company_id)

    tried.refresh_from_db()
    assert (tried.state, tried.run.state, tried.run.is_from_browser) == ("done", "done", True)
    assert [ticket.subject for ticket in Ticket.objects.order_by("external_id")] == ["Hi", "Ho"]
    text = page(tried)
    assert "Imported." in text
    assert "1 row was refused" in text
    errors = b"".join(admin.get(f"/imports/runs/{tried.run_id}/errors/").streaming_content).decode(
        "utf-8-sig"
    )
    header, row = errors.splitlines()
    assert header == "line,column,reason,row"
    assert row.startswith("3,opened_at,") and '""=1+1""' in row
    index = admin.get("/imports/").content.decode()
    assert f"/imports/runs/{tried.run_id}/errors/" in index
    assert Activity.objects.filter(verb="upload.queued", actor=rae).exists()


def test_it_imports_the_same_file_again_without_adding_anything(tried, page, hand_in):
    page(tried, "start/", go="1")
    import_uploads(tried.company_id)
    hand_in()
    again = Upload.objects.latest("id")
    page(again, kind="tickets", program="", **COLUMNS)
    check_upload(again.id)
    page(again, "start/", go="1")
    import_uploads(again.company_id)

    again.refresh_from_db()
    assert (again.report["added"], again.report["changed"], Ticket.objects.count()) == (0, 0, 2)


def test_it_takes_a_double_click_for_one(tried, page):
    first, second = (page(tried, "start/", go="1") for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert "This cannot be done with a file whose state is “Waiting”." in page(tried)
    assert Activity.objects.filter(verb="upload.queued").count() == 1


def test_it_goes_back_to_the_columns_and_keeps_them(tried, page):
    page(tried, "columns/", go="1")

    assert '<option value="subject" selected>' in page(tried)


def test_it_goes_on_in_pieces(tried, page, monkeypatch, rae):
    monkeypatch.setattr(uploads, "PIECE", 0)
    monkeypatch.setattr("customers.imports.kinds.Tickets.batch", 1)
    queue_upload(actor=rae, upload=tried)
    states = []
    for _ in range(5):
        more = uploads.import_next(tried.company_id)
        tried.refresh_from_db()
        states.append((tried.state, tried.rows_done))
        if not more:
            break

    assert states == [("running", 1), ("running", 2), ("running", 3), ("done", 3)]
    assert (ImportRun.objects.count(), Ticket.objects.count(), tried.run.rows_refused) == (1, 2, 1)


def test_it_stops_where_it_is_when_it_is_cancelled(tried, page, monkeypatch, rae):
    monkeypatch.setattr(uploads, "PIECE", 0)
    monkeypatch.setattr("customers.imports.kinds.Tickets.batch", 1)
    queue_upload(actor=rae, upload=tried)
    uploads.import_next(tried.company_id)
    assert "1 rows" in page(tried)

    assert page(tried, "cancellation/", go="1").status_code == 302

    assert uploads.import_next(tried.company_id) is False
    tried.refresh_from_db()
    assert (tried.state, tried.run.state, Ticket.objects.count()) == ("cancelled", "failed", 1)
    assert "Cancelled by rae@harbour.example." in page(tried)
    assert "Rows that are in stay." in page(tried)


def test_a_worker_that_is_at_it_hears_of_the_cancellation(tried, monkeypatch, rae):
    monkeypatch.setattr("customers.imports.kinds.Tickets.batch", 1)
    queue_upload(actor=rae, upload=tried)
    whole = uploads._Progress.__call__

    def cancelled(progress, run, share):
        if run.rows_read == 1:
            cancel_upload(actor=rae, upload=tried)
        whole(progress, run, share)

    monkeypatch.setattr(uploads._Progress, "__call__", cancelled)
    import_uploads(tried.company_id)

    tried.refresh_from_db()
    assert (tried.state, tried.run.state, tried.run.message) == (
        "cancelled",
        "failed",
        "Cancelled by rae@harbour.example.",
    )
    assert Ticket.objects.count() == 1


def test_two_of_a_company_go_one_after_the_other(hand_in, page, rae, monkeypatch):
    monkeypatch.setattr(uploads, "PIECE", 0)
    monkeypatch.setattr("customers.imports.kinds.Tickets.batch", 1)
    for number in range(2):
        hand_in(TICKETS.replace(b"T", b"%d" % number), "tickets.csv")
    first, second = Upload.objects.order_by("id")
    for upload in (first, second):
        page(upload, kind="tickets", program="", **COLUMNS)
        check_upload(upload.id)
        queue_upload(actor=rae, upload=Upload.objects.get(id=upload.id))
    uploads.import_next(rae.company_id)
    second.refresh_from_db()

    assert second.state == "queued"
    assert "1 import of your company comes first" in page(second)
    while uploads.import_next(rae.company_id):
        pass
    assert set(Upload.objects.values_list("state", flat=True)) == {"done"}


def test_it_says_that_nobody_can_be_at_it_twice(tried, rae):
    queue_upload(actor=rae, upload=tried)
    with one_at_a_time(tried.company_id):
        # Taken again by the same session, as a piece does.
        assert uploads.import_next(tried.company_id) is False
    tried.refresh_from_db()
    assert tried.state == "done"


def test_it_gives_up_what_fails_again_and_again(tried, rae, monkeypatch):
    queue_upload(actor=rae, upload=tried)

    def broken(*_args, **_options):
        raise RuntimeError("a bug")

    monkeypatch.setattr(uploads, "import_file", broken)
    for _ in range(uploads.MOST_TRIES):
        with pytest.raises(RuntimeError):
            uploads.import_next(tried.company_id)
    uploads.import_next(tried.company_id)

    tried.refresh_from_db()
    assert tried.state == "failed"
    assert "not because of the file" in tried.message


def test_it_finds_what_nobody_is_at(tried, rae, monkeypatch):
    sent = []
    monkeypatch.setattr(uploads, "send", lambda *what: sent.append(what))
    queue_upload(actor=rae, upload=tried)
    uploads.continue_stale()
    Upload.objects.update(state="running", beat_at=clock.now())
    uploads.continue_stale()
    Upload.objects.update(beat_at=clock.now() - uploads.STALE * 2)
    uploads.continue_stale()
    Upload.objects.update(state="checking")
    uploads.continue_stale()

    assert sent == [("customers.tasks.import_uploads", rae.company_id)] * 2 + [
        ("customers.tasks.check_upload", tried.id)
    ]


def test_it_forgets_files_that_have_served(tried, rae, var):
    queue_upload(actor=rae, upload=tried)
    import_uploads(tried.company_id)
    Upload.objects.update(finished_at=clock.now() - uploads.KEPT * 2)

    uploads.forget_old()

    tried.refresh_from_db()
    assert (tried.path, list((var / "imports" / "uploads").iterdir())) == ("", [])
    assert "columns" not in tried.report


# --- Other programs -----------------------------------------------------------------------------------------------


def test_it_knows_an_export_by_its_columns_and_looks_things_up(admin, page):
    tickets = b"id,created_at,requester_id,assignee_id,status,external_id\n7,2026-03-01 10:00:00,1,2,new,zz\n"
    users = b"id,email\n1,jo@client.example\n2,ana@harbour.example\n"
    files = [SimpleUploadedFile("ticket_data.csv", tickets), SimpleUploadedFile("user_data.csv", users)]
    assert admin.post("/imports/new/", {"file": files}).status_code == 302
    upload = Upload.objects.get(file_name="ticket_data.csv")
    text = page(upload)
    assert "came with it" in text
    assert '<option value="zendesk" selected>' in text

    columns = ["external_id", "opened_at", "", "", "status", ""]
    page(upload, kind="tickets", program="zendesk", **{f"column_{n}": name for n, name in enumerate(columns)})
    check_upload(upload.id)
    queue_upload(actor=upload.actor, upload=Upload.objects.get(id=upload.id))
    import_uploads(upload.company_id)

    ticket = Ticket.objects.get()
    assert (ticket.external_id, ticket.requester_email, ticket.status) == ("7", "jo@client.example", "open")
    assert ticket.assignee.email == "ana@harbour.example"
    assert not Upload.objects.filter(state="uploaded").exists()


# --- Hostile files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        ("Größe,a\n".encode("latin-1"), "not UTF-8"),
        ("a,b\n".encode("utf-16-le"), "NUL characters"),
        (b"a,A\n1,2\n", "names the column “a” twice"),
        (b"\x1f\x8b\x08broken", "The file is broken"),
        (gzip.compress(bytes(60_000_000)), "more than 300 times its size"),
        (b"PK\x03\x04 is no workbook", "not an XLSX file"),
        (b'{"\\ud800": 1}\n', "not UTF-8"),
        (b"{" * 100_000, "not a JSON object"),
        (",".join(f"c{n}" for n in range(301)).encode(), "more than 300 columns"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(hand_in, var, content, words):
    answer = hand_in(content)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Upload.objects.exists()
    folder = var / "imports" / "uploads"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("../../etc/passwd", ".csv"), ("tickets.xlsx", ".csv"), ("a\0b.csv", ".csv"), ("<b>x</b>.csv", ".csv")],
)
def test_it_goes_by_the_content_and_by_no_name(hand_in, var, name, suffix, admin):
    assert hand_in(b"a,b\n1,2\n", name).status_code == 302

    upload = Upload.objects.get()
    path = (var / upload.path).resolve()
    assert path.parent.parent == (var / "imports" / "uploads").resolve()
    assert path.suffix == suffix
    assert "<b>" not in admin.get(f"/imports/{upload.id}/").content.decode()


def test_it_reads_a_workbook_with_links_to_others(hand_in, page, rae):
    hand_in(
        as_xlsx([["external_id", "opened_at"], ["='[http://x.example/a.xlsx]S'!A1", "2026-03-01"]]), "t.bin"
    )
    upload = Upload.objects.get()

    assert upload.path.endswith(".xlsx")
    assert upload.report["columns"][0]["name"] == "external_id"


def test_it_survives_ten_thousand_bad_rows(hand_in, page, admin, rae):
    hand_in(b"external_id,opened_at\n" + b"".join(b"=T%d,never\n" % n for n in range(10_000)))
    upload = Upload.objects.get()
    page(upload, kind="tickets", program="", column_0="external_id", column_1="opened_at")
    check_upload(upload.id)
    queue_upload(actor=rae, upload=Upload.objects.get())
    import_uploads(upload.company_id)

    upload.refresh_from_db()
    assert (upload.state, upload.report["refused"], len(upload.report["first_refused"])) == (
        "done",
        10_000,
        20,
    )
    assert len(page(upload)) < 100_000
    lines = b"".join(admin.get(f"/imports/runs/{upload.run_id}/errors/").streaming_content).splitlines()
    assert len(lines) == 10_001


def test_it_takes_no_more_than_the_installation_allows(hand_in, settings):
    settings.UPLOAD_MAX_BYTES = 20
    assert "This is more than" in hand_in(b"a,b\n" + b"1,2\n" * 100).content.decode()
    assert hand_in(b"a,b\n" + b"1,2\n" * 500_000).status_code == 400


# --- Who may ------------------------------------------------------------------------------------------------------


def test_it_does_not_show_another_company_s_files(tried, client, zed):
    client.force_login(a_member(zed.company, "Rae", "admin").user)
    for path in ("", "start/", "columns/", "cancellation/"):
        address = f"/imports/{tried.id}/{path}"
        assert (client.get(address) if not path else client.post(address)).status_code == 404
    assert "In progress" not in client.get("/imports/").content.decode()

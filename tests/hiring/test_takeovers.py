"""Tables of Greenhouse and Lever in the browser: handed in, tried without writing, imported, taken away."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Activity
from customers.imports.engine import one_at_a_time
from hiring.actions.erasure import erase_candidate
from hiring.imports import takeovers
from hiring.models import Candidate, Scorecard, Takeover
from tests.factories import a_member

from .test_import import GREENHOUSE, LEVER, fill

pytestmark = pytest.mark.django_db
URL = "/hiring/import/"


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


def tables(tmp_path, format: str, rows: dict) -> list[SimpleUploadedFile]:
    folder = tmp_path / f"export-{format}"
    folder.mkdir(exist_ok=True)
    return [
        SimpleUploadedFile(file.name, file.read_bytes())
        for file in sorted(fill(folder, format, rows).iterdir())
    ]


def packed(files: list[SimpleUploadedFile], folder: str = "export/") -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            archive.writestr(folder + file.name, file.read())
            file.seek(0)
    return SimpleUploadedFile("export.zip", out.getvalue())


def folders(var) -> list:
    return [*(var / "hiring/imports").glob("*")]


def test_it_is_tried_then_imported_and_taken_away(client, rae, lee, var, tmp_path):
    client.force_login(rae.user)
    assert client.get(URL).status_code == 200
    extra = SimpleUploadedFile("../../tags.csv", b"id\n1\n")
    zipped = packed([*tables(tmp_path, "greenhouse", GREENHOUSE), extra])
    answer = client.post(URL, {"format": "greenhouse", "file": [zipped]})
    takeover = Takeover.objects.get()
    page = f"{URL}{takeover.id}/"
    assert answer["Location"] == page and "Trying the tables out" in client.get(page).content.decode()
    assert client.get(page, headers={"HX-Request": "true"}).content.decode().lstrip().startswith("<div id=")

    takeovers.work_on(takeover.id)
    assert not Candidate.objects.exists()
    shown = client.get(page).content.decode()
    for words in (
        "What would be made",
        "scorecard_attribute.csv:5",
        "is no rating that is known",
        "tags.csv",
    ):
        assert words in shown
    for _ in range(2):
        assert client.post(page + "start/").status_code == 302
    takeovers.work_on(takeover.id)
    assert (Candidate.objects.count(), Scorecard.objects.count()) == (3, 2)
    shown = client.get(page).content.decode()
    assert "Imported. The tables were removed again." in shown and "application.csv:4" in shown
    assert folders(var) == []
    takeovers.work_on(takeover.id)
    assert Activity.objects.filter(verb="hiring.imported").count() == 1
    assert Activity.objects.get(verb="hiring.imported").actor == rae
    late = client.post(page + "cancellation/", follow=True).content.decode()
    assert "at work or over" in late and "Imported." in late


def test_it_takes_single_files_and_says_what_it_cannot_take(client, rae, var, tmp_path):
    client.force_login(rae.user)
    files = tables(tmp_path, "lever", LEVER)
    twice = [files[0], SimpleUploadedFile(files[0].name, b"id\n")]
    bomb = packed([SimpleUploadedFile(f"x{n}.csv", b"") for n in range(takeovers.MOST_ENTRIES + 1)])
    for sent, words in (
        ([], "Choose a file"),
        ([SimpleUploadedFile("notes.txt", b"hello")], "None of these files is a table of Lever"),
        ([SimpleUploadedFile("x.zip", packed(files).read()[:-40])], "None of these files"),
        (twice, "is there twice"),
        ([bomb], "more than is taken at once"),
    ):
        refused = client.post(URL, {"format": "lever", "file": sent})
        assert refused.status_code == 422 and words in refused.content.decode()
    assert client.post(URL, {"format": "taleo", "file": files}).status_code == 422
    assert folders(var) == [] and not Takeover.objects.exists()

    for file in files:
        file.seek(0)
    client.post(URL, {"format": "lever", "file": files})
    takeover = Takeover.objects.get()
    takeovers.work_on(takeover.id)
    client.post(f"{URL}{takeover.id}/cancellation/")
    takeover.refresh_from_db()
    assert (takeover.state, folders(var)) == ("cancelled", [])
    assert "Cancelled by" in client.get(f"{URL}{takeover.id}/").content.decode()
    client.post(f"{URL}{takeover.id}/start/")
    takeovers.work_on(takeover.id)
    assert not Candidate.objects.exists()


def test_it_is_for_admins_of_the_company(client, rae, mo, zed, tmp_path):
    client.force_login(rae.user)
    client.post(URL, {"format": "lever", "file": tables(tmp_path, "lever", LEVER)})
    page = f"{URL}{Takeover.objects.get().id}/"
    for member, status in ((mo, 403), (a_member(zed.company, "Ada", "admin"), 404)):
        client.force_login(member.user)
        assert client.get(page).status_code == client.post(page + "start/").status_code == status
        assert client.post(page + "cancellation/").status_code == status


def test_it_goes_on_after_a_worker_was_killed(rae, tmp_path, var, set_clock):
    set_clock("2026-11-25T10:00")
    takeover = takeovers.receive(rae, "lever", tables(tmp_path, "lever", LEVER))
    Takeover.objects.update(state="running", tries=1)
    takeovers.work_on(takeover.id)
    takeover.refresh_from_db()
    assert takeover.state == "done" and Candidate.objects.count() == 2
    again = takeovers.receive(rae, "lever", tables(tmp_path, "lever", LEVER))
    Takeover.objects.filter(id=again.id).update(tries=takeovers.MOST_TRIES)
    takeovers.work_on(again.id)
    again.refresh_from_db()
    assert again.state == "failed" and "again and again" in again.message and folders(var) == []

    left = takeovers.receive(rae, "lever", tables(tmp_path, "lever", LEVER))
    with one_at_a_time(rae.company_id):
        takeovers.work_on(left.id)
    left.refresh_from_db()
    assert left.state == "checked" and left.report["counts"]["candidates"] == {"added": 0, "changed": 0}
    set_clock(left.created_at + timedelta(days=3))
    takeovers.forget_old()
    left.refresh_from_db()
    assert left.state == "cancelled" and folders(var) == []
    set_clock(left.created_at + timedelta(days=30))
    takeovers.forget_old()
    assert all("refused" not in each.report for each in Takeover.objects.all())


def test_an_erasure_reaches_what_was_told_of_refused_lines(rae, tmp_path):
    bad = LEVER | {"interview": [LEVER["interview"][1] | {"duration": "noor@people.example"}]}
    takeover = takeovers.receive(rae, "lever", tables(tmp_path, "lever", bad))
    Takeover.objects.update(state="queued")
    takeovers.work_on(takeover.id)
    takeover.refresh_from_db()
    assert "noor@people.example" in str(takeover.report)
    erase_candidate(actor=rae, candidate=Candidate.objects.get(email="noor@people.example"))
    takeover.refresh_from_db()
    assert takeover.report == {}

"""A file with bad rows, in a real browser: handed in, tried, imported while nobody looks, its error file fetched."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from customers.actions.uploads import queue_upload
from customers.imports import uploads
from customers.models import Ticket, Upload

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(tmp_path, settings) -> Path:
    settings.VAR = tmp_path
    path = tmp_path / "tickets-march.csv"
    rows = "".join(f"T{n},{'never' if n % 3 == 0 else '2026-03-01T10:00Z'},Hello {n},low\n" for n in range(9))
    path.write_text(f"external_id,opened_at,Topic,Urgency\n{rows}")
    return path


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def hand_in(page: Page, file: Path) -> Upload:
    page.goto("/imports/")
    page.get_by_role("link", name="Import files").first.click()
    page.get_by_label("Files").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(file.name)
    return Upload.objects.latest("id")


def test_a_file_with_bad_rows_comes_in_while_nobody_looks(page, come_in, rae, file):
    come_in(rae)
    upload = hand_in(page, file)
    page.get_by_label("topic").select_option("subject")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Trying")).to_be_visible()

    uploads.try_out(Upload.objects.get(id=upload.id))
    # The page hears of it by itself.
    expect(page.get_by_role("heading", name="What the 9 rows would do")).to_be_visible()
    expect(page.get_by_role("cell", name="“never” is not an ISO 8601 time").first).to_be_visible()
    assert Ticket.objects.count() == 0

    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="wait for their turn")).to_be_visible()
    page.goto("/profile/")
    while uploads.import_next(rae.company_id):
        pass
    page.goto("/imports/")
    page.get_by_role("link", name="3 refused rows of tickets-march.csv").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="3 refused rows of tickets-march.csv").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "line,column,reason,row"
    assert len(lines) == 4
    assert Ticket.objects.count() == 6


def test_the_kind_changes_the_columns_without_a_reload(page, come_in, rae, file):
    come_in(rae)
    hand_in(page, file)
    page.get_by_label("The file holds").select_option("contacts")

    expect(page.get_by_label("topic").locator("option[value=phone]")).to_have_count(1)
    expect(page.get_by_label("topic").locator("option[value=subject]")).to_have_count(0)


def test_a_file_that_is_too_large_is_told_before_it_is_sent(page, come_in, rae, file, settings):
    settings.UPLOAD_MAX_BYTES = 50
    come_in(rae)
    page.goto("/imports/new/")
    page.get_by_label("Files").set_input_files(file)

    expect(page.get_by_role("alert")).to_contain_text("This is more than 50")
    page.get_by_role("button", name="Upload").click()
    assert page.url.endswith("/imports/new/")
    assert not Upload.objects.exists()


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_step_is_sound(page, come_in, rae, file, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)
    come_in(rae)

    def look(name: str) -> None:
        check_access()
        assert fits(page), name

    page.goto("/imports/")
    look("empty")
    page.goto("/imports/new/")
    look("new")
    upload = hand_in(page, file)
    look("columns")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Trying")).to_be_visible()
    look("checking")
    uploads.try_out(Upload.objects.get(id=upload.id))
    expect(page.get_by_role("heading", name="would do")).to_be_visible()
    look("trial")
    queue_upload(actor=rae, upload=Upload.objects.get(id=upload.id))
    Upload.objects.filter(id=upload.id).update(state="running", share=0.4, rows_done=1234)
    page.reload()
    look("running")
    page.goto("/imports/")
    look("index-running")
    Upload.objects.filter(id=upload.id).update(state="queued")
    while uploads.import_next(rae.company_id):
        pass
    page.goto(f"/imports/{upload.id}/")
    look("done")
    page.goto("/imports/")
    look("index")

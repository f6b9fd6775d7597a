"""Training that was recorded elsewhere: a certificate a row, once, and bad rows by name."""

from datetime import date

import pytest

from tests.metrics.importing import import_rows
from tests.playbooks.making import a_playbook
from training.models import Certificate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


def rows(*changes: dict) -> dict[str, list[dict]]:
    good = {"email": "ana@harbour.example", "playbook": "Duplicate charge", "certified_on": "2026-02-03"}
    return {"training_records": [good | change for change in changes]}


def test_a_row_is_a_certificate_and_never_two(ana, lee, mo, harbour, tmp_path):
    a_playbook(lee, mo)
    given = rows({}, {"level": "coach", "valid_until": "2026-12-31"}, {})
    for number in range(2):
        report = import_rows(harbour, given, tmp_path / str(number))["training_records"]
        assert report.refused == 0
    told = Certificate.objects.order_by("id").values_list("member__name", "level", "until", "issued_by")
    assert list(told) == [
        ("Ana", "independent", date(2027, 2, 3), None),
        ("Ana", "coach", date(2026, 12, 31), None),
    ]
    assert {harbour.zones().day(each.issued_at) for each in Certificate.objects.all()} == {date(2026, 2, 3)}


@pytest.mark.parametrize(
    "change",
    [
        {"playbook": "Nothing of ours"},
        {"email": "no"},
        {"level": "expert"},
        {"certified_on": "2026-03-21"},
        {"certified_on": "soon"},
        {"valid_until": "2026-02-02"},
        {"words": "x" * 2001},
    ],
)
def test_a_bad_row_stays_out(ana, lee, mo, harbour, tmp_path, change):
    a_playbook(lee, mo)
    report = import_rows(harbour, rows(change, {}), tmp_path)["training_records"]
    assert (report.refused, report.added) == (1, 1)
    assert Certificate.objects.count() == 1


def test_another_company_s_playbook_is_not_found(zed, ana, lee, mo, harbour, tmp_path):
    a_playbook(lee, mo)
    report = import_rows(zed.company, rows({}), tmp_path)["training_records"]
    assert report.refused == 1 and not Certificate.objects.exists()

"""The product against the oracle on generated records: files in, figures out, equal to the digit.

METRICS_SEEDS widens the search (default 1 seed a scene).
"""

import os
from collections import Counter
from datetime import date

import pytest

from accounts.models import CompanyZone
from metrics.models import Dirty
from tests.factories import a_company
from tests.oracle import Oracle, build

from . import nasty
from .compare import assert_proven, assert_same, snapshot
from .importing import import_folder, import_rows, settle, write_files
from .reading import wrong_answers

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("METRICS_SEEDS", "1")))
CASES = [
    pytest.param(seed, scene, id=f"{scene.name}-{scene.night:%Y%m%d}-{seed}")
    for scene in nasty.SCENES
    for seed in SEEDS
]


@pytest.fixture
def company_of(set_clock):
    """A company of a scene, at the scene's present."""

    def make(scene: nasty.Scene):
        set_clock(scene.now)
        company = a_company("nasty", scene.zones[0][1])
        for valid_from, zone in scene.zones[1:]:
            CompanyZone.objects.create(company=company, valid_from=valid_from, zone=zone)
        return company

    return make


def oracle_of(rows: dict[str, list[dict]], scene: nasty.Scene) -> Oracle:
    return Oracle(build(rows, scene.zones), scene.zones, now=scene.now)


def refused(reports) -> Counter:
    return Counter({kind: report.refused for kind, report in reports.items() if report.refused})


@pytest.mark.parametrize(("seed", "scene"), CASES)
def test_it_counts_what_the_oracle_counts(seed, scene, company_of, tmp_path):
    rows = nasty.records(seed, scene)
    company, oracle = company_of(scene), oracle_of(rows, scene)
    reports = import_rows(company, rows, tmp_path)
    assert refused(reports) == Counter(refusal.kind for refusal in oracle.records.refused)
    assert_same(company, oracle)
    assert_proven(company)


@pytest.mark.parametrize(("seed", "scene"), CASES[:: 4 * len(SEEDS)])
def test_it_answers_what_the_oracle_answers(seed, scene, company_of, tmp_path):
    rows = nasty.records(seed + 1000, scene)
    company, oracle = company_of(scene), oracle_of(rows, scene)
    import_rows(company, rows, tmp_path)
    assert wrong_answers(company, oracle, periods(scene)) == []


def periods(scene: nasty.Scene) -> list[tuple[date, date]]:
    """From the month before up to the present, and some days around the night."""
    night = scene.night.date()
    whole = ((night.replace(day=1) - nasty.DAY).replace(day=1), scene.now.date())
    return [whole, (night - 3 * nasty.DAY, night + 6 * nasty.DAY)]


@pytest.mark.parametrize(("seed", "scene"), CASES[1 :: 3 * len(SEEDS)])
def test_it_adds_nothing_when_the_same_files_come_again(seed, scene, company_of, tmp_path):
    rows = nasty.records(seed, scene)
    company = company_of(scene)
    import_rows(company, rows, tmp_path)
    before = snapshot(company)
    again = import_folder(company, tmp_path)
    assert {
        kind: (report.added, report.changed)
        for kind, report in again.items()
        if report.added or report.changed
    } == {}
    assert not Dirty.objects.filter(company=company).exists()
    assert snapshot(company) == before


@pytest.mark.parametrize(("seed", "scene"), CASES[2 :: 3 * len(SEEDS)])
def test_it_adds_only_what_is_new_in_longer_successors(seed, scene, company_of, tmp_path):
    rows = nasty.records(seed, scene)
    company, oracle = company_of(scene), oracle_of(rows, scene)
    begun = {
        kind: of_kind if kind == "people" else of_kind[: len(of_kind) // 2] for kind, of_kind in rows.items()
    }
    import_rows(company, begun, tmp_path / "begun")
    assert_same(company, oracle_of(begun, scene))
    import_folder(company, write_files(tmp_path / "whole", rows))
    settle(company)
    assert_same(company, oracle)
    assert_proven(company)

"""Rows into the product: written to files, imported in the order of the kinds, settled."""

import csv
from pathlib import Path

from accounts.models import Company
from accounts.outbox import react_once
from customers.imports.engine import Report, import_file, plan
from metrics import rollup, timers


def write_files(folder: Path, rows_by_kind: dict[str, list[dict]]) -> Path:
    """One CSV file a kind; a row has any of the columns, each file all that one of its rows has."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in rows_by_kind.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def import_folder(company: Company, folder: Path) -> dict[str, Report]:
    """{kind: what came of its file}; a file that cannot be read to its end is an error here."""
    known, _unknown = plan([folder])
    reports = {kind: import_file(company, path, kind) for kind, path in known}
    assert not [report.failure for report in reports.values() if report.failure]
    return reports


def settle(company: Company) -> None:
    """Lets time and workers do what is left: reactions, timers, marks."""
    while react_once():
        pass
    timers.fire_due()
    rollup.drain(company.id)


def import_rows(company: Company, rows_by_kind: dict[str, list[dict]], folder: Path) -> dict[str, Report]:
    reports = import_folder(company, write_files(folder, rows_by_kind))
    settle(company)
    return reports

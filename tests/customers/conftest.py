"""Files for the importer: written to a folder of the test's own, imported into Harbour & Pine."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from openpyxl import Workbook

from customers.imports.engine import Report, import_file, kind_of
from customers.imports.mapping import Mapping

NOW = "2026-03-20T12:00"


@pytest.fixture
def now(set_clock):
    return set_clock(NOW)


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    """Where the test's files lie; what the importer writes goes beside it."""
    settings.VAR = tmp_path / "var"
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def load(now, harbour, folder) -> Callable[..., Report]:
    """Imports one file: load("tickets.csv", "external_id,...") with text, bytes, rows or a path."""

    def imported(name: str, content: Any = None, **options: Any) -> Report:
        path = write(folder / name, content) if content is not None else folder / name
        if "mapping" in options:
            options["mapping"] = Mapping.read(options["mapping"])
        return import_file(harbour, path, options.pop("kind", "") or kind_of(name), **options)

    return imported


def write(path: Path, content: Any) -> Path:
    """Text, bytes, or rows ({column: value}) as the name of the file says."""
    if isinstance(content, list):
        content = in_form(path.name.removesuffix(".gz"), content)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(gzip.compress(content) if path.name.endswith(".gz") else content)
    return path


def in_form(name: str, rows: list[dict]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if name.lower().endswith(".xlsx"):
        return as_xlsx([columns, *([row.get(column) for column in columns] for row in rows)])
    if name.endswith((".jsonl", ".ndjson")):
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[list]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def refusals(report: Report) -> list[tuple[int, str, str]]:
    """(line, column, reason) of the rows in the error file."""
    if not report.error_file:
        return []
    csv.field_size_limit(100_000_000)
    with Path(report.error_file).open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["column"], row["reason"]) for row in csv.DictReader(file)]


def counts() -> dict[str, int]:
    """How many rows every table of ours holds."""
    models = [
        model
        for app in ("accounts", "customers", "metrics")
        for model in apps.get_app_config(app).get_models()
    ]
    return {model._meta.db_table: model._default_manager.count() for model in models}

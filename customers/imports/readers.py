"""Rows of a CSV, XLSX or JSON lines file, plain or gzip, one at a time: memory does not grow with the file."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

SUFFIXES = (".csv", ".xlsx", ".jsonl", ".ndjson")
# Longer than any column takes, so that a cell that is too long refuses its row and not the file.
LONGEST_CELL = 16_000_000
RawRow = tuple[int, dict[str, str] | None, str]


class Unreadable(Exception):
    """The file cannot be read, or not to its end; str() says why in words."""


@contextmanager
def rows_of(path: Path) -> Iterator[tuple[list[str], Iterator[RawRow], "Meter"]]:
    """(header, rows, meter) of a file. A row is (line, cells, what is wrong with it); cells is None if it has no shape.

    Raises Unreadable, also from the iterator when the file breaks off.
    """
    with path.open("rb") as raw:
        meter = Meter(raw, max(path.stat().st_size, 1))
        name = path.name.lower()
        stream = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw
        name = name.removesuffix(".gz")
        reader = {".xlsx": _xlsx, ".jsonl": _json_lines, ".ndjson": _json_lines}.get(Path(name).suffix, _csv)
        header, rows = _whole(reader, stream)
        yield header, _watched(rows), meter


class Meter:
    """How much of the file has been read, from 0 to 1."""

    def __init__(self, raw: IO[bytes], size: int):
        self.raw, self.size = raw, size

    def share(self) -> float:
        return min(self.raw.tell() / self.size, 1.0) if not self.raw.closed else 1.0


# A SyntaxError is one of the XML inside a workbook.
_BROKEN = (EOFError, OSError, zlib.error, BadZipFile, csv.Error, KeyError, SyntaxError)


def _whole(reader, stream) -> tuple[list[str], Iterator[RawRow]]:
    try:
        header, rows = reader(stream)
    except UnicodeDecodeError as error:
        raise Unreadable(_("The header is not UTF-8.")) from error
    except _BROKEN as error:
        raise Unreadable(_("The file is broken: %(why)s.") % {"why": error}) from error
    names = [name.strip().lower() for name in header]
    if not any(names):
        raise Unreadable(_("The file is empty: a header row with the names of the columns is missing."))
    if any("\0" in name for name in names):
        raise Unreadable(_("The header holds NUL characters; save the file as UTF-8."))
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise Unreadable(_("The header names the column “%(column)s” twice.") % {"column": doubled[0]})
    return names, rows


def _watched(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    line = 1
    try:
        for row in rows:
            line = row[0]
            yield row
    except _BROKEN as error:
        raise Unreadable(
            _("The file breaks off after line %(line)s: %(why)s.") % {"line": line, "why": error}
        ) from error


def _text(stream) -> io.TextIOWrapper:
    # Bytes that are not UTF-8 come through as lone surrogates, so that one bad cell refuses one row.
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _csv(stream) -> tuple[list[str], Iterator[RawRow]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_text(stream), strict=True)
    header = next(reader, [])
    if any(not _is_clean(name) for name in header):
        raise UnicodeDecodeError("utf-8", b"", 0, 1, "header")
    return header, _csv_rows(reader, [name.strip().lower() for name in header])


def _csv_rows(reader, names: list[str]) -> Iterator[RawRow]:
    for cells in reader:
        if not cells:
            continue
        wrong = ""
        if len(cells) != len(names):
            wrong = _("The row has %(cells)s cells, the header has %(columns)s.") % {
                "cells": len(cells),
                "columns": len(names),
            }
        yield reader.line_num, dict(zip(names, cells, strict=False)), wrong


def _json_lines(stream) -> tuple[list[str], Iterator[RawRow]]:
    """Every line an object; the header is that of the first line, later lines may have more names."""
    lines = enumerate(_text(stream), start=1)
    first = next(((number, text) for number, text in lines if text.strip()), None)
    if first is None:
        return [], iter(())
    row = _json_row(*first)
    if row[1] is None:
        raise Unreadable(_("Line 1 is not a JSON object."))

    def rest() -> Iterator[RawRow]:
        yield row
        for number, text in lines:
            if text.strip():
                yield _json_row(number, text)

    return list(row[1]), rest()


def _json_row(number: int, text: str) -> RawRow:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return number, None, _("The line is not JSON.")
    if not isinstance(values, dict):
        return number, None, _("The line is not a JSON object.")
    return number, {str(name).strip().lower(): _cell(value) for name, value in values.items()}, ""


def _xlsx(stream) -> tuple[list[str], Iterator[RawRow]]:
    data = (
        stream if stream.seekable() and not isinstance(stream, gzip.GzipFile) else io.BytesIO(stream.read())
    )
    try:
        sheet = load_workbook(data, read_only=True, data_only=True).active
    except (BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise Unreadable(_("This is not an XLSX file.")) from error
    if not hasattr(sheet, "iter_rows"):
        raise Unreadable(_("The first sheet of the workbook holds no rows."))
    rows = sheet.iter_rows(values_only=True)
    header = [_cell(value) for value in next(rows, ())]
    while header and not header[-1]:
        header.pop()
    names = [name.strip().lower() for name in header]

    def rest() -> Iterator[RawRow]:
        for number, values in enumerate(rows, start=2):
            cells = [_cell(value) for value in values[: len(names)]]
            if any(cells):
                yield number, dict(zip(names, cells, strict=False)), ""

    return header, rest()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(_cell(item) for item in value)
    return str(value)


def _is_clean(text: str) -> bool:
    return text.isprintable() or all(char < "\ud800" or char > "\udfff" for char in text)

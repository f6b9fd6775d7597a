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
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

SUFFIXES = (".csv", ".xlsx", ".jsonl", ".ndjson")
# Longer than any column takes, so that a cell that is too long refuses its row and not the file.
LONGEST_CELL = 16_000_000
LONGEST_LINE = 64_000_000
# What unpacks to more than this, and to so many times its own size, was made to fill a disk or a memory.
UNPACKED_FREELY = 50_000_000
MOST_UNPACKED = 300
LARGEST_WORKBOOK = 500_000_000
RawRow = tuple[int, dict[str, str] | None, str]


class Unreadable(Exception):
    """The file cannot be read, or not to its end; str() says why in words."""


def suffix_of(path: Path) -> str:
    """How the file should be read, told by its first bytes, whatever it is called: ".csv", ".xlsx.gz" and so on."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        try:
            start = (Unpacked(raw) if packed else raw).read(4_096)
        except (OSError, EOFError, zlib.error):
            start = b""
    if start.startswith(b"PK\x03\x04"):
        suffix = ".xlsx"
    else:
        suffix = ".jsonl" if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else ".csv"
    return suffix + (".gz" if packed else "")


@contextmanager
def rows_of(path: Path) -> Iterator[tuple[list[str], Iterator[RawRow], "Meter"]]:
    """(header, rows, meter) of a file. A row is (line, cells, what is wrong with it); cells is None if it has no shape.

    Raises Unreadable, also from the iterator when the file breaks off.
    """
    with path.open("rb") as raw:
        meter = Meter(raw, max(path.stat().st_size, 1))
        name = path.name.lower()
        stream = Unpacked(raw) if name.endswith(".gz") else raw
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


class Unpacked(gzip.GzipFile):
    """A gzip file that stops when it turns out to be a bomb."""

    def __init__(self, raw: IO[bytes]):
        super().__init__(fileobj=raw)
        self.packed = raw

    def read1(self, size: int = -1) -> bytes:
        return self._counted(super().read1(size))

    def read(self, size: int | None = -1) -> bytes:
        return self._counted(super().read(size))

    def _counted(self, data: bytes) -> bytes:
        check_unpacked(self.tell(), self.packed.tell())
        return data


def check_unpacked(size: int, packed: int) -> None:
    """Raises OSError where so little became so much."""
    if size > UNPACKED_FREELY and size > MOST_UNPACKED * packed:
        raise OSError(_("it unpacks to more than %(times)s times its size") % {"times": MOST_UNPACKED})


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
    if not all(is_clean(name) for name in names):
        raise Unreadable(_("The header is not UTF-8."))
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


def _lines(stream) -> Iterator[str]:
    text = _text(stream)
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(_("a line is longer than %(longest)s characters") % {"longest": LONGEST_LINE})
        yield line


def _csv(stream) -> tuple[list[str], Iterator[RawRow]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(_lines(stream), strict=True)
    header = next(reader, [])
    if any(not is_clean(name) for name in header):
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
    lines = enumerate(_lines(stream), start=1)
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
    data = io.BytesIO(stream.read(LARGEST_WORKBOOK)) if isinstance(stream, Unpacked) else stream
    try:
        _check_workbook(data)
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


def _check_workbook(data: IO[bytes]) -> None:
    """Its parts must not unpack to what no memory holds. What a part says of its size is kept by the reader."""
    with ZipFile(data) as archive:
        size = sum(part.file_size for part in archive.infolist())
        packed = sum(part.compress_size for part in archive.infolist())
    if size > LARGEST_WORKBOOK:
        raise Unreadable(_("The workbook is too large; save the sheet as CSV."))
    try:
        check_unpacked(size, packed)
    except OSError as error:
        raise Unreadable(_("The file is broken: %(why)s.") % {"why": error}) from error


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


def is_clean(text: str) -> bool:
    """Whether PostgreSQL and JSON take a text: no lone surrogates in it."""
    return text.isprintable() or all(char < "\ud800" or char > "\udfff" for char in text)

"""A checked row, and how rows without an external_id are told apart."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from .columns import BadCell, Column, Frame


@dataclass(slots=True)
class Row:
    """A row whose cells are values; `given` are the columns that it has, if only with an empty cell."""

    line: int
    values: dict[str, Any]
    given: frozenset[str]
    cells: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def fills(self, fields: Mapping[str, str]) -> set[str]:
        """The fields of {column: field} that this row has something to say of."""
        return {field for column, field in fields.items() if column in self.given}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that stays out, and why."""

    line: int
    column: str
    reason: str
    cells: dict[str, str]


def check(
    line: int, cells: dict[str, str], columns: Iterable[Column], frame: Frame, given: frozenset[str]
) -> Row | Refusal:
    """The row with its values, or what is wrong with the first bad cell."""
    values = {}
    for column in columns:
        cell = cells.get(column.name, "").strip()
        try:
            values[column.name] = _value(cell, column, frame)
        except BadCell as error:
            return Refusal(line, column.name, str(error), cells)
    return Row(line, values, given, cells)


def _value(cell: str, column: Column, frame: Frame) -> Any:
    if "\0" in cell:
        raise BadCell(_("Holds a NUL character."))
    if any("\ud800" <= char <= "\udfff" for char in cell) if not cell.isascii() else False:
        raise BadCell(_("Is not UTF-8."))
    if cell:
        return column.parse(cell, frame)
    if column.required:
        raise BadCell(_("Is empty, but needed."))
    return column.empty.copy() if isinstance(column.empty, list) else column.empty


def digest(kind: str, values: dict[str, Any]) -> str:
    """32 hex digits of the values: the same for the same row in any file, zone or order of columns."""
    parts = [kind]
    for name in sorted(values):
        value = values[name]
        if value in (None, "", []):
            continue
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        parts.append(f"{name}={value}")
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


_COUNT = """
INSERT INTO customers_importseen AS s (run_id, digest, count)
SELECT %s, digest, count FROM unnest(%s::text[], %s::int[]) AS u (digest, count)
ON CONFLICT (run_id, digest) DO UPDATE SET count = s.count + excluded.count
RETURNING digest, s.count
"""


def identities(run_id: int, kind: str, rows: list[Row], prefix: str = "") -> list[str]:
    """What identifies each row: its external_id, else its values and its ordinal among equal rows of the file."""
    digests = [None if row["external_id"] else digest(kind, row.values) for row in rows]
    counts: dict[str, int] = {}
    for value in digests:
        if value:
            counts[value] = counts.get(value, 0) + 1
    seen = {}
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [run_id, list(counts), list(counts.values())])
            seen = {value: total - counts[value] for value, total in cursor.fetchall()}
    found = []
    for row, value in zip(rows, digests, strict=True):
        if value is None:
            found.append(f"{prefix}x:{row['external_id']}")
        else:
            seen[value] += 1
            found.append(f"{prefix}v:{value}:{seen[value]}")
    return found

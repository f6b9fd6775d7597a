"""How another program's file is read: other names, other values, another zone, lookups in files beside it.

{
  "columns": {"Ticket ID": "external_id", "external_id": null},   null leaves a column out
  "values": {"status": {"shut": "closed"}},
  "separators": {"tags": ","},
  "zone": "UTC",                                                  of times without an offset
  "only": {"is_current": ["true"]},                               other rows stay out
  "lookups": [{"column": "assignee_id", "to": "assignee_email",
               "file": "users.csv", "key": "id", "value": "email"}]
}

A lookup fills `to` where it is still empty. `file` may be several names, the first that is there counts. More
keys of a lookup: `take` says which of several values counts (single, the default: none of them; last; earliest;
latest; all; repeats: how many there are beyond the first), `keep` lets the cell itself serve where nothing is
found, `optional` does without the file, `only` picks rows of that file, `when` picks rows of the imported one.
Lookups run in order, after columns and values; one may start from what another has filled in.
"""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .readers import Unreadable, rows_of

SHIPPED = Path(__file__).resolve().parent / "mappings"
# Of the names of a column those values that a row must have; a column that is not there says nothing.
Condition = dict[str, list[str]]
TAKES: dict[str, Callable[[list[str]], str]] = {
    "single": lambda values: values[0] if len({*values}) == 1 else "",
    "last": lambda values: values[-1],
    "earliest": min,
    "latest": max,
    "all": ";".join,
    "repeats": lambda values: str(len({*values}) - 1),
}


@dataclass(frozen=True)
class Lookup:
    """What another file holds under the cell of a column."""

    column: str
    to: str
    files: tuple[str, ...]
    key: str
    value: str
    take: str = "single"
    keep: bool = False
    optional: bool = False
    only: Condition = field(default_factory=dict)
    when: Condition = field(default_factory=dict)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Lookup":
        data = dict(data)
        files = data.pop("file", [])
        files = tuple(str(name) for name in ([files] if isinstance(files, str) else files))
        names: dict[str, Any] = {name: _name(data.pop(name, "")) for name in ("column", "to", "key", "value")}
        conditions: dict[str, Any] = {name: _condition(data.pop(name, {})) for name in ("only", "when")}
        lookup = cls(files=files, **names, **conditions, **data)
        if not files or not all(names.values()):
            raise ValueError("a lookup needs column, to, file, key and value")
        if any(Path(name).name != name for name in files):
            raise ValueError("a lookup's file is a name, without a folder")
        if lookup.take not in TAKES:
            raise ValueError(f"take is one of {', '.join(TAKES)}")
        return lookup

    def path(self, folder: Path) -> Path | None:
        """The file beside the imported one, plain or gzip."""
        found = (folder / name for file in self.files for name in (file, f"{file}.gz"))
        return next((path for path in found if path.is_file()), None)

    def table(self, path: Path) -> dict[str, str]:
        """{key: value} of the file. Raises Unreadable."""
        found: dict[str, list[str]] = {}
        for key, value in self._pairs(path):
            found.setdefault(key, []).append(value)
        take = TAKES[self.take]
        return {key: take(values) for key, values in found.items()}

    def _pairs(self, path: Path) -> Iterator[tuple[str, str]]:
        try:
            with rows_of(path) as (header, rows, _meter):
                for name in (self.key, self.value):
                    if name not in header:
                        raise Unreadable(_("The column “%(column)s” is missing.") % {"column": name})
                for _line, cells, wrong in rows:
                    if wrong or cells is None or not _fits(self.only, cells):
                        continue
                    key, value = _key(cells.get(self.key, "")), cells.get(self.value, "").strip()
                    # Exports may hold hashes in place of addresses: these are nobody's.
                    if key and value and ("@" in value or not self.to.endswith("_email")):
                        yield key, value
        except (OSError, Unreadable) as error:
            raise Unreadable(f"{path.name}: {error}") from error


@dataclass(frozen=True)
class Mapping:
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    lookups: tuple[Lookup, ...] = ()
    separators: dict[str, str] = field(default_factory=dict)
    zone: str = ""
    only: Condition = field(default_factory=dict)
    # The files that lookups go to, by name: what they hold is part of what this mapping makes of a row.
    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def find(cls, path: Path) -> "Mapping":
        """The mapping of a file, or a shipped one of that name. Raises Unreadable."""
        shipped = {file.stem: file for file in sorted(SHIPPED.glob("*.json"))}
        if not path.is_file() and str(path) not in shipped:
            raise Unreadable(
                _("There is no file %(path)s, and no ready mapping of that name. Ready: %(names)s.")
                % {"path": path, "names": ", ".join(shipped)}
            )
        return cls.read(path if path.is_file() else shipped[str(path)])

    @classmethod
    def read(cls, path: Path) -> "Mapping":
        """Raises Unreadable if the file is no such mapping."""
        try:
            return cls.of(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise Unreadable(
                _("%(file)s is not a mapping: %(why)s.") % {"file": path.name, "why": error}
            ) from error

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Mapping":
        """What the text of such a file says. Raises ValueError and the like if it says nothing that can be."""
        unknown = data.keys() - {"columns", "values", "lookups", "separators", "zone", "only"}
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))} means nothing here")
        return cls(
            columns={
                _name(theirs): "" if ours is None else _name(ours)
                for theirs, ours in data.get("columns", {}).items()
            },
            values={
                str(name): {_key(theirs): str(ours) for theirs, ours in pairs.items()}
                for name, pairs in data.get("values", {}).items()
            },
            lookups=tuple(Lookup.of(lookup) for lookup in data.get("lookups", [])),
            separators={
                _name(name): str(separator) for name, separator in data.get("separators", {}).items()
            },
            zone=_zone(data.get("zone", "")),
            only=_condition(data.get("only", {})),
        )

    def column(self, name: str) -> str:
        """Our name of a column; none if the mapping leaves it out."""
        return self.columns.get(name, name)

    def wants(self, cells: dict[str, str]) -> bool:
        return _fits(self.only, cells)

    def cells(self, cells: dict[str, str]) -> dict[str, str]:
        """The row under our names, with our values."""
        if self.columns:
            cells = {ours: cell for name, cell in cells.items() if (ours := self.column(name))}
        found = dict(cells)
        for name, pairs in self.values.items():
            if name in found:
                found[name] = pairs.get(_key(found[name]), found[name])
        for name, separator in self.separators.items():
            if name in found:
                found[name] = found[name].replace(separator, ";")
        return found

    def beside(self, folder: Path) -> "Mapping":
        """This mapping with the files of its lookups that lie in a folder."""
        paths = {path for lookup in self.lookups if (path := lookup.path(folder))}
        return dataclasses.replace(self, digests={path.name: _digest(path) for path in sorted(paths)})

    def signature(self) -> bytes:
        """Changes with everything that changes what becomes of a row."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True).encode()


class Lookups:
    """The lookups of a mapping that this file needs, with their tables in memory. Raises Unreadable."""

    def __init__(self, mapping: Mapping, folder: Path, names: Collection[str], known: Collection[str]):
        self.tables: list[tuple[Lookup, str, dict[str, str]]] = []
        self.given: set[str] = set()
        self.absent: list[str] = []
        self._read: dict[tuple, dict[str, str]] = {}
        for lookup in self._needed(mapping, names, known):
            path = lookup.path(folder)
            file = path.name if path else " / ".join(lookup.files)
            if path is None and not lookup.optional:
                raise Unreadable(
                    _("%(file)s is missing beside the file: “%(column)s” is looked up there for %(to)s.")
                    % {"file": file, "column": lookup.column, "to": lookup.to}
                )
            if path is None:
                self.absent.append(
                    _("%(file)s is not there to look “%(column)s” up for %(to)s")
                    % {"file": file, "column": lookup.column, "to": lookup.to}
                )
            if path or lookup.keep:
                self.tables.append((lookup, file, self._table(lookup, path) if path else {}))
                self.given.add(lookup.to)

    @staticmethod
    def _needed(mapping: Mapping, names: Collection[str], known: Collection[str]) -> list[Lookup]:
        """Those that lead from a column of the file to one of the kind, maybe over others."""
        wanted, leading = set(known), list[Lookup]()
        for lookup in reversed(mapping.lookups):
            if lookup.to in wanted:
                wanted.add(lookup.column)
                leading.insert(0, lookup)
        there, found = set(names), list[Lookup]()
        for lookup in leading:
            if lookup.column in there:
                there.add(lookup.to)
                found.append(lookup)
        return found

    def _table(self, lookup: Lookup, path: Path) -> dict[str, str]:
        """Requesters and assignees come from one file, read once."""
        same = (path, lookup.key, lookup.value, lookup.take, str(lookup.only), lookup.to.endswith("_email"))
        if same not in self._read:
            self._read[same] = lookup.table(path)
        return self._read[same]

    @property
    def used(self) -> set[str]:
        """Columns that serve the lookups."""
        return {name for lookup, *_rest in self.tables for name in (lookup.column, *lookup.when)}

    def fill(self, cells: dict[str, str], remarks: Counter[str]) -> dict[str, str]:
        """The row with what the lookups find."""
        for lookup, file, table in self.tables:
            cell = cells.get(lookup.column, "").strip()
            if not cell or cells.get(lookup.to, "").strip() or not _fits(lookup.when, cells):
                continue
            found = table.get(_key(cell), "")
            cells[lookup.to] = found or (cell if lookup.keep else "")
            if not found and not lookup.optional:
                text = (
                    _("nothing for “%(column)s” in %(file)s, kept as it is")
                    if lookup.keep
                    else _("nothing for “%(column)s” in %(file)s")
                )
                remarks[text % {"column": lookup.column, "file": file}] += 1
        return cells


def _name(text: Any) -> str:
    return str(text).strip().lower()


_key = _name


def _condition(data: dict[str, Any]) -> Condition:
    if any(not isinstance(values, list) for values in data.values()):
        raise ValueError("a condition names a list of values for each column")
    return {_name(name): [_key(value) for value in values] for name, values in data.items()}


def _fits(condition: Condition, cells: dict[str, str]) -> bool:
    return all(name not in cells or _key(cells[name]) in values for name, values in condition.items())


def _zone(name: Any) -> str:
    if not name:
        return ""
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, OSError) as error:
        raise ValueError(f"there is no zone {name}") from error


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # reading it will say what is wrong

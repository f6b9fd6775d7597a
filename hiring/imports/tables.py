"""Tables of an export by name: a folder of CSV, JSON lines or XLSX files, plain or gzip."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

from customers.imports.columns import BadCell, Frame, instant
from customers.imports.columns import email as an_email
from customers.imports.readers import SUFFIXES, Unreadable, is_clean, rows_of

from .records import Bad, Export, Place, Refusal

Made = TypeVar("Made")


@dataclass(frozen=True)
class Row:
    """A row of a table; cells that are not there are empty."""

    place: Place
    cells: dict[str, str]
    frame: Frame

    def __getitem__(self, name: str) -> str:
        cell = self.cells.get(name, "").strip()
        if "\0" in cell or not is_clean(cell):
            raise Bad(name, _("Holds what is no text."))
        return cell

    def needed(self, name: str) -> str:
        if not (cell := self[name]):
            raise Bad(name, _("Is empty, but needed."))
        return cell

    def time(self, *names: str) -> datetime | None:
        """The first of these columns that is filled."""
        for name in names:
            if cell := self[name]:
                try:
                    return instant(cell, self.frame)
                except BadCell as error:
                    raise Bad(name, str(error)) from error
        return None

    def email(self, name: str) -> str:
        """Exports may hold hashes in place of addresses: these are nobody's."""
        try:
            return an_email(self[name], self.frame) if "@" in self[name] else ""
        except BadCell as error:
            raise Bad(name, str(error)) from error

    def is_true(self, name: str) -> bool:
        return self[name].lower() in ("true", "t", "1", "yes")


@dataclass
class Folder:
    path: Path
    frame: Frame
    export: Export = field(default_factory=Export)

    def rows(self, *names: str) -> Iterator[Row]:
        """Rows of the first of these tables that is there, without those that were deleted."""
        file = self._file(names)
        if file is None:
            self.export.remark(_("%(file)s is not there") % {"file": f"{names[0]}.csv"})
            return
        if file.name not in self.export.files:
            self.export.files.append(file.name)
        with rows_of(file) as (_header, rows, _meter):
            for line, cells, wrong in rows:
                place = Place(file.name, line)
                if wrong or cells is None:
                    self.export.refused.append(Refusal(place, "", wrong))
                elif cells.get("_fivetran_deleted", "").lower() != "true":
                    yield Row(place, cells, self.frame)

    def made(self, rows: Iterable[Row], make: Callable[[Row], Made | None]) -> list[Made]:
        """What `make` makes of each row; a row in which something cannot be is refused and the others go on."""
        found = []
        for row in rows:
            try:
                made = make(row)
            except Bad as bad:
                self.export.refused.append(Refusal(row.place, bad.column, str(bad)))
                continue
            if made is not None:
                found.append(made)
        return found

    def table(self, names: tuple[str, ...], key: str, value: str) -> dict[str, str]:
        """{key: value}; of several the first."""
        found: dict[str, str] = {}

        def keep(row: Row) -> None:
            if row[key] and row[value]:
                found.setdefault(row[key], row[value])

        self.made(self.rows(*names), keep)
        return found

    def _file(self, names: tuple[str, ...]) -> Path | None:
        for name in names:
            for stem in (name, f"{name}_data"):
                for suffix in (*SUFFIXES, *(f"{each}.gz" for each in SUFFIXES)):
                    if (file := self.path / f"{stem}{suffix}").is_file():
                        return file
        return None


def folder_of(path: Path, frame: Frame) -> Folder:
    if not path.is_dir():
        raise Unreadable(_("There is no folder %(path)s.") % {"path": path})
    return Folder(path, frame)

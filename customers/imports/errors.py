import csv
import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import StreamingHttpResponse

from cs_platform.lib.sheets import csv_response
from customers.models import ImportRun

from .readers import LONGEST_CELL
from .rows import Refusal

SHOWN = 20  # of the refused rows
COLUMNS = ("line", "column", "reason", "row")


def refused_rows(run: ImportRun | None) -> StreamingHttpResponse | None:
    """A download of what a run refused; None if there is nothing, or the file is gone."""
    path = Path(run.error_file) if run and run.error_file else None
    if run is None or path is None or not path.is_file():
        return None
    return csv_response(f"refused-{run.file_name.partition('.')[0]}", COLUMNS, _rows(path))


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        yield from rows


class ErrorFile:
    """The refused rows of a run: line, column, reason and the row itself, under VAR/imports."""

    def __init__(self, run: ImportRun, keep_until: int):
        folder = Path(settings.VAR) / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in run.file_name)[:100]
        self.path = folder / f"{run.id}-{safe}.errors.csv"
        self.first: list[Refusal] = []
        self._count = self._drop_after(keep_until)
        self._file = self.path.open("a", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        if self.path.stat().st_size == 0:
            self._writer.writerow(COLUMNS)

    def _drop_after(self, line: int) -> int:
        """A run that was killed may have written rows of a batch that was not committed; how many are left.

        The last one may be cut. Rows can be of any length, and no cell holds a line end of its own.
        """
        if not self.path.exists():
            return 0
        kept = []
        with self.path.open(encoding="utf-8", newline="") as file:
            for text in file:
                number = text.partition(",")[0]
                if text.endswith("\n") and (not number.isdigit() or int(number) <= line):
                    kept.append(text)
        with self.path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(kept)
        return max(len(kept) - 1, 0)

    def add(self, refusals: list[Refusal]) -> None:
        """Appends rows; they are on disk before the batch commits. JSON keeps a formula from being run."""
        for refusal in refusals:
            row = json.dumps(refusal.cells, ensure_ascii=True)
            reason = " ".join(refusal.reason.encode("utf-8", "replace").decode().split())
            self._writer.writerow([refusal.line, refusal.column, reason, row])
        self._count += len(refusals)
        self.first += refusals[: SHOWN - len(self.first)]
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        if not self._count:
            self.path.unlink(missing_ok=True)

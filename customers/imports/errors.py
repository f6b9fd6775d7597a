import csv
import json
from pathlib import Path

from django.conf import settings

from customers.models import ImportRun

from .rows import Refusal


class ErrorFile:
    """The refused rows of a run: line, column, reason and the row itself, under VAR/imports."""

    def __init__(self, run: ImportRun, keep_until: int):
        folder = Path(settings.VAR) / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in run.file_name)[:100]
        self.path = folder / f"{run.id}-{safe}.errors.csv"
        self._drop_after(keep_until)
        self._file = self.path.open("a", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        if self.path.stat().st_size == 0:
            self._writer.writerow(["line", "column", "reason", "row"])

    def _drop_after(self, line: int) -> None:
        """A run that was killed may have written rows of a batch that was not committed."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.reader(file) if row and (not row[0].isdigit() or int(row[0]) <= line)]
        with self.path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(kept)

    def add(self, refusals: list[Refusal]) -> None:
        """Appends rows; they are on disk before the batch commits. JSON keeps a formula from being run."""
        for refusal in refusals:
            row = json.dumps(refusal.cells, ensure_ascii=True)
            self._writer.writerow(
                [refusal.line, refusal.column, refusal.reason.encode("utf-8", "replace").decode(), row]
            )
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        with self.path.open(encoding="utf-8", newline="") as file:
            is_empty = sum(1 for _row, _line in zip(csv.reader(file), range(2), strict=False)) < 2
        if is_empty:
            self.path.unlink()

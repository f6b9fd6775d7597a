from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import Company, Member
from customers.imports.columns import Column
from customers.imports.directory import Directory
from customers.imports.rows import Refusal, Row
from customers.models import ImportRun


@dataclass
class Outcome:
    """What became of a batch of rows."""

    added: int = 0
    changed: int = 0
    refused: list[Refusal] = field(default_factory=list)
    remarks: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.refused.append(Refusal(row.line, column, reason, row.cells))

    def remark(self, text: str, count: int = 1) -> None:
        self.remarks[text] = self.remarks.get(text, 0) + count


class Kind:
    """One kind of records: its columns, and how a batch of checked rows is written.

    `write` runs in a transaction of its own and may run again with the same rows.
    """

    name = ""
    columns: Sequence[Column] = ()
    batch = 2_000
    looks_back = False  # what a row comes to depends on rows before it, also on those before a pause

    def __init__(self, company: Company, run: ImportRun, directory: Directory, actor: Member | None):
        self.company = company
        self.run = run
        self.directory = directory
        self.actor = actor

    def write(self, rows: list[Row]) -> Outcome:
        raise NotImplementedError

    def recall(self, rows: list[Row]) -> None:
        """Hears once more of rows that are in already, and writes nothing."""
        raise NotImplementedError

    @staticmethod
    def latest(rows: list[Row], *names: str) -> dict:
        """Of rows with the same key the last one counts: {key: row}."""
        if len(names) == 1:
            return {row[names[0]]: row for row in rows}
        return {tuple(row[name] for name in names): row for row in rows}

"""Reporting lines over time, in memory: who is above whom on which days. No query, no model."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

END = date(9999, 12, 31)


@dataclass
class LineBook:
    """The lines in force of one company: {member: [(valid_from, manager or None), ...]}, oldest first."""

    lines: dict[int, list[tuple[date, int | None]]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, date, int | None]]) -> "LineBook":
        book = cls()
        for member, valid_from, manager in rows:
            book.put(member, valid_from, manager)
        return book

    def put(self, member: int, valid_from: date, manager: int | None) -> None:
        """Sets the line that begins on a day, in place of one that began on the same day."""
        rows = self.lines.setdefault(member, [])
        rows[:] = [row for row in rows if row[0] != valid_from]
        insort(rows, (valid_from, manager), key=lambda row: row[0])

    def until(self, member: int, valid_from: date) -> date:
        """The first day that a line beginning on valid_from would no longer hold."""
        return next((start for start, _ in self.lines.get(member, []) if start > valid_from), END)

    def segments(self, member: int, start: date, end: date) -> Iterable[tuple[date, date, int]]:
        """(from, until, manager) pieces of a member's lines inside [start, end)."""
        rows = self.lines.get(member, [])
        index = max(bisect_right(rows, start, key=lambda row: row[0]) - 1, 0)
        for position in range(index, len(rows)):
            valid_from, manager = rows[position]
            until = rows[position + 1][0] if position + 1 < len(rows) else END
            if valid_from >= end:
                return
            low, high = max(start, valid_from), min(end, until)
            if manager is not None and low < high:
                yield low, high, manager

    def cycle(self, member: int, valid_from: date, manager: int | None) -> tuple[date, list[int]] | None:
        """The first day and path on which a new line would make somebody their own superior, or None."""
        if manager is None:
            return None
        if manager == member:
            return valid_from, [member, member]
        return self._climb(manager, member, valid_from, self.until(member, valid_from), [member, manager])

    def _climb(
        self, above: int, member: int, start: date, end: date, path: list[int]
    ) -> tuple[date, list[int]] | None:
        for low, high, manager in self.segments(above, start, end):
            if manager == member:
                return low, [*path, manager]
            found = self._climb(manager, member, low, high, [*path, manager])
            if found:
                return found
        return None

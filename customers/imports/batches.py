"""Reads the rows of a file, checks them and writes them, each batch in one transaction with its place in the file."""

import itertools
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from metrics.facts import queue_up

from .columns import Frame
from .directory import Directory
from .kinds import KINDS, Kind, Outcome
from .readers import is_clean
from .rows import Refusal, Row, check

logger = logging.getLogger(__name__)
ANALYZE_EVERY = 100_000
GROWING = (
    "metrics_fact",
    "metrics_rep_day",
    "customers_ticket",
    "customers_ticketevent",
    "customers_ticketstatement",
)


class Batches:
    """What is left of a file. A batch that breaks off is not in at all; what came before it is."""

    def __init__(self, company, run, kind, actor, mapping, lookups, errors, header, progress, meter):
        self.run, self.errors = run, errors
        self.mapping, self.lookups = mapping, lookups
        self.progress, self.meter = progress, meter
        self.frame = Frame.of(company, mapping.zone)
        self.directory = Directory(company)
        self.kind: Kind = KINDS[kind](company, run, self.directory, actor)
        self.rows: list[Row] = []
        self.refused: list[Refusal] = []
        self.remarks = Counter[str]()
        self.read = self.last_line = 0
        self.met = set(header)
        self._expect(header)

    def go(self, rows) -> None:
        self._skip(itertools.islice(rows, self.run.rows_read))
        try:
            for raw in rows:
                self._take(*raw)
                if self.read >= self.kind.batch:
                    self._write()
        finally:
            # What came before a break is in; a break does not undo it.
            self._write()

    def _skip(self, rows: Iterator) -> None:
        """Passes by what is in already; a kind that looks back hears of it."""
        while batch := list(itertools.islice(rows, self.kind.batch)):
            if self.kind.looks_back:
                found = [self._checked(line, cells, wrong, Counter()) for line, cells, wrong in batch]
                self.kind.recall([row for row in found if isinstance(row, Row)])

    def _take(self, line: int, cells: dict[str, str] | None, wrong: str) -> None:
        self.read, self.last_line = self.read + 1, line
        found = self._checked(line, cells, wrong, self.remarks)
        if isinstance(found, Row):
            self.rows.append(found)
        elif found:
            self.refused.append(found)

    def _checked(
        self, line: int, cells: dict[str, str] | None, wrong: str, remarks: Counter[str]
    ) -> Row | Refusal | None:
        """Nothing, if the mapping leaves the row out."""
        if wrong:
            return Refusal(line, "", wrong, cells or {})
        if not self.mapping.wants(cells or {}):
            remarks[_("left out by the mapping")] += 1
            return None
        if cells is not None and cells.keys() != self.names:
            if any("\0" in name or not is_clean(name) for name in cells):
                return Refusal(line, "", _("The names in this row are not text."), {})
            self._expect(cells)
        cells = self.lookups.fill(self.mapping.cells(cells or {}), remarks)
        return check(line, cells, self.kind.columns, self.frame, self.given)

    def _expect(self, names: Iterable[str]) -> None:
        """The columns from here on, for every JSON line may have other names than the one before."""
        self.names = set(names)
        columns = {column.name for column in self.kind.columns}
        ours = {name: self.mapping.column(name) for name in names}
        self.given = frozenset(columns & {*ours.values(), *self.lookups.given})
        used = columns | self.lookups.used | self.mapping.only.keys()
        self.run.unknown_columns += [name for name in ours if name not in self.met and ours[name] not in used]
        self.met |= self.names

    def _write(self) -> None:
        if not self.read:
            return
        outcome = self._written()
        self._keep_statistics()
        self.rows, self.refused, self.read = [], [], 0
        self.remarks.clear()
        if self.progress:
            self.progress(self.run, self.meter.share())
        logger.debug("%s: %s rows, %s added", self.run, self.run.rows_read, outcome.added)

    def _keep_statistics(self) -> None:
        """Of a table that grows this fast the planner must hear before autovacuum comes round."""
        if self.run.rows_read // ANALYZE_EVERY > (self.run.rows_read - self.read) // ANALYZE_EVERY:
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {', '.join(GROWING)}")

    def _written(self) -> Outcome:
        """One transaction; once more if it met a deadlock with somebody who writes at the same time."""
        for attempt in range(5):
            try:
                with transaction.atomic():
                    return self._transact()
            except OperationalError:
                self.directory.forget()
                self.run.refresh_from_db()
                if attempt == 4 or connection.in_atomic_block:
                    raise
                time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")

    def _transact(self) -> Outcome:
        queue_up(self.run.company_id)
        outcome = self._without_refused()
        refused = sorted([*self.refused, *outcome.refused], key=lambda refusal: refusal.line)
        run = self.run
        run.rows_read += self.read
        run.last_line = self.last_line
        run.rows_added += outcome.added
        run.rows_changed += outcome.changed
        run.rows_refused += len(refused)
        for text, count in [*outcome.remarks.items(), *self.remarks.items()]:
            run.remarks[text] = run.remarks.get(text, 0) + count
        run.share = self.meter.share()
        run.error_file = str(self.errors.path) if run.rows_refused else ""
        run.beat_at = clock.now()
        run.save()
        self.errors.add(refused)
        return outcome

    def _without_refused(self) -> Outcome:
        """Writes the batch again without the rows that turned out to be bad, so that no row is half in."""
        rows, refused = self.rows, list[Refusal]()
        while rows:
            mark = transaction.savepoint()
            outcome = self.kind.write(rows)
            if not outcome.refused:
                transaction.savepoint_commit(mark)
                outcome.refused = refused
                return outcome
            transaction.savepoint_rollback(mark)
            self.directory.forget()
            refused += outcome.refused
            bad = {refusal.line for refusal in outcome.refused}
            rows = [row for row in rows if row.line not in bad]
        return Outcome(refused=refused)

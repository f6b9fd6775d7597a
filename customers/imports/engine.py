"""Runs an import: files in order, rows in batches that are written whole or not at all.

Killed half-way and started again, a run goes on behind its last batch. What is already there is not written
again, so a file may be imported as often as one likes.
"""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Company, Member
from cs_platform.lib import clock
from customers.models import ImportRun, ImportSeen, Upload

from .batches import Batches
from .errors import ErrorFile
from .kinds import KINDS
from .mapping import Lookups, Mapping
from .readers import SUFFIXES, Unreadable, rows_of
from .rows import Refusal

LOCK_SPACE = 7_301  # the class of advisory locks that imports of a company queue at


@dataclass
class Report:
    """What an import of one file came to."""

    path: Path
    kind: str = ""
    read: int = 0
    added: int = 0
    changed: int = 0
    refused: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    remarks: dict[str, int] = field(default_factory=dict)
    error_file: str = ""
    failure: str = ""
    first_refused: list[Refusal] = field(default_factory=list)
    is_partial: bool = False  # there are more rows than were asked for
    is_paused: bool = False  # called again, it goes on behind what is in
    stub_people: int = 0
    stub_customers: int = 0


# Called after each batch with the share of the file that is read. May raise Paused or Stopped.
Progress = Callable[[ImportRun, float], None]


class Paused(Exception):
    """Enough for now: the same call goes on behind the batch."""


class Stopped(Exception):
    """No more of this file; str() says why."""


class Busy(Exception):
    """Another import of the company runs."""


def plan(paths: list[Path], kind: str = "") -> tuple[list[tuple[str, Path]], list[Path]]:
    """((kind, file) in the order of the kinds, files whose name says no kind). Raises Unreadable."""
    known, unknown = [], []
    for path in paths:
        if not path.exists():
            raise Unreadable(_("There is no file or folder %(path)s.") % {"path": path})
        for file in sorted(child for child in path.iterdir() if child.is_file()) if path.is_dir() else [path]:
            found = kind or kind_of(file.name)
            if found:
                known.append((found, file))
            elif not path.is_dir():
                raise Unreadable(
                    _("%(file)s: the name says no kind. Name it after one of %(kinds)s, or give --kind.")
                    % {"file": file.name, "kinds": ", ".join(KINDS)}
                )
            else:
                unknown.append(file)
    order = list(KINDS)
    return sorted(known, key=lambda item: (order.index(item[0]), item[1].name)), unknown


def kind_of(name: str) -> str:
    """The kind that a file's name begins with, or nothing."""
    stem = name.lower().removesuffix(".gz")
    if not stem.endswith(SUFFIXES):
        return ""
    fitting = [kind for kind in KINDS if re.match(rf"{kind}(?![a-z])", stem)]
    return max(fitting, key=len, default="")


def import_file(
    company: Company,
    path: Path,
    kind: str,
    *,
    actor: Member | None = None,
    mapping: Mapping | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    upload: Upload | None = None,
    most: int | None = None,
) -> Report:
    """Imports one file; returns what came of it, also when it breaks off. A dry run leaves nothing behind.

    upload: whose file this is. most: no more rows than these, for a trial of a big file.
    """
    report = Report(path, kind)
    mapping = (mapping or Mapping()).beside(path.parent)
    with one_at_a_time(company.id):
        if not dry_run:
            _run(company, path, kind, actor, mapping, progress, upload, most, report)
            return report
        with transaction.atomic():
            _run(company, path, kind, actor, mapping, progress, upload, most, report)
            transaction.set_rollback(True)
    return report


@contextmanager
def one_at_a_time(company_id: int, *, wait: bool = True) -> Iterator[None]:
    """Imports of one company queue here; the lock ends with the process that holds it, who may take it again.

    Without waiting it raises Busy.
    """
    key = [LOCK_SPACE, company_id % 2**31]
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
            if not cursor.fetchone()[0]:
                raise Busy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _run(
    company, path: Path, kind: str, actor, mapping: Mapping, progress, upload, most, report: Report
) -> None:
    try:
        run = _begin(company, path, kind, actor, mapping, upload)
    except Unreadable as error:
        report.failure = str(error)
        return
    errors = ErrorFile(run, keep_until=run.last_line)
    try:
        with rows_of(path) as (header, rows, meter):
            names = [mapping.column(name) for name in header]
            columns = KINDS[kind].columns
            known = {column.name for column in columns}
            lookups = Lookups(mapping, path.parent, names, known)
            _check_header([*names, *(lookups.given - {*names})], columns)
            used = known | lookups.used | mapping.only.keys()
            run.unknown_columns = [
                theirs for theirs, ours in zip(header, names, strict=True) if theirs and ours not in used
            ]
            run.remarks |= dict.fromkeys(lookups.absent, 1)
            run.save(update_fields=["unknown_columns", "remarks"])
            batches = Batches(company, run, kind, actor, mapping, lookups, errors, header, progress, meter)
            try:
                batches.go(itertools.islice(rows, most))
                report.is_partial = most is not None and next(rows, None) is not None
            finally:
                report.stub_people, report.stub_customers = batches.directory.stubs_left()
    except Paused:
        report.is_paused = True
        errors.close()
        return
    except (Unreadable, Stopped) as error:
        report.failure = str(error)
    _end(run, errors, report)


def _begin(company, path: Path, kind: str, actor, mapping: Mapping, upload: Upload | None) -> ImportRun:
    """The run of this very file that was cut off, or a new one."""
    try:
        digest = _digest(path, mapping)
    except OSError as error:
        raise Unreadable(
            _("%(file)s cannot be read: %(why)s.") % {"file": path.name, "why": error}
        ) from error
    cut_off = ImportRun.objects.filter(
        company=company, kind=kind, digest=digest, state=ImportRun.State.RUNNING
    )
    run = cut_off.order_by("id").last()
    if run is None:
        run = ImportRun.objects.create(
            company=company,
            kind=kind,
            digest=digest,
            file_name=(upload.file_name if upload else path.name)[:300],
            is_from_browser=upload is not None and not upload.by_api,
            actor=actor,
            started_at=clock.now(),
            beat_at=clock.now(),
        )
        activity.record("import.started", run, actor=actor, file=run.file_name, kind=kind)
    if upload:
        Upload.objects.filter(id=upload.id).update(run=run)
    return run


def _digest(path: Path, mapping: Mapping) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(hashlib.file_digest(file, "sha256").digest() + mapping.signature()).hexdigest()


def _check_header(names: list[str], columns) -> None:
    for column in columns:
        if column.required and column.name not in names:
            raise Unreadable(
                _("The column “%(column)s” is missing. The header has: %(header)s.")
                % {"column": column.name, "header": ", ".join(names)[:300]}
            )
        if names.count(column.name) > 1:
            raise Unreadable(_("The mapping makes two columns into “%(column)s”.") % {"column": column.name})


@transaction.atomic
def _end(run: ImportRun, errors: ErrorFile, report: Report) -> None:
    errors.close()
    run.state = ImportRun.State.FAILED if report.failure else ImportRun.State.DONE
    run.message = report.failure
    run.error_file = str(errors.path) if run.rows_refused else ""
    run.finished_at = clock.now()
    run.share = run.share if report.failure else 1
    run.save()
    ImportSeen.objects.filter(run=run).delete()
    activity.record(
        f"import.{run.state}", run, actor=run.actor, added=run.rows_added, refused=run.rows_refused
    )
    report.read, report.added, report.changed = run.rows_read, run.rows_added, run.rows_changed
    report.refused, report.error_file = run.rows_refused, run.error_file
    report.unknown_columns, report.remarks = run.unknown_columns, run.remarks
    report.first_refused = errors.first

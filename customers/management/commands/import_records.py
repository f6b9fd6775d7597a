import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Company
from customers.imports.engine import Report, import_file, plan
from customers.imports.kinds import KINDS
from customers.imports.mapping import Mapping
from customers.imports.readers import Unreadable
from metrics import rollup


class Command(BaseCommand):
    help = "Imports files or folders of records into a company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--kind", choices=list(KINDS), default="")
        parser.add_argument("--map", type=Path, metavar="FILE or NAME", dest="mapping")
        parser.add_argument("--dry-run", action="store_true")

    def handle(
        self, *, company: str, paths: list[Path], kind: str, mapping: Path | None, dry_run: bool, **_
    ) -> None:
        tenant = Company.objects.filter(slug=company).first()
        if tenant is None:
            known = ", ".join(Company.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no company “{company}”. Known: {known}.")
        try:
            files, unknown = plan(paths, kind)
            chosen = Mapping.find(mapping) if mapping else None
        except Unreadable as error:
            raise CommandError(str(error)) from error
        for file in unknown:
            self.stderr.write(f"{file.name}: left out, its name says no kind")
        failed = False
        for file_kind, file in files:
            report = import_file(
                tenant,
                file,
                file_kind,
                mapping=chosen,
                dry_run=dry_run,
                progress=_Progress(self.stderr, file.name),
            )
            self._tell(report, dry_run)
            failed = failed or bool(report.failure)
        if not dry_run:
            # A worker would do this too; here it is final when the command returns.
            rollup.drain(tenant.id)
        if failed:
            sys.exit(1)

    def _tell(self, report: Report, dry_run: bool) -> None:
        self.stdout.write(
            f"{report.path.name}: {report.read} rows read, {report.added} {'would be ' if dry_run else ''}added, "
            f"{report.changed} changed, {report.refused} refused"
        )
        if report.unknown_columns:
            self.stdout.write(f"  columns not known and left out: {', '.join(report.unknown_columns)}")
        for remark, count in report.remarks.items():
            self.stdout.write(f"  {count} × {remark}")
        if report.stub_people or report.stub_customers:
            self.stdout.write(
                f"  named but not entered: {report.stub_people} people, {report.stub_customers} customers"
            )
        if report.error_file:
            self.stdout.write(f"  refused rows: {report.error_file}")
        if report.failure:
            self.stdout.write(f"  {report.failure}")


class _Progress:
    """A line a second: rows, rate, time left."""

    def __init__(self, stream, name: str):
        self.stream, self.name = stream, name
        self.began = self.told = time.monotonic()

    def __call__(self, run, share: float) -> None:
        now = time.monotonic()
        if now - self.told < 1:
            return
        self.told = now
        spent = now - self.began
        left = spent / share - spent if share > 0 else 0
        rate = run.rows_read / spent
        self.stream.write(f"{self.name}: {run.rows_read} rows, {rate:.0f} a second, about {left:.0f} s left")

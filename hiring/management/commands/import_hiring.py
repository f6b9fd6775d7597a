from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Company
from customers.imports.readers import Unreadable
from hiring.imports.engine import FORMATS, Report, import_folder


class Command(BaseCommand):
    help = "Imports a folder of tables as Greenhouse or Lever export them: jobs, candidates, interviews, scorecards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("folder", type=Path)

    def handle(self, *, company: str, format: str, folder: Path, dry_run: bool, **_) -> None:
        tenant = Company.objects.filter(slug=company).first()
        if tenant is None:
            known = ", ".join(Company.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no company “{company}”. Known: {known}.")
        try:
            self._tell(import_folder(tenant, folder, format, dry_run=dry_run), dry_run)
        except Unreadable as error:
            raise CommandError(str(error)) from error

    def _tell(self, report: Report, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        for noun, count in report.counts.items():
            self.stdout.write(f"{noun}: {count.added} {would}added, {count.changed} {would}changed")
        if report.stub_people:
            self.stdout.write(f"named but not entered: {report.stub_people} people")
        for remark in report.remarks:
            self.stdout.write(remark)
        for refusal in report.refused:
            place = f"{refusal.place.file}:{refusal.place.line}"
            column = f" {refusal.column}:" if refusal.column else ""
            self.stdout.write(f"{place}:{column} {refusal.reason}")
        if report.refused:
            self.stdout.write(f"{len(report.refused)} rows refused")

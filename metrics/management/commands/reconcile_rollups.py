import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Company
from metrics.reconcile import reconcile


class Command(BaseCommand):
    help = "Proves that facts equal their sources and rollups their facts; exit code 1 on any difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--company", metavar="SLUG")
        which.add_argument("--all", action="store_true")

    def handle(self, *, company: str | None, all: bool, **_) -> None:
        found = Company.objects.order_by("slug")
        companies = list(found if all else found.filter(slug=company))
        if company and not companies:
            raise CommandError(f"There is no company “{company}”.")
        differences = sum(self._check(each) for each in companies)
        if differences:
            sys.exit(1)

    def _check(self, company: Company) -> int:
        differences = 0
        for finding in reconcile(company.id):
            differences += finding.differences
            self.stdout.write(
                f"{company.slug}  {finding.level}  {finding.name}: {finding.compared} compared, "
                f"{finding.differences} differ"
            )
            for row in finding.sample:
                self.stdout.write(f"    {json.dumps(row)}")
        return differences

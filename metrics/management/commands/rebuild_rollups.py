from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Company
from metrics.rebuild import rebuild


class Command(BaseCommand):
    help = "Computes the rollups of a company again from its facts, all or of some days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--from", dest="from_day", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="to_day", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *, company: str, from_day: date | None, to_day: date | None, **_) -> None:
        found = Company.objects.filter(slug=company).first()
        if found is None:
            raise CommandError(f"There is no company “{company}”.")
        buckets = rebuild(found.id, from_day, to_day)
        self.stdout.write(f"{company}: {buckets} rep days computed again")

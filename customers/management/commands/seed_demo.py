import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from customers.demo import marks


class Command(BaseCommand):
    help = "Makes the demo: two companies from real records. What is there already is left as it is."
    # Every start of the program waits for this command; the checks would load all the pages.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="also if the demo was removed")

    def handle(self, *, again: bool = False, **_) -> None:
        began = time.monotonic()
        there = marks.companies_there()
        if again or not marks.nothing_to_do(there):
            self._seed(again)
            there = marks.companies_there()
            self.stdout.write(f"Took {time.monotonic() - began:.0f} seconds.")
        self.stdout.write(marks.in_words(there))

    def _seed(self, again: bool) -> None:
        # Here, because pandas takes longer to load than everything that a later start has to do.
        from customers.demo.seeding import SeedingFailed, seed

        try:
            seed(self._say, again=again)
        except SeedingFailed as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

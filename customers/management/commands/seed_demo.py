import time

from django.core.management.base import BaseCommand, CommandError

from customers.demo import marks


class Command(BaseCommand):
    help = "Makes the demo: two companies from real records. What is there already is left as it is."
    # Every start of the program waits for this command; the checks would load all the pages.
    requires_system_checks: list[str] = []

    def handle(self, **_) -> None:
        began = time.monotonic()
        if not marks.nothing_to_do():
            self._seed()
            self.stdout.write(f"Took {time.monotonic() - began:.0f} seconds.")
        self.stdout.write("The demo is ready.")

    def _seed(self) -> None:
        # Here, because pandas takes longer to load than everything that a later start has to do.
        from customers.demo.seeding import SeedingFailed, seed

        try:
            seed(self._say)
        except SeedingFailed as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

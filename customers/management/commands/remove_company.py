from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import remove_company
from accounts.models import Company, Removal
from accounts.queries.demo import removals_at_work
from customers.imports.engine import Busy
from customers.imports.removal import remove_piece
from customers.models import Customer, Ticket


class Command(BaseCommand):
    help = "Removes a company with every row and file of it, for good. Cut off and called again, it goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="do it; without this it says what would go")

    def handle(self, *, slug: str, yes: bool, **_) -> None:
        company = Company.objects.filter(slug=slug).first()
        removal = removals_at_work().filter(slug=slug).first()
        if company is None and removal is None:
            raise CommandError(f"There is no company {slug}.")
        if company is not None and not yes:
            self._say(company)
            raise CommandError("Nothing was removed. Take a backup if you may want it back, then add --yes.")
        self._remove(remove_company(company=company) if company else removal)

    def _say(self, company: Company) -> None:
        people, tickets = company.members.count(), Ticket.objects.filter(company=company).count()
        customers = Customer.objects.filter(company=company).count()
        self.stdout.write(
            f"{company.slug}: {company.name}, {people} people, {customers} customers, {tickets} tickets"
        )

    def _remove(self, removal: Removal | None) -> None:
        assert removal is not None
        try:
            while not remove_piece(removal, seconds=5):
                removal.refresh_from_db()
                self.stdout.write(f"{removal.rows_gone} rows are gone")
        except Busy:
            raise CommandError(
                "Something is being imported there, or a worker is removing it already; it is closed, and a"
                " worker goes on with it. Call this again to wait for its end."
            ) from None
        removal.refresh_from_db()
        self.stdout.write(f"{removal.slug} is removed: {removal.rows_gone} rows.")

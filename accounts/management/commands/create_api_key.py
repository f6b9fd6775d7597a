from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import create_api_key
from accounts.models import Member
from accounts.models.key import SCOPES

from .create_company import in_words


class Command(BaseCommand):
    help = (
        "Creates an API key that acts for a member; the key stands alone on the last line, and nowhere else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--member", required=True, metavar="EMAIL")
        parser.add_argument("--scopes", default="read", help="of " + ",".join(SCOPES))

    def handle(self, *, company: str, member: str, scopes: str, **_) -> None:
        found = Member.objects.filter(company__slug=company, email=member.strip().lower()).first()
        if found is None:
            raise CommandError(f"There is no {member} in the company “{company}”.")
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        try:
            secret = create_api_key(actor=None, member=found, scopes=wanted, label="made on the command line")
        except ValidationError as error:
            raise CommandError("; ".join(in_words(error))) from error
        self.stderr.write(f"A key of {found.email} for {', '.join(wanted)}. It is shown only now:")
        self.stdout.write(secret)

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import create_company


class Command(BaseCommand):
    help = "Creates a company with its time zone and its first admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--zone", required=True, help="like Europe/Riga")
        parser.add_argument("--admin", required=True, metavar="EMAIL")

    def handle(self, *, slug: str, name: str, zone: str, admin: str, **_) -> None:
        try:
            company = create_company(slug=slug, name=name, zone=zone, admin_email=admin)
        except ValidationError as error:
            raise CommandError("; ".join(in_words(error))) from error
        self.stdout.write(f"{company.slug}: {company.name}, days in {zone}, admin {admin.lower()}")


def in_words(error: ValidationError) -> list[str]:
    """Each message with the field that it is about."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [f"{field}: {message}" for field, messages in error.message_dict.items() for message in messages]

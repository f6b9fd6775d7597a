from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cs_platform.backup import BackupError, restore


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Puts back a backup into an empty database, and brings its tables up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="what `backup` has written")
        parser.add_argument("--force", action="store_true", help="replace everything that the database holds")

    def handle(self, *, path: Path, force: bool, **_) -> None:
        try:
            manifest = restore(path.absolute(), force=force)
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(
            f"The database and {len(manifest.files)} files of {manifest.made_at} are back. "
            "Prove it with `reconcile_rollups --all`."
        )

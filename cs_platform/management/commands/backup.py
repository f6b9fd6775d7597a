from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cs_platform.backup import BackupError, back_up


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Writes the database and the uploaded files into one file. Nothing need be stopped for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; it must not be there yet")

    def handle(self, *, path: Path, **_) -> None:
        try:
            manifest = back_up(path.absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        size = path.stat().st_size / 2**20
        self.stdout.write(f"{path}: the database and {len(manifest.files)} files, {size:.1f} MB")

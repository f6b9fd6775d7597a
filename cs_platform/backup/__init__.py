"""A whole installation in one file: what the database holds, and the files that its rows name.

Secrets of the installation, mails and logs are not in it.
"""

import contextlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cs_platform.backup import archive, database
from cs_platform.backup.archive import Manifest
from cs_platform.backup.errors import BackupError

__all__ = ["BackupError", "Manifest", "back_up", "restore"]

FOLDERS = ("media", "uploads", "imports")  # below VAR


def back_up(target: Path) -> Manifest:
    """Writes the file, readable by its owner alone. Raises BackupError; then nothing is left behind.

    Files are copied after the database's snapshot was taken, so every file that a row of it names is there.
    """
    try:
        if target.exists():
            raise FileExistsError
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as aside:
            made, dump = Path(aside) / "backup", Path(aside) / archive.DUMP
            migrations = [".".join(key) for key in MigrationRecorder(connection).applied_migrations()]
            database.dump(dump)
            manifest = archive.write(made, dump, settings.VAR, FOLDERS, sorted(migrations))
            os.link(made, target)  # never over a file that came meanwhile
    except FileExistsError:
        raise BackupError(f"{target} is there already; a backup is never written over.") from None
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror or error}") from error
    return manifest


def restore(source: Path, *, force: bool = False) -> Manifest:
    """Puts back what a backup holds, in place of what is there. Call it as the owner of the tables, then migrate.

    Raises BackupError; before anything was touched if the file is damaged or of a newer version, or if the
    database has a company or a user and `force` is not given.
    """
    try:
        with tarfile.open(source, "r:") as opened:
            manifest = archive.read(opened)
            if set(manifest.migrations) - _known_migrations():
                raise BackupError("The backup is of a newer version of this software: update first.")
            if not force and not database.is_empty():
                raise BackupError(
                    "The database is not empty. With --force the backup replaces everything in it."
                )
            settings.VAR.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.VAR) as aside:
                opened.extractall(aside, filter="data")
                database.replace(Path(aside) / archive.DUMP)
                _put_files_back(Path(aside))
    except tarfile.TarError as error:
        raise BackupError(f"{source} is no backup, or damaged: {error}") from error
    except OSError as error:
        raise BackupError(f"{error.filename or source}: {error.strerror or error}") from error
    return manifest


def _put_files_back(aside: Path) -> None:
    for folder in FOLDERS:
        with contextlib.suppress(FileNotFoundError):
            shutil.copytree(aside / archive.FILES / folder, settings.VAR / folder, dirs_exist_ok=True)


def _known_migrations() -> set[str]:
    known = MigrationLoader(None).disk_migrations
    replaced = {key for migration in known.values() for key in migration.replaces}
    return {".".join(key) for key in {*known, *replaced}}

"""The file of a backup: a tar archive of the dump, the files and, last, a manifest with the digest of each."""

import contextlib
import hashlib
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from cs_platform.backup.errors import BackupError
from cs_platform.lib import clock

FORMAT = 1
DUMP, FILES, MANIFEST = "database.dump", "files", "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. members: digest by name; migrations: "app.name" of those that its tables have seen."""

    format: int
    made_at: str
    migrations: list[str]
    members: dict[str, str]

    @property
    def files(self) -> list[str]:
        return [name for name in self.members if name != DUMP]


def write(target: Path, dump: Path, var: Path, folders: Iterable[str], migrations: list[str]) -> Manifest:
    """Writes the archive to the disk, readable by its owner alone."""
    members = {}
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            members[DUMP] = _add(archive, dump, DUMP)
            for path in _files(var, folders):
                name = f"{FILES}/{path.relative_to(var)}"
                with contextlib.suppress(FileNotFoundError):  # tidied away meanwhile
                    members[name] = _add(archive, path, name)
            manifest = Manifest(FORMAT, clock.now().isoformat(), migrations, members)
            text = json.dumps(asdict(manifest), indent=1).encode()
            archive.addfile(_entry(MANIFEST, len(text)), BytesIO(text))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def read(archive: tarfile.TarFile) -> Manifest:
    """The manifest, when every member is what was written. Raises BackupError."""
    try:
        member = archive.extractfile(MANIFEST)
        manifest = Manifest(**json.loads(member.read() if member else b""))
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError("This is no backup, or the end of it is missing: it has no manifest.") from error
    if manifest.format != FORMAT:
        raise BackupError("The backup is of a newer version of this software: update first.")
    found = {entry.name: _digest(archive, entry) for entry in archive.getmembers() if entry.name != MANIFEST}
    wrong = [name for name in {*found, *manifest.members} if found.get(name) != manifest.members.get(name)]
    if wrong:
        raise BackupError(f"The backup is damaged: {min(wrong)} is not what was written.")
    return manifest


def _files(var: Path, folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        found = (var / folder).rglob("*")
        yield from sorted(path for path in found if path.is_file() and not path.is_symlink())


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Copies the file, as long as it is now, and returns its digest."""
    with path.open("rb") as file:
        reading = _Digested(file)
        archive.addfile(_entry(name, os.fstat(file.fileno()).st_size), reading)
    return reading.digest.hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(clock.now().timestamp())
    return entry


def _digest(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    member = archive.extractfile(entry) if entry.isfile() else None
    if member is None:
        return ""
    reading = _Digested(member)
    while reading.read(2**20):
        pass
    return reading.digest.hexdigest()


class _Digested:
    """A file that is read once, and what it digests to."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        part = self.file.read(size)
        self.digest.update(part)
        return part

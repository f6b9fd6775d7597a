"""A file that somebody hands in: put on disk under a name of our own, and looked at."""

import secrets
import shutil
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Member
from customers.actions.uploads import receive_upload
from customers.models import Upload

from .engine import kind_of
from .readers import Unreadable, rows_of, suffix_of

FOLDER = Path("imports/uploads")
SAMPLES = 3
SHOWN = 80  # characters of a sample
MOST_COLUMNS = 300


class Handed(Protocol):
    """A file of a request, as Django gives it."""

    name: str | None
    size: int | None
    file: IO[bytes]

    def chunks(self) -> Iterable[bytes]: ...


def receive(actor: Member, files: Iterable[Handed], *, by_api: bool = False) -> list[Upload]:
    """Takes files in that belong together: a file of look-ups is found beside the one that needs it.

    Raises Unreadable, and keeps none of them, if one cannot be read.
    """
    folder = FOLDER / secrets.token_hex(16)
    whole = Path(settings.VAR) / folder
    whole.mkdir(parents=True, mode=0o700)
    try:
        with transaction.atomic():
            return [_receive(actor, file, folder, by_api) for file in files]
    except BaseException:
        shutil.rmtree(whole, ignore_errors=True)
        raise


def _receive(actor: Member, file: Handed, folder: Path, by_api: bool) -> Upload:
    name = plain(file.name or "")
    path = _stored(file, Path(settings.VAR) / folder)
    try:
        found = columns_of(path)
    except (Unreadable, OSError) as error:
        raise Unreadable(f"{name}: {error}") from error
    return receive_upload(
        actor=actor,
        file_name=name,
        path=str(folder / path.name),
        size=file.size or 0,
        kind=kind_of(name) or kind_of(f"{Path(name).stem}.csv"),
        report={"columns": found},
        by_api=by_api,
    )


def _stored(file: Handed, folder: Path) -> Path:
    """Written under a random name that ends as the content says, not as its owner calls it."""
    path = folder / secrets.token_hex(8)
    with path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return path.rename(path.with_name(path.name + suffix_of(path)))


def columns_of(path: Path) -> list[dict[str, Any]]:
    """[{"name", "samples"}] of the columns of a file. Raises Unreadable."""
    with rows_of(path) as (header, rows, _meter):
        first = [cells or {} for _line, cells, _wrong in islice(rows, SAMPLES)]
    names = [name for name in header if name]
    if len(names) > MOST_COLUMNS:
        raise Unreadable(_("The file has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    return [
        {"name": name, "samples": [plain(cells[name])[:SHOWN] for cells in first if cells.get(name)]}
        for name in names
    ]


def file_of(upload: Upload) -> Path:
    return Path(settings.VAR) / upload.path


def plain(text: str) -> str:
    """Text that the database takes: no NUL, no bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def discard(uploads: Iterable[Upload]) -> None:
    """The files of uploads that came to nothing, before anybody was told of them."""
    for upload in uploads:
        shutil.rmtree(file_of(upload).parent, ignore_errors=True)


def remove_file(upload: Upload) -> None:
    """The file goes, and its folder when nothing else is in it."""
    path = file_of(upload)
    path.unlink(missing_ok=True)
    left = list(path.parent.iterdir()) if path.parent.is_dir() else []
    if all(file.is_symlink() for file in left):
        shutil.rmtree(path.parent, ignore_errors=True)

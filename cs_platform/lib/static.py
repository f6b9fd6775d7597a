"""Static files as they are served in earnest: hashed, compressed, and the style sheet in one piece."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage as FileStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTED = re.compile(r"""@import url\("([^":]+)"\) layer\(([a-z]+)\);""")
CHARSET = re.compile(r"""^\ufeff?@charset "[^"]*";""")


class JoinedMixin:
    """The entry point of the style sheets holds what it imports: one file to fetch, and none that waits for another."""

    ENTRY = "css/app.css"

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        if self.ENTRY in paths:
            storage, path = paths[self.ENTRY]
            paths = paths | {self.ENTRY: (_Joined(storage, paths), path)}
        yield from super().post_process(paths, *args, **options)  # type: ignore[misc]


class Storage(JoinedMixin, CompressedManifestStaticFilesStorage):
    """Hashed, compressed file names; a file that nothing collected yet goes by its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name


class _Joined:
    """Opens a style sheet with each import replaced by the file's content, in its layer.

    A file of another folder may name no files of its own by a relative address; ours do not.
    """

    def __init__(self, storage: FileStorage, paths: dict[str, Any]) -> None:
        self.storage, self.paths = storage, paths

    def open(self, path: str) -> File:
        with self.storage.open(path) as file:
            text = IMPORTED.sub(lambda found: self._layer(*found.groups()), file.read().decode())
        return ContentFile(text.encode())

    def _layer(self, address: str, layer: str) -> str:
        storage, other = self.paths[_joined(PurePosixPath(JoinedMixin.ENTRY).parent, address)]
        with storage.open(other) as file:
            return f"@layer {layer} {{\n{CHARSET.sub('', file.read().decode())}\n}}"


def _joined(folder: PurePosixPath, address: str) -> str:
    parts: list[str] = []
    for part in (folder / address).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)

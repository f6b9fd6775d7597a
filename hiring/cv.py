"""Reading the text of files that strangers send: a CV is only ever shown as text, and nothing in it runs.

`text_of` reads in a process of its own with a limit on time and memory, so that a hostile file costs a few seconds and
nothing else. That process runs this module as a script and knows no more of us than this file: keep it free of imports
from the project.
"""

import contextlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MOST_CHARS = 200_000
MOST_PAGES = 60
# Of the one entry that is read out of a DOCX: unpacked, and unpacked against packed.
MOST_UNPACKED, MOST_RATIO = 20_000_000, 200
MOST_ENTRIES = 2_000
SECONDS, MEMORY = 15, 768 * 1024**2
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# Why there is no text; the words are made by whoever shows them.
EMPTY, UNREADABLE, TOO_MUCH, LOCKED = "empty", "unreadable", "too_much", "locked"


class Unreadable(Exception):
    """Why: one of the words above."""


def kind_of(name: str, head: bytes) -> str:
    """pdf, docx or text by what the file begins with and is called; nothing for any other."""
    ending = name.rsplit(".", 1)[-1].lower()
    if head.lstrip()[:5] == b"%PDF-":
        return "pdf" if ending == "pdf" else ""
    if head[:4] == b"PK\x03\x04":
        return "docx" if ending == "docx" else ""
    return "text" if ending == "txt" and b"\0" not in head else ""


def text_of(path: Path, kind: str) -> tuple[str, str]:
    """(text, why there is none). Never raises for what is in the file."""
    command = [sys.executable, "-I", str(Path(__file__).resolve()), kind, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        return "", TOO_MUCH
    if done.returncode != 0:
        why = "".join(done.stderr[-40:].decode(errors="replace").split()[-1:])
        return "", why if why in (UNREADABLE, TOO_MUCH, LOCKED) else UNREADABLE
    text = clean(done.stdout.decode(errors="replace"))
    return (text, "") if text else ("", EMPTY)


def clean(text: str) -> str:
    """Without signs that no page or database takes, and without long runs of empty lines."""
    kept = "".join(char for char in text if char in "\n\t" or (char.isprintable() or char == "\u00ad"))
    lines = [line.rstrip() for line in kept[:MOST_CHARS].splitlines()]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1])).strip()


def read(kind: str, path: Path) -> str:
    """The text of a file, at most MOST_CHARS of it. Raises Unreadable, or whatever a reader stumbles over."""
    reader = {"pdf": _pdf, "docx": _docx, "text": _text}[kind]
    parts, length = [], 0
    for part in reader(path):
        parts.append(part)
        length += len(part)
        if length > MOST_CHARS:
            break
    return "".join(parts)[:MOST_CHARS]


def _text(path: Path) -> Iterator[str]:
    raw = path.read_bytes()[: MOST_CHARS * 4]
    try:
        yield raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield raw.decode("cp1252", errors="replace")


def _pdf(path: Path) -> Iterator[str]:
    import pypdf

    reader = pypdf.PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(LOCKED)
    for page in reader.pages[:MOST_PAGES]:
        yield page.extract_text() + "\n"


def _docx(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as packed:
        if len(packed.infolist()) > MOST_ENTRIES:
            raise Unreadable(TOO_MUCH)
        entry = packed.getinfo("word/document.xml")
        if entry.flag_bits & 0x1:
            raise Unreadable(LOCKED)
        if entry.file_size > MOST_UNPACKED or entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Unreadable(TOO_MUCH)
        with packed.open(entry) as document:
            yield from _words(document)


def _words(document: IO[bytes]) -> Iterator[str]:
    from defusedxml import ElementTree

    for _event, element in ElementTree.iterparse(document, forbid_dtd=True):
        if element.tag == f"{WORD}t":
            yield element.text or ""
        elif element.tag == f"{WORD}tab":
            yield "\t"
        elif element.tag in (f"{WORD}br", f"{WORD}p"):
            yield "\n"
        element.clear()


def _limit() -> None:
    """Less memory and time than a worker has. Not every system has each limit."""
    import resource

    for name, most in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _main(kind: str, path: str) -> int:
    import logging

    logging.disable()
    sys.setrecursionlimit(2_000)
    with contextlib.suppress(ImportError):
        _limit()
    try:
        text = read(kind, Path(path))
    except Unreadable as why:
        sys.stderr.write(str(why))
    except MemoryError:
        sys.stderr.write(TOO_MUCH)
    except Exception:  # noqa: BLE001 - whatever a reader stumbles over, this process alone ends by it
        sys.stderr.write(UNREADABLE)
    else:
        sys.stdout.buffer.write(text.encode(errors="replace"))
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))

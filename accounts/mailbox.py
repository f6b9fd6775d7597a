"""The mails that were written to files instead of sent, as an installation without a mail server does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[0-9A-Za-z-]+\.log")
BETWEEN = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
NEWEST = 1000
COMPANY = "X-Company"  # the short name of the company that wrote to somebody outside it


@dataclass(frozen=True)
class Mail:
    name: str
    subject: str
    sender: str
    to: tuple[str, ...]
    sent_at: datetime
    text: str
    company: str = ""


def mails_are_kept() -> bool:
    """Whether there is no mail server, so that mails are written to files and reach nobody."""
    return settings.EMAIL_BACKEND == "django.core.mail.backends.filebased.EmailBackend"


def mails(folder: Path) -> Iterator[Mail]:
    """The mails of a folder, newest first; files beyond the newest thousand are left out."""
    files = [file for file in folder.glob("*.log") if NAME.fullmatch(file.name)] if folder.is_dir() else []
    files.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    for file in files[:NEWEST]:
        yield from reversed(read(folder, file.name))


def read(folder: Path, name: str) -> list[Mail]:
    """The mails of one file, oldest first; none if there is no such file. Only a plain name is looked for."""
    file = folder / name
    if not NAME.fullmatch(name) or not file.is_file():
        return []
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    parts = BETWEEN.split(file.read_bytes())
    return [_mail(name, part, written_at) for part in parts if part.strip()]


def _mail(name: str, raw: bytes, written_at: datetime) -> Mail:
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    fields = [str(value) for header in ("To", "Cc") for value in message.get_all(header, [])]
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        to=tuple(address for _, address in getaddresses(fields) if address),
        sent_at=_sent_at(message) or written_at,
        text=body.get_content().strip() if body else "",
        company=str(message[COMPANY] or ""),
    )


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        sent_at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    # “-0000” says UTC, and Python makes a naive time of it.
    return sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)


def forget_mails_to(address: str) -> int:
    """Takes mails to somebody who is erased out of the files; returns how many. With a mail server there are none."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", "") or ".")
    if not address or not mails_are_kept() or not folder.is_dir():
        return 0
    return sum(_forget_in(file, address.lower()) for file in folder.glob("*.log"))


def _forget_in(file: Path, address: str) -> int:
    parts = [part for part in BETWEEN.split(file.read_bytes()) if part.strip()]
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    kept = [part for part in parts if address not in {to.lower() for to in _mail("", part, written_at).to}]
    if len(kept) == len(parts):
        return 0
    if kept:
        file.write_bytes(b"".join(part + b"-" * 79 + b"\n" for part in kept))
    else:
        file.unlink(missing_ok=True)
    return len(parts) - len(kept)

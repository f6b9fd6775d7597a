"""What comes from outside in an address or a body, made fit to be kept, or nothing."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_DIGITS = 18


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL, and half of a surrogate pair is no character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def number(text: str) -> int | None:
    """A row's number; None for whatever else stands there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def instant(text: str) -> datetime | None:
    """An ISO 8601 instant with its offset, of a year that every zone can tell; else None."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return found

"""Numbers and instants as people read them."""

import unicodedata
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

# Letters that run from right to left, and signs that turn what follows them.
TURNING = {"R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"}


def whole(number: float) -> str:
    """1,842, or as the reader's language groups it."""
    return decimal(number, 0)


def decimal(number: float, places: int) -> str:
    """1,842.5"""
    return number_format(f"{number:.{places}f}", places, force_grouping=True)


def isolated(name: str) -> str:
    """A name inside a sentence: written from right to left, it keeps its own order and leaves ours alone."""
    turns = any(unicodedata.bidirectional(letter) in TURNING for letter in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if turns else name


def day(on: date, today: date, form: str = "j M") -> str:
    """20 Nov; "20 Nov 2027" where it is not this year's."""
    return date_format(on, form if on.year == today.year else f"{form} Y")


def duration(seconds: float) -> str:
    """At most two units: 3 d 4 h, 4 h 12 min, 12 min, 40 s."""
    whole = round(seconds)
    parts = [
        (whole // 86_400, _("d")),
        (whole % 86_400 // 3_600, _("h")),
        (whole % 3_600 // 60, _("min")),
        (whole % 60, _("s")),
    ]
    first = next((index for index, (count, _unit) in enumerate(parts) if count), 3)
    shown = [part for part in parts[first : first + 2] if part[0]] or [parts[3]]
    return " ".join(f"{count} {unit}" for count, unit in (shown if first < 2 else shown[:1]))

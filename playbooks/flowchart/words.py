"""Text in a picture that cannot measure it: how wide words are about, and where their lines break."""

from unicodedata import east_asian_width

NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[]{} "), frozenset("mwMW@%—…")


def width(text: str, size: float = 13) -> float:
    """About how wide a line is, in pixels; rather too wide than too narrow."""
    return sum(_em(letter) for letter in text) * size


def wrapped(text: str, room: float, most: int = 4, size: float = 13) -> tuple[str, ...]:
    """The lines of a text in a room of so many pixels; what is more than `most` lines ends in an ellipsis."""
    lines = _lines(text, room, size)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width(f"{last}…", size) > room:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _lines(text: str, room: float, size: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, room, size)
        lines += full
    return [*lines, line] if line else lines


def _pieces(word: str, room: float, size: float) -> list[str]:
    """A word that is wider than the room in pieces."""
    pieces = [""]
    taken = 0.0
    for letter in word:
        taken += _em(letter) * size
        if taken > room and pieces[-1]:
            pieces.append("")
            taken = _em(letter) * size
        pieces[-1] += letter
    return pieces


def _em(letter: str) -> float:
    if letter in NARROW:
        return 0.31
    if letter in WIDE:
        return 0.9
    if ord(letter) > 0x2E80 and east_asian_width(letter) in "WF":
        return 1.0
    return 0.66 if letter.isupper() else 0.56

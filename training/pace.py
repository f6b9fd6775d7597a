"""How far somebody should be on a day of a path. What is done comes from training.completion."""

from bisect import bisect_left
from collections.abc import Sequence

WEEK = 5


def week_of(day: int) -> int:
    """The week of the path in which a business day lies; days before the start are of the first one."""
    return max(1, -(-day // WEEK))


def due_before(dues: Sequence[int], day: int) -> int:
    """How many required items should be done when a day begins. dues: their business days, in order."""
    return bisect_left(dues, day)


def behind(done: int, dues: Sequence[int], day: int) -> int:
    """By how many items somebody is behind; 0 for on pace."""
    return max(0, due_before(dues, day) - done)

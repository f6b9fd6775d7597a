"""Ratios of medians, measured turn by turn so that a busy neighbour slows both sides."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Result:
    """One line of the table. ratio: measured / yardstick, ok when at most target. note: what it came from.

    is_valid: whether it was measured under the conditions that its name tells.
    """

    name: str
    ratio: float
    target: float
    runs: int
    note: str = ""
    is_valid: bool = True

    @property
    def ok(self) -> bool:
        return self.is_valid and self.ratio <= self.target

    def as_json(self) -> dict:
        return {
            "name": self.name,
            "ratio": round(self.ratio, 3),
            "target": self.target,
            "runs": self.runs,
            "ok": self.ok,
        }


def taken(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def interleaved(
    works: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Seconds of each call in each round; every round takes all of them, one after the other."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(-warm_up, rounds):
        gc.collect()
        for name, work in works.items():
            seconds = taken(work)
            if number >= 0:
                found[name].append(seconds)
    return found


def medians(works: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> dict[str, float]:
    return {name: median(seconds) for name, seconds in interleaved(works, rounds, warm_up).items()}


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def in_words(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.2f} ms"

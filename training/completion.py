"""When an item, a module and a path are done. Computed from entries, which are only ever added: so what is done stays.

Nothing here knows the database; the same functions answer for pages, API, lists and certificates.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from training.models import Entry, Item

Kind, Outcome = Item.Kind, Entry.Outcome
# What makes an item of a kind done: the trainee's own word, a quiz, or another one's word.
BY_ONESELF = (Kind.LESSON, Kind.CHECKLIST)
BY_QUIZ = (Kind.QUIZ,)
BY_ANOTHER = (Kind.RIDE_ALONG, Kind.ROLE_PLAY, Kind.ASSIGNMENT, Kind.SESSION, Kind.SIGN_OFF)
# What a trainee may hand in or ask for before another one judges.
ASKED_FOR = (Kind.ASSIGNMENT, Kind.SIGN_OFF, Kind.ROLE_PLAY)
COUNTS: dict[str, str] = {
    **dict.fromkeys(BY_ONESELF, Entry.Kind.DONE),
    **dict.fromkeys(BY_QUIZ, Entry.Kind.TRY),
    **dict.fromkeys(BY_ANOTHER, Entry.Kind.JUDGED),
}


class Thing(Protocol):
    """An item, as far as completion needs it."""

    id: int
    kind: str
    times: int
    is_required: bool


class Said(Protocol):
    """An entry, as far as completion needs it. Ids go up with time."""

    id: int
    item_id: int
    kind: str
    outcome: str


@dataclass(frozen=True)
class Progress:
    """Of one item. last: the newest entry that is not merely asked for; asked: what waits for another one's word."""

    passed: int
    times: int
    is_waived: bool
    last: Said | None
    asked: Said | None

    @property
    def is_done(self) -> bool:
        return self.is_waived or self.passed >= self.times

    @property
    def is_not_yet(self) -> bool:
        return not self.is_done and self.last is not None and self.last.outcome == Outcome.NOT_YET

    @property
    def is_begun(self) -> bool:
        return self.last is not None or self.asked is not None

    @property
    def waits(self) -> bool:
        """For another one's word."""
        return self.asked is not None and not self.is_done


def progress_of(item: Thing, entries: Iterable[Said]) -> Progress:
    """entries: those of the item, in any order."""
    rows = sorted(entries, key=lambda entry: entry.id)
    counted = [row for row in rows if row.kind == COUNTS[item.kind]]
    passed = [row for row in counted if row.outcome == Outcome.PASSED]
    judged = [row for row in rows if row.kind != Entry.Kind.ASKED]
    asked = [row for row in rows if row.kind == Entry.Kind.ASKED]
    last = judged[-1] if judged else None
    waits = asked[-1] if asked and (last is None or last.id < asked[-1].id) else None
    waived = any(row.kind == Entry.Kind.WAIVED for row in rows)
    return Progress(len(passed), item.times, waived, last, waits)


def progress(items: Iterable[Thing], entries: Iterable[Said]) -> dict[int, Progress]:
    """{item id: Progress} of every item."""
    by_item: dict[int, list[Said]] = {}
    for entry in entries:
        by_item.setdefault(entry.item_id, []).append(entry)
    return {item.id: progress_of(item, by_item.get(item.id, ())) for item in items}


def counted(items: Iterable[Thing], found: Mapping[int, Progress]) -> tuple[int, int]:
    """How many required items are done, and how many there are."""
    required = [item for item in items if item.is_required]
    return sum(found[item.id].is_done for item in required), len(required)


def is_complete(items: Collection[Thing], found: Mapping[int, Progress]) -> bool:
    """All required items are done; of nothing required nothing is complete."""
    done, total = counted(items, found)
    return total > 0 and done == total


class Placed(Protocol):
    """A module, as far as its order needs it."""

    @property
    def key(self) -> str: ...

    @property
    def needs(self) -> Sequence[str]: ...


def loop(modules: Iterable[Placed]) -> list[str]:
    """The keys of modules that need each other in a circle, in its order; empty if there is none."""
    needs = {module.key: list(module.needs) for module in modules}
    done: set[str] = set()

    def walk(key: str, way: list[str]) -> list[str]:
        if key in way:
            return way[way.index(key) :]
        if key in done:
            return []
        for each in needs.get(key, ()):
            if found := walk(each, [*way, key]):
                return found
        done.add(key)
        return []

    for key in needs:
        if found := walk(key, []):
            return found
    return []


def open_modules(modules: Iterable[Placed], complete: Collection[str]) -> set[str]:
    """Keys of the modules whose needs are complete. Needs that are gone from the version hold nobody up."""
    rows = list(modules)
    known = {module.key for module in rows}
    return {module.key for module in rows if all(n in complete for n in module.needs if n in known)}

"""A try of a quiz: what it asks, what it scores, and when the next one may begin. Knows no database."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol


class Source(Protocol):
    """A question of the bank, as far as a try takes it over."""

    id: int
    version: int
    text: str
    options: list[str]
    right: list[int]
    explanation: str
    playbook_id: int | None
    step: str


@dataclass(frozen=True)
class Asked:
    """A question as it is shown: without what is right. number: from 1 on. options: in the order shown."""

    number: int
    text: str
    options: tuple[str, ...]
    is_multiple: bool


@dataclass(frozen=True)
class Result:
    """shown: the questions as they were read, what was chosen and what was right, places as they were shown."""

    right: int
    total: int
    shown: list[dict[str, Any]]

    @property
    def score(self) -> int:
        """Per cent, rounded down, so that a mark that is not reached never reads as if it were."""
        return 100 * self.right // self.total if self.total else 0


def draw(bank: Sequence[Source], draws: int, seed: str) -> dict[str, Any]:
    """What a try keeps: {"seed", "questions"}; the same seed draws and shuffles the same. draws: 0 for all.

    Of each question everything is taken over, since it may be changed in the bank before the try is handed in.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    drawn = chance.sample(list(bank), min(draws or len(bank), len(bank)))
    questions = []
    for question in drawn:
        order = list(range(len(question.options)))
        chance.shuffle(order)
        questions.append(
            {
                "id": question.id,
                "version": question.version,
                "text": question.text,
                "options": list(question.options),
                "right": sorted(question.right),
                "explanation": question.explanation,
                "playbook": question.playbook_id,
                "step": question.step,
                "order": order,
            }
        )
    return {"seed": seed, "questions": questions}


def as_shown(kept: Mapping[str, Any]) -> list[Asked]:
    return [
        Asked(
            number,
            question["text"],
            tuple(question["options"][place] for place in question["order"]),
            len(question["right"]) > 1,
        )
        for number, question in enumerate(kept["questions"], 1)
    ]


def score(kept: Mapping[str, Any], chosen: Mapping[int, Collection[int]]) -> Result:
    """chosen: {number of the question: places chosen, as shown}. Right is only exactly what is right, all of it."""
    shown = []
    for number, question in enumerate(kept["questions"], 1):
        order = question["order"]
        right = sorted(order.index(place) for place in question["right"])
        picked = sorted(set(chosen.get(number, ())))
        shown.append(
            {
                "id": question["id"],
                "version": question["version"],
                "text": question["text"],
                "options": [question["options"][place] for place in order],
                "explanation": question["explanation"],
                "playbook": question["playbook"],
                "step": question["step"],
                "chosen": picked,
                "right": right,
                "is_right": picked == right,
            }
        )
    return Result(sum(each["is_right"] for each in shown), len(shown), shown)


class Door(StrEnum):
    """Whether a try may begin, or why not."""

    OPEN = "open"
    DONE = "done"
    USED_UP = "used_up"
    PAUSE = "pause"


@dataclass(frozen=True)
class Next:
    """opens_at: of a pause, when the next try is possible. left: tries that are left, None for any number."""

    door: Door
    opens_at: datetime | None = None
    left: int | None = None


def next_try(
    tries: int, pause_hours: int, handed_in: Sequence[datetime], is_done: bool, now: datetime
) -> Next:
    """tries: at most so many, 0 for any number. handed_in: when each earlier one was."""
    left = max(0, tries - len(handed_in)) if tries else None
    if is_done:
        return Next(Door.DONE, left=left)
    if left == 0:
        return Next(Door.USED_UP, left=0)
    opens_at = max(handed_in) + timedelta(hours=pause_hours) if handed_in else None
    if opens_at and now < opens_at:
        return Next(Door.PAUSE, opens_at, left)
    return Next(Door.OPEN, left=left)

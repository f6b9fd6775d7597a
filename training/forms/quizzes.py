"""The answers of a try, as the page sends them: q1=2 where one is right, q1_0=on and q1_2=on where several are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.actions.quizzes import told_missing
from training.quizzing import Asked


@dataclass(frozen=True)
class OptionShown:
    name: str
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class QuestionShown:
    asked: Asked
    options: list[OptionShown]
    is_missing: bool


class Answers:
    """chosen: {number of the question: places chosen}. missing: numbers without an answer, once it was sent."""

    def __init__(self, asked: Sequence[Asked], data: Mapping[str, Any] | None = None) -> None:
        self.asked = asked
        self.chosen = {each.number: self._chosen(each, data or {}) for each in asked}
        self.missing = (
            [] if data is None else [number for number, picked in self.chosen.items() if not picked]
        )

    @property
    def error(self) -> str:
        return told_missing(self.missing) if self.missing else ""

    def questions(self) -> list[QuestionShown]:
        return [
            QuestionShown(
                each,
                [
                    OptionShown(*self._named(each, place), text, place in self.chosen[each.number])
                    for place, text in enumerate(each.options)
                ],
                each.number in self.missing,
            )
            for each in self.asked
        ]

    @staticmethod
    def _named(asked: Asked, place: int) -> tuple[str, str]:
        return (f"q{asked.number}_{place}", "on") if asked.is_multiple else (f"q{asked.number}", str(place))

    def _chosen(self, asked: Asked, data: Mapping[str, Any]) -> set[int]:
        named = {place: self._named(asked, place) for place in range(len(asked.options))}
        return {place for place, (name, value) in named.items() if data.get(name) == value}

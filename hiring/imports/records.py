"""The one shape that every export is read into. Ids are the other program's; each record knows file and line."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where something stands, for messages."""

    file: str
    line: int


@dataclass(frozen=True)
class Refusal:
    """What stays out, and why."""

    place: Place
    column: str
    reason: str


class Bad(ValueError):
    """A cell that cannot be; `column` names it."""

    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column = column


@dataclass
class Job:
    place: Place
    id: str
    title: str
    is_open: bool
    opened_at: datetime | None = None
    location: str = ""


@dataclass
class Person:
    """A candidate."""

    place: Place
    id: str
    name: str
    created_at: datetime | None = None
    email: str = ""
    phone: str = ""
    links: str = ""


@dataclass
class Move:
    at: datetime
    stage: str


@dataclass
class Applied:
    """An application. stage: its name; reason: why it was closed."""

    place: Place
    id: str
    person: str
    job: str
    stage: str
    state: str
    applied_at: datetime
    closed_at: datetime | None = None
    reason: str = ""
    source: str = "other"
    source_detail: str = ""
    moves: list[Move] = field(default_factory=list)


@dataclass
class Talk:
    """An interview. name: what it was about, which names its kit."""

    place: Place
    id: str
    application: str
    name: str
    state: str
    starts_at: datetime
    ends_at: datetime
    stage: str = ""
    zone: str = "UTC"
    location: str = ""


@dataclass
class Rated:
    attribute: str
    value: int | None
    is_given: bool
    evidence: str


@dataclass
class Card:
    """A scorecard. recommendation: one of ours, or empty if none was given; talk: the interview's id."""

    place: Place
    id: str
    talk: str
    email: str
    recommendation: str
    submitted_at: datetime | None
    summary: str = ""
    ratings: list[Rated] = field(default_factory=list)


@dataclass
class Note:
    """A note on a person. email: of whoever wrote it, or empty if nobody is named."""

    place: Place
    id: str
    person: str
    at: datetime
    text: str
    email: str = ""


@dataclass
class Offered:
    """An offer. state: one of ours; email: of whoever made it, or empty."""

    place: Place
    id: str
    application: str
    state: str
    at: datetime
    email: str = ""


@dataclass
class Export:
    """All of a folder. files: the tables that were read; refused: rows that could not be."""

    jobs: list[Job] = field(default_factory=list)
    stages: dict[str, list[str]] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    applications: list[Applied] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    offers: list[Offered] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    remarks: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Records in all."""
        people = len(self.jobs) + len(self.people) + len(self.applications)
        return people + len(self.talks) + len(self.cards) + len(self.notes) + len(self.offers)

    def remark(self, text: Any) -> None:
        self.remarks[str(text)] = self.remarks.get(str(text), 0) + 1

"""The one way to a figure: tiles, tables, API, exports and digests all read here."""

from .access import Reader, can_read
from .answer import Answer, Question, answer, answers, ask
from .freshness import Present, lag_seconds, pending_since, present
from .scope import Level, Scope

__all__ = [
    "Answer",
    "Level",
    "Present",
    "Question",
    "Reader",
    "Scope",
    "answer",
    "answers",
    "ask",
    "can_read",
    "lag_seconds",
    "pending_since",
    "present",
]

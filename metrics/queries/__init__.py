"""The one way to a figure: tiles, tables, API, exports and digests all read here."""

from .access import can_read
from .answer import Answer, answer, answers
from .freshness import lag_seconds, pending_since
from .scope import Level, Scope

__all__ = ["Answer", "Level", "Scope", "answer", "answers", "can_read", "lag_seconds", "pending_since"]

"""The one way to a figure: tiles, tables, API, exports and digests all read here."""

from .answer import Answer, answer
from .freshness import lag_seconds, pending_since
from .scope import Level, Scope

__all__ = ["Answer", "Level", "Scope", "answer", "lag_seconds", "pending_since"]

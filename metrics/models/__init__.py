from .facts import Fact, Timer
from .focus import Focus, Lane
from .rollups import Audit, Dirty, DurationHist, HistDirty, Lock, OrgDay, RepDay

__all__ = [
    "Audit",
    "Dirty",
    "DurationHist",
    "Fact",
    "Focus",
    "HistDirty",
    "Lane",
    "Lock",
    "OrgDay",
    "RepDay",
    "Timer",
]

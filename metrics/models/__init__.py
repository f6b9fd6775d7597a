from .facts import Fact, Timer
from .rollups import Audit, Dirty, DurationHist, HistDirty, Lock, OrgDay, RepDay

__all__ = ["Audit", "Dirty", "DurationHist", "Fact", "HistDirty", "Lock", "OrgDay", "RepDay", "Timer"]

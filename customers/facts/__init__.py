"""Facts of the customers app: derived from one source row, the same for the live path, imports and timers."""

from metrics.kinds import TICKET_KINDS, Kind
from metrics.registry import Source

from . import witness
from .revenue import derive_revenue
from .shifts import derive_shifts
from .surveys import derive_surveys
from .tickets import MatchKey, derive_tickets

ROWS = "customers:behind"
SOURCES = (
    Source("ticket", TICKET_KINDS, derive_tickets, witness.TICKETS, ROWS, by_window=True),
    Source("survey", (Kind.CSAT, Kind.NPS, Kind.CES), derive_surveys, witness.SURVEYS, ROWS),
    Source("shift", (Kind.STAFFED,), derive_shifts, witness.SHIFTS, ROWS),
    Source("revenue", (Kind.REVENUE,), derive_revenue, witness.REVENUE, ROWS),
)

__all__ = ["SOURCES", "MatchKey", "derive_revenue", "derive_shifts", "derive_surveys", "derive_tickets"]

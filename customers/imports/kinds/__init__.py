"""The kinds of records, in the order in which a folder is read."""

from .base import Kind, Outcome
from .customers import Contacts, Customers, RevenueRows
from .events import TicketEvents
from .people import People, ReportingLines
from .surveys import Notes, Shifts, Surveys
from .tickets import Tickets

KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        People,
        ReportingLines,
        Customers,
        Contacts,
        RevenueRows,
        Tickets,
        TicketEvents,
        Notes,
        Surveys,
        Shifts,
    )
}

__all__ = ["KINDS", "Kind", "Outcome"]

"""What a fact can be. The numbers are stored; never give one a new meaning.

Each kind says what v1 and v2 hold, and whether the rollups read it. Sources of a fact (source_id) are rows
of the app that owns the kind; `seq` tells apart several facts of one source.
"""

from enum import IntEnum


class Kind(IntEnum):
    OPENED = 1  # a ticket; v1 = 1
    RESOLVED = 2  # a ticket's first resolution; v1 = seconds since it was opened
    OUTCOME = 3  # a matured first resolution; v1 = 1 if solved for good (FCR), v2 = 1 if reopened
    FIRST_RESPONSE = 4  # v1 = seconds since it was opened
    SERVICE_LEVEL = 5  # v1 = 1 if met, 0 if missed
    HANDLE = 6  # one per rep and resolution; v1 = active seconds, v2 = 1 the first time
    BACKLOG = 7  # v1 = +1 or -1, whenever a ticket enters or leaves a rep's backlog
    CSAT = 8  # v1 = score 1 to 5
    NPS = 9  # v1 = score 0 to 10
    CES = 10  # v1 = score 1 to 7
    STAFFED = 11  # one per shift and local day; v1 = seconds
    REVENUE = 12  # one per customer and month, day = first of the month; v1 = minor units


# Read from the facts by retention, never summed by rep and day.
UNROLLED = frozenset({Kind.REVENUE})

TICKET_KINDS = (
    Kind.OPENED,
    Kind.RESOLVED,
    Kind.OUTCOME,
    Kind.FIRST_RESPONSE,
    Kind.SERVICE_LEVEL,
    Kind.HANDLE,
    Kind.BACKLOG,
)


class Duration(IntEnum):
    """The durations that have a histogram, with the kind that holds their seconds in v1."""

    FIRST_RESPONSE = Kind.FIRST_RESPONSE
    RESOLUTION = Kind.RESOLVED
    HANDLE = Kind.HANDLE

"""The same again next month: the second Tuesday at ten stays the second Tuesday at ten."""

from calendar import monthrange
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WEEK = 7


def same_weekday_next_month(day: date) -> date:
    """The so-manieth weekday of the next month as this one is of its own; for a fifth that is missing, the last."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    first_weekday, days = monthrange(year, month)
    number = (day.day - 1) // WEEK
    on = 1 + (day.weekday() - first_weekday) % WEEK + number * WEEK
    return date(year, month, on if on <= days else on - WEEK)


def next_month(at: datetime, zone: str) -> datetime:
    """The instant at the same hour of the zone's clock, whatever the clocks do in between: an hour that a change leaves
    out moves forward, of one that comes twice it is the first."""
    there = at.astimezone(ZoneInfo(zone))
    day = same_weekday_next_month(there.date())
    local = datetime.combine(day, there.time().replace(fold=0), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
